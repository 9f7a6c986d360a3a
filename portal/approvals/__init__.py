"""Approval rules: who must agree to a deal, as an administrator writes it down."""
