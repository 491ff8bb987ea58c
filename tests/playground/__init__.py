"""The bot in Microsoft's Agents Playground, looked at: ``make playground``."""
