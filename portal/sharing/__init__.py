"""Deals that a partner shares with another, each with its own side only."""
