"""The business: what we keep, what is true, what we can ask, what can happen.

Folders are features; files beside them are the ground they stand on.
Nothing here knows the web, the clock, or a payment service.  Nothing here commits.
"""
