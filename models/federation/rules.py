"""What is true of federation.  Pure: no session, no clock."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from uuid import UUID

from models.accounts.rules import PRIVILEGED
from models.errors import Refused
from models.people import PARTNER_ROLES, STAFF, Role

EVERYBODYS = frozenset({
    "aol.com", "gmail.com", "gmx.de", "gmx.net", "googlemail.com", "hotmail.com", "icloud.com",
    "live.com", "mail.com", "me.com", "msn.com", "outlook.com", "proton.me", "protonmail.com",
    "t-online.de", "web.de", "yahoo.com", "yandex.com",
})  # fmt: skip
"""Domains in which anybody gets an address: they say nothing about a company."""


LEAST = {True: Role.SALES_MANAGER, False: Role.SELLER}
"""What somebody may who comes for the first time, by whether they are the vendor's staff."""


def mappable(partner_id: UUID | None) -> frozenset[Role]:
    """The roles that a group may stand for: never those which two people give."""
    return (STAFF if partner_id is None else PARTNER_ROLES) - PRIVILEGED


def checked_groups(groups: Mapping[str, str], partner_id: UUID | None) -> dict[str, str]:
    for group, role in groups.items():
        if role not in {one.value for one in mappable(partner_id)}:
            raise Refused(f"The group “{group}” cannot stand for the role “{role}”.")
    return dict(groups)


def checked_domain(typed: str) -> str:
    domain = typed.strip().casefold().removeprefix("@")
    if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", domain) or len(domain) > 253:
        raise Refused("Enter a mail domain such as company.com.")
    if domain in EVERYBODYS:
        raise Refused(f"Anybody gets an address at {domain}. Use a domain of the company's own.")
    return domain


def domain_of(email: str) -> str:
    return email.rpartition("@")[2].casefold()


def role_of(
    groups: Iterable[str], mapping: Mapping[str, str], order: Iterable[Role]
) -> Role | None:
    """The first role in `order` that one of the groups stands for."""
    given = {mapping[group] for group in groups if group in mapping}
    return next((role for role in order if role.value in given), None)
