"""A far vantage's side: observations kept on disk until the bot has them, and how they are sent."""
