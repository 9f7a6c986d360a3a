"""The blueprint of all pages about agreements."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("agreements", __name__, url_prefix="/agreements")
