"""Taxes on payouts, as pages."""
