"""Every feature that keeps tables, so that the metadata is whole.  For migrations and tests."""

from models import audit, jobs, notices, partners, people, vendor

FEATURES = (audit, jobs, notices, partners, people, vendor)
