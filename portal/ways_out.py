"""Which other hosts this process may speak to: one list, held for everything that runs in it.

What the settings name (Stripe, the mail server, the database), this machine, and what a company's
identity provider names, once it was looked at (portal/federation/provider.py).  Whatever else a
library wants to reach, Python does not look it up.
"""

from __future__ import annotations

import sys
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import make_url

from portal.settings import Settings, is_this_machine

_listed: set[str] = set()
_is_held = False


def hold(settings: Settings) -> None:
    """From now on, in this process and in those that it forks."""
    global _is_held
    _listed.update(listed(settings))
    if not _is_held:
        _is_held = True
        sys.addaudithook(_look)


def listed(settings: Settings) -> set[str]:
    """The hosts that the settings name."""
    urls = (settings.stripe_api_base, settings.smtp_url)
    named = {urlsplit(url).hostname for url in urls if url}
    databases = (settings.database_url, settings.database_owner_url)
    named |= {make_url(url).host for url in databases if url}
    return {host for host in named if host}


def also(host: str) -> None:
    """A host that an administrator set up, or the address that was found for it."""
    _listed.add(host)


def _look(event: str, words: tuple[Any, ...]) -> None:
    if event != "socket.getaddrinfo":
        return
    host = words[0].decode() if isinstance(words[0], bytes) else words[0]
    if host and host not in _listed and not is_this_machine(host):
        raise PermissionError(f"{host} is not among the hosts that the portal speaks to")
