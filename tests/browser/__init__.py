"""Journeys and rules that only a real browser can judge."""
