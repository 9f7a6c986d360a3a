"""The list of deals: filters in the address, order, pages, the same rows as a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from sqlalchemy import Row, func, select
from werkzeug import Response

from models import deals
from models.catalog import ProductFamily
from models.deals import Deal, DealFilter, DealStatus
from models.people import Actor, Role
from portal.clock import now
from portal.database import session
from portal.deals.blueprint import pages
from portal.deals.narrowing import NARROWS, narrowed
from portal.formats import tally
from portal.paging import COUNTED_UP_TO, Key, page_of
from portal.permissions import Can, allow, may, staff
from portal.saving import views_of
from portal.sheets import Column, sheet_response

NO_DAY = date.max
"""Where a draft without an expected close stands in the order."""

SORTS: dict[str, Any] = {
    "updated": Deal.updated_at,
    "customer": Deal.customer_name,
    "value": Deal.value_minor,  # type: ignore[attr-defined]  # money_column makes it
    "close": func.coalesce(Deal.expected_close_on, NO_DAY),
}
LATEST_FIRST = "-updated"
TONES = {
    DealStatus.SUBMITTED: "info",
    DealStatus.INFO_REQUESTED: "warn",
    DealStatus.APPROVED: "good",
    DealStatus.REJECTED: "bad",
    DealStatus.WON: "good",
    DealStatus.REVOKED: "bad",
}
VIEWS = (
    ("All", ()),
    ("Waiting", deals.UNDECIDED),
    ("Approved", (DealStatus.APPROVED,)),
    ("Won", (DealStatus.WON,)),
    ("Closed", (DealStatus.LOST, DealStatus.REJECTED, DealStatus.EXPIRED, DealStatus.WITHDRAWN,
                DealStatus.REVOKED)),
)  # fmt: skip
DRAFTS = ("Drafts", (DealStatus.DRAFT,))


@pages.get("")
@allow(Can.SEE_DEALS)
def index(person: Actor) -> str:
    wanted, sort = filter_from(request.args, person), sort_from(request.args)
    counted = deals.counts(session, wanted, up_to=COUNTED_UP_TO)
    return render_template(
        "deals/index.html",
        page=page_of(session, deals.listed(wanted), keys_of(sort)),
        views=_views(person, counted),
        count=_sum(counted, wanted.statuses),
        sort=sort,
        saved=views_of(person),
        wanted=wanted,
        families=families(),
        narrowed_by=[pair for pair in request.args.items(multi=True) if pair[0] in NARROWS],
        can_be_mine=person.role in (Role.CHANNEL_MANAGER, Role.SALES_MANAGER),
        is_mine=bool(wanted.channel_manager_id or wanted.sales_manager_id),
        tone=TONES,
        now=now(),
        can_register=may(person, Can.REGISTER_DEAL),
        sees_partners=sees_partners(person),
    )


@pages.get("/export")
@allow(Can.SEE_DEALS, fresh=staff)
def export(person: Actor) -> Response:
    """The filtered rows, in the order of the list."""
    keys = keys_of(sort_from(request.args))
    order = [key.column.desc() if key.descending else key.column.asc() for key in keys]
    query = deals.listed(filter_from(request.args, person)).order_by(*order)
    return sheet_response(
        "Deals",
        _columns(has_partner=sees_partners(person)),
        session.execute(query.execution_options(yield_per=1000)),
        request.args.get("as", "csv"),
    )


def sees_partners(person: Actor) -> bool:
    """Whether a list holds more than one company's deals: for staff and distributors."""
    return person.is_staff or bool(person.reads)


def filter_from(args: Any, person: Actor) -> DealFilter:
    """What cannot be read narrows nothing."""
    asked = set(args.getlist("status"))
    return DealFilter(
        statuses=tuple(status for status in DealStatus if status in asked),
        text=args.get("q", "").strip()[:100],
        partner_id=_id(args.get("partner", "")),
        family_id=_id(args.get("family", "")),
        channel_manager_id=_me(args, person, Role.CHANNEL_MANAGER) or _manager(args, person),
        sales_manager_id=_me(args, person, Role.SALES_MANAGER),
        drafts=not person.is_staff,
        **(narrowed(args, person) if person.is_staff else {}),
    )


def _me(args: Any, person: Actor, role: Role) -> UUID | None:
    """`?whose=mine` is what is routed to this manager."""
    return person.id if args.get("whose") == "mine" and person.role is role else None


def _manager(args: Any, person: Actor) -> UUID | None:
    """`?manager=` is what one channel manager looks after, for staff."""
    return _id(args.get("manager", "")) if person.is_staff else None


def sort_from(args: Any) -> str:
    sort = args.get("sort", "")
    return sort if sort.removeprefix("-") in SORTS else LATEST_FIRST


def keys_of(sort: str) -> list[Key]:
    descending = sort.startswith("-")
    return [Key(SORTS[sort.removeprefix("-")], descending), Key(Deal.id, descending)]


def families() -> Sequence[Row]:
    return session.execute(
        select(ProductFamily.id, ProductFamily.name).order_by(ProductFamily.name)
    ).all()


def _views(person: Actor, counted: dict[DealStatus, int]) -> list[dict[str, Any]]:
    """Tabs that keep the other filters."""
    kept: dict[str, Any] = {
        name: value
        for name, value in request.args.items(multi=False)
        if name not in ("status", "after", "before", "endpoint") and not name.startswith("_")
    }
    chosen = {status for status in DealStatus if status in request.args.getlist("status")}
    views = VIEWS if person.is_staff else (VIEWS[0], DRAFTS, *VIEWS[1:])
    return [
        {
            "label": label,
            "url": url_for("deals.index", status=list(statuses), **kept),
            "count": tally(_sum(counted, statuses), short=True),
            "current": chosen == set(statuses),
        }
        for label, statuses in views
    ]


def _sum(counted: dict[DealStatus, int], statuses: tuple[DealStatus, ...]) -> int:
    """Of these states; of all when none is named."""
    return sum(n for status, n in counted.items() if status in (statuses or DealStatus))


def _columns(*, has_partner: bool) -> list[Column]:
    partner = [Column("Partner", lambda row: row.partner)] if has_partner else []
    return [
        Column("Deal", lambda row: row.number),
        Column("Customer", lambda row: row.customer_name),
        Column("Country", lambda row: row.customer_country),
        *partner,
        Column("Product family", lambda row: row.family),
        Column("Kind", lambda row: row.kind.words),
        Column("Status", lambda row: row.status.words),
        Column("Stage", lambda row: row.stage.words),
        Column("Value", lambda row: row.value, "money"),
        Column("Currency", lambda row: row.value.currency),
        Column("Expected close", lambda row: row.expected_close_on, "day"),
        Column("Submitted", lambda row: row.submitted_at, "instant"),
        Column("Decide by", lambda row: row.decide_by, "instant"),
        Column("Protected through", lambda row: row.protected_through, "day"),
        Column("Won on", lambda row: row.won_on, "day"),
    ]


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
