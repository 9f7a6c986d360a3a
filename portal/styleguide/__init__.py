"""A page for those who build: every component in every state."""
