"""Agreements: what partners sign, their papers, and the vendor's texts."""
