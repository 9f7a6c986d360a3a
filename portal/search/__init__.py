"""Find anything, from every page."""
