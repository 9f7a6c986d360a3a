"""Measurements, each a module that says what it measures and prints what it found."""
