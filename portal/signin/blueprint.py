"""The blueprint of all pages at the door."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("signin", __name__)
