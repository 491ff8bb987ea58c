"""A mail system: three providers, their doors in two regions, and faults to switch."""
