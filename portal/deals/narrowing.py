"""The further filters of the list of deals, as Insights links to them; nobody types them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from models.deals import Decided, PartnerSize, RejectReason
from models.partners import Tier
from models.people import Actor
from portal.clock import now
from portal.spans import first_instant, last_instant, read_day

NARROWS = (
    "decided", "from", "to", "by", "tier", "reason", "late", "conflict", "size", "large",
    "registered_from", "registered_to", "overdue", "manager", "currency",
)  # fmt: skip
MOST = 100_000
"""Deals a year from which nobody is small any more."""


def narrowed(args: Any, person: Actor) -> dict[str, Any]:
    """Parts of a DealFilter; what cannot be read narrows nothing."""
    said: dict[str, Any] = {
        "submitted_from": first_instant(read_day(args.get("registered_from"))),
        "submitted_before": last_instant(read_day(args.get("registered_to"))),
        "currency": args.get("currency", "")[:3],
        "decide_before": now() if args.get("overdue") == "yes" else None,
    }
    if args.get("decided"):
        said["decided"] = _decided(args)
    if args.get("size") in ("large", "small"):
        said["size"] = _size(args)
    return said


def _decided(args: Any) -> Decided:
    return Decided(
        since=first_instant(read_day(args.get("from"))),
        before=last_instant(read_day(args.get("to"))),
        verb=args["decided"] if args["decided"] in ("approve", "reject") else None,
        by_id=_id(args.get("by")),
        tier=_one_of(Tier, args.get("tier")),
        code=_one_of(RejectReason, args.get("reason")),
        is_late=_yes_or_no(args.get("late")),
        had_conflict=_yes_or_no(args.get("conflict")),
    )


def _size(args: Any) -> PartnerSize | None:
    """By the deals registered in the year that ends with `to`; None without that day."""
    before, large_from = last_instant(read_day(args.get("to"))), args.get("large", "")
    if before is None or not large_from.isdecimal():
        return None
    least = min(max(int(large_from[:6]), 1), MOST)
    return PartnerSize.in_the_year(before, large_from=least, is_large=args["size"] == "large")


def _id(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def _one_of(kind: Any, text: str | None) -> Any:
    return kind(text) if text in set(kind) else None


def _yes_or_no(text: str | None) -> bool | None:
    return {"yes": True, "no": False}.get(text or "")
