"""Commissions: what partners earn, worked out by plans and stated once a month."""
