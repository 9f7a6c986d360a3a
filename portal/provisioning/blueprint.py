"""The blueprint of SCIM and of the pages about its tokens."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("provisioning", __name__)
