"""The status page, the JSON API, health and metrics, and the way in for the chat platforms' requests."""
