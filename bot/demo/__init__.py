"""A world in a box: a Graph, a mail system with faults, and chat channels to look at, all on loopback."""
