"""Customers, as people see and correct them."""
