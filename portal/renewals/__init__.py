"""Renewals that are due, and the button that begins one."""
