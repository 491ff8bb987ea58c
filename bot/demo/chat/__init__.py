"""Chat stand-ins that keep what they get, and a page that shows it."""
