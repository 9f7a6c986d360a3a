"""Attached files, as downloads."""
