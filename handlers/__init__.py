"""The chat platforms: one folder each, and what people can ask on all of them."""
