"""Which partners must be worked out together, in the order in which things happened.  Reads only.

Where a plan remembers from one partner to another (who bought last of a customer, what a month
has earned with shares of others' deals), those that have a customer or a deal in common belong
together; all others never meet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from models import bulk
from models.customers.merging import merged_into
from models.wins import shared_pairs


class Groups:
    """Partners joined in pairs; `of` tells the first of all that belong together."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def join(self, one: str, other: str) -> None:
        first, second = sorted((self.of(one), self.of(other)))
        if first != second:
            self._above[second] = first

    def of(self, one: str) -> str:
        while (above := self._above.get(one)) is not None:
            one = above
        return one


def groups(session: Session, rows: Any, rules: Mapping[str, Any]) -> Groups:
    """rows: what earns, with partner_id and customer_id as hexadecimal digits, as a subquery."""
    found = Groups()
    if "new_logo_bonus" in rules:
        _join_by_customer(session, rows, found)
    if "period_cap" in rules:
        for one, other in shared_pairs(session):
            found.join(one.hex, other.hex)
    return found


def packed(counts: Mapping[UUID, int], found: Groups, about: int) -> Iterable[list[str]]:
    """The partners of whole groups, so many together that they have about so many events."""
    members: dict[str, list[str]] = {}
    for partner_id in sorted(counts):
        members.setdefault(found.of(partner_id.hex), []).append(partner_id.hex)
    part: list[str] = []
    count = 0
    for group in members.values():
        part += group
        count += sum(counts[UUID(one)] for one in group)
        if count >= about:
            yield part
            part, count = [], 0
    if part:
        yield part


def _join_by_customer(session: Session, rows: Any, found: Groups) -> None:
    """Customers of more than one partner; what was merged counts as the record that stands."""
    merged = merged_into(session)
    of_several = (
        select(rows.c.customer_id)
        .group_by(rows.c.customer_id)
        .having(func.min(rows.c.partner_id) != func.max(rows.c.partner_id))
    )
    ids = {*merged, *merged.values()}
    pairs = session.execute(
        select(rows.c.customer_id, rows.c.partner_id)
        .where(
            or_(
                rows.c.customer_id.in_(of_several),
                bulk.among(session, rows.c.customer_id, sorted(ids)),
            )
        )
        .distinct()
    )
    first: dict[str, str] = {}
    for customer_id, partner_id in pairs:
        while customer_id in merged:
            customer_id = merged[customer_id]
        found.join(first.setdefault(customer_id, partner_id), partner_id)
