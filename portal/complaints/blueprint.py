"""The blueprint of all pages about complaints."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("complaints", __name__, url_prefix="/complaints")
