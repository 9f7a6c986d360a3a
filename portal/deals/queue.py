"""The approval queue: what waits, the most overdue first, with the opened deal beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import abort, render_template, request
from sqlalchemy import Row

from models import deals
from models.deals import Deal, DealFilter, DealStatus
from models.people import Actor, Role
from portal.clock import now
from portal.database import session
from portal.deals.blueprint import deal_or_404, pages, queue_address
from portal.deals.listing import families
from portal.deals.showing import opened
from portal.paging import COUNTED_UP_TO, Key, Page, page_of
from portal.permissions import Can, allow
from portal.saving import views_of

PRESSING_FIRST = [Key(Deal.decide_by), Key(Deal.id)]


@pages.get("/queue")
@allow(Can.APPROVE_DEAL)
def queue(person: Actor) -> str:
    wanted, view = queue_filter(request.args, person), view_of(request.args, person)
    page = page_of(session, deals.waiting(wanted), PRESSING_FIRST)
    deal = _chosen(person, page.rows)
    return render_template(
        "deals/queue.html",
        page=page,
        rows=page.rows,
        total=deals.how_many(session, wanted, up_to=COUNTED_UP_TO),
        late=deals.how_many(session, replace(wanted, decide_before=now()), up_to=COUNTED_UP_TO),
        view=view,
        saved=views_of(person),
        views=_views(view),
        wanted=wanted,
        families=families(),
        is_chosen="deal" in request.args,
        current=deal.id if deal else None,
        neighbours=_neighbours(page, deal),
        address=queue_address,
        kept=kept(),
        now=now(),
        it=opened(person, deal) if deal else None,
    )


def view_of(args: Any, person: Actor) -> str:
    usual = "all" if person.role is Role.ADMINISTRATOR else "mine"
    return args.get("view") or usual


def queue_filter(args: Any, person: Actor) -> DealFilter:
    """What waits, narrowed by the address; what cannot be read narrows nothing."""
    view, family = view_of(args, person), args.get("family", "")
    return DealFilter(
        statuses=(DealStatus.SUBMITTED,),
        text=args.get("q", "").strip()[:100],
        family_id=UUID(family) if _is_id(family) else None,
        asked_of=deals.asked_of(session, person, now=now()) if view == "mine" else None,
        decide_before=now() if view == "late" else None,
    )


def kept() -> str:
    """What the address says beside the opened deal: where a decision leads back to."""
    return queue_address(request.args.items(multi=True)).partition("?")[2]


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _views(view: str) -> list[dict[str, Any]]:
    labels = {"mine": "Waits for me", "all": "Everybody's", "late": "Past deadline"}
    others = [pair for pair in request.args.items(multi=True) if pair[0] in ("q", "family")]
    return [
        {
            "label": label,
            "url": queue_address([*others, ("view", key)]),
            "current": key == view,
        }
        for key, label in labels.items()
    ]


def _chosen(person: Actor, rows: list[Row]) -> Deal | None:
    """The deal in the address; without one, the most pressing."""
    wanted = request.args.get("deal", "")
    if wanted:
        return deal_or_404(person, UUID(wanted)) if _is_id(wanted) else abort(404)
    return deal_or_404(person, rows[0].id) if rows else None


def _neighbours(page: Page, deal: Deal | None) -> dict[str, str | None]:
    """Addresses of the deals before and after; the id of the one to decide next."""
    ids = [row.id for row in page.rows]
    if deal is None or deal.id not in ids:
        return {"before": None, "after": None, "next": str(ids[0]) if ids else ""}
    at = ids.index(deal.id)
    others = ids[at + 1 :] + ids[:at]
    here = list(request.args.items(multi=True))
    before = queue_address(here, ids[at - 1]) if at else _page_address(here, before=page.before)
    last = at + 1 == len(ids)
    after = _page_address(here, after=page.after) if last else queue_address(here, ids[at + 1])
    return {"before": before, "after": after, "next": str(others[0]) if others else ""}


def _page_address(here: list[tuple[str, str]], **cursor: str | None) -> str | None:
    """The neighbouring page, where there is one."""
    others = [pair for pair in here if pair[0] not in ("after", "before", "deal")]
    (name, mark) = next(iter(cursor.items()))
    return queue_address([*others, (name, mark)]) if mark else None
