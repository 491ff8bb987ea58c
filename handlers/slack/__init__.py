"""Slack: render is pure, send posts and edits, listen hears what people answer."""
