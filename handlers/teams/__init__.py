"""Teams: render is pure, send posts through a Workflows webhook, listen answers an outgoing webhook."""
