"""The pages of this feature, before they are written."""

from flask import Blueprint

pages = Blueprint("partners", __name__)
