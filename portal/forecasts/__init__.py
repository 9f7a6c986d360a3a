"""Forecasts, as sales managers read them."""
