"""Deals: a partner registers an opportunity, and we protect it while they work it."""
