"""The blueprint of all pages about people."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("people", __name__, url_prefix="/people")
