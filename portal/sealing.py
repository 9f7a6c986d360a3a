"""The seal of this installation: opens bank details and makes the secrets of mailed links."""

from flask import current_app

from models.sealing import Seal
from portal.settings import Settings


def seal() -> Seal:
    return seal_of(current_app.extensions["settings"])


def seal_of(settings: Settings) -> Seal:
    """Closes with the key of today; what the one before it closed still opens."""
    before = [settings.sealing_key_before] if settings.sealing_key_before else []
    return Seal(settings.sealing_key, *before)
