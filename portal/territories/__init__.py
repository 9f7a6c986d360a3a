"""Territories, as people draw, read and try them."""
