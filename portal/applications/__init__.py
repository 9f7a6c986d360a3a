"""Becoming a partner: the public form, and the review by a channel manager."""
