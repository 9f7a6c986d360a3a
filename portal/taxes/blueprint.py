"""The blueprint of the pages about taxes."""

from flask import Blueprint

pages = Blueprint("taxes", __name__)
