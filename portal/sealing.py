"""The seal of this installation: opens bank details and makes the secrets of mailed links."""

from flask import current_app

from models.sealing import Seal


def seal() -> Seal:
    """Made from SEALING_KEY; older keys, after a comma, still open what they closed."""
    keys = current_app.extensions["settings"].sealing_key
    return Seal(*(key.strip() for key in keys.split(",") if key.strip()))
