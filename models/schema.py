"""Every table at once, for whoever makes or compares a whole database."""

from importlib import import_module
from pkgutil import walk_packages

from sqlalchemy import MetaData

import models
from models.base import Base

SKIPPED = "models.migrations"


def metadata() -> MetaData:
    """The declared tables of every feature.  Importing a feature is what declares them."""
    for module in walk_packages(models.__path__, "models."):
        if not module.name.startswith(SKIPPED):
            import_module(module.name)
    return Base.metadata
