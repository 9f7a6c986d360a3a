"""The blueprint of all pages about single sign-on."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("federation", __name__)
