"""Invoices, payments and credit notes, as people see, record and hand them in."""
