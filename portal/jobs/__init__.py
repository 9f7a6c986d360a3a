"""What the worker gave up, for a person to look at."""
