"""Leads, as staff keep them and as partners answer them."""
