"""The catalogue, as people read and keep it."""
