"""The blueprint of all pages about payouts."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("payouts", __name__)
