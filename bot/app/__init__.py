"""Wiring: the only place, beside the command line, that reads settings, clock, environment and chance."""
