"""The demonstration: the AdventureWorks reseller channel, told so that it ends today."""

from portal.demo.loading import is_loaded, load
from portal.demo.staff import LOGINS, PASSWORD, logins

__all__ = ["LOGINS", "PASSWORD", "is_loaded", "load", "logins"]
