"""The seal of this installation: opens bank details and makes the secrets of mailed links."""

from flask import current_app

from models.sealing import Seal


def seal() -> Seal:
    return Seal(current_app.extensions["settings"].sealing_key)
