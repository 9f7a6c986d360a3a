"""Insights: what can be seen across the features.  Reads only."""
