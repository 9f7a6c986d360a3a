"""The portal: the web around the business.

request -> guard -> view -> operation (models/) -> tables;  next GET: query -> page

Nobody imports from this file, so nobody can import in a circle through it.
"""
