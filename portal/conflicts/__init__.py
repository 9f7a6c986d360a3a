"""Conflict cases as people see them: the vendor's whole page, each partner's own side."""
