"""Routing: what came to whom and why, other hands, limits, a leaver's work."""
