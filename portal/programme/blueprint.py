"""The blueprint of all pages about the programme's settings."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("programme", __name__, url_prefix="/programme")
