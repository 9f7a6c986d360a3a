"""Commissions on the web: lines, statements, months, plans; and their commands."""
