"""The approval queue, and what a channel manager decides."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, flash, render_template, request, url_for
from werkzeug import Response

from models import deals
from models.deals import Deal, DealFilter, DealStatus, Question, RejectReason
from models.people import Actor, Role
from portal.clock import now
from portal.database import session
from portal.deals.blueprint import back_to, deal_or_404, pages
from portal.deals.forms import AskForm, ReasonForm, RejectForm
from portal.deals.showing import opened
from portal.permissions import Can, allow

MOST_WAITING = 100
"""A queue longer than this needs more managers, not a longer page."""

Answer = Response | tuple[str, int]


@pages.get("/queue")
@allow(Can.DECIDE_DEAL)
def queue(person: Actor) -> str:
    view = request.args.get("view", "mine" if person.role is Role.CHANNEL_MANAGER else "all")
    late = deals.overdue(session, now=now(), channel_manager_id=_mine(person, view))
    rows = session.execute(
        deals.waiting(_wanted(person, view)).limit(MOST_WAITING)
    ).all()  # fmt: skip
    deal = _chosen(person, rows)
    return render_template(
        "deals/queue.html",
        rows=rows,
        late=late,
        view=view,
        views=_views(person, view, len(rows)),
        is_chosen="deal" in request.args,
        current=deal.id if deal else None,
        neighbours=_neighbours(rows, deal),
        now=now(),
        it=opened(person, deal) if deal else None,
    )


@pages.post("/<uuid:deal_id>/approval")
@allow(Can.DECIDE_DEAL, find=deal_or_404)
def approve(person: Actor, deal: Deal) -> Response:
    deals.approve(session, deal, by=person, now=now())
    flash(f"{deal.customer_name} approved. The partner is told.")
    return back_to(deal)


@pages.post("/<uuid:deal_id>/rejection")
@allow(Can.DECIDE_DEAL, find=deal_or_404)
def reject(person: Actor, deal: Deal) -> Answer:
    form = RejectForm()
    if not form.validate():
        return asked_again("Reject this deal", "Reject", form, deal)
    code = RejectReason(form.code.data)
    deals.reject(session, deal, code=code, text=form.text.data, by=person, now=now())
    flash(f"{deal.customer_name} rejected. The partner reads your words.")
    return back_to(deal)


@pages.post("/<uuid:deal_id>/question")
@allow(Can.DECIDE_DEAL, find=deal_or_404)
def ask(person: Actor, deal: Deal) -> Answer:
    form = AskForm()
    if not form.validate():
        return asked_again("Ask for information", "Ask", form, deal)
    questions = [Question(value) for value in form.fields_asked.data]
    deals.ask(session, deal, questions=questions, text=form.text.data, by=person, now=now())
    flash(f"Asked about {deal.customer_name}. The clock stands still until the partner answers.")
    return back_to(deal)


@pages.post("/<uuid:deal_id>/matches/<uuid:match_id>/clearance")
@allow(Can.DECIDE_DEAL)
def clear_match(person: Actor, deal_id: UUID, match_id: UUID) -> Answer:
    deal, form = deal_or_404(person, deal_id), ReasonForm()
    if not form.validate():
        return asked_again("Not a duplicate", "Not a duplicate", form, deal)
    deals.clear_match(session, deal, match_id, reason=form.text.data, by=person, now=now())
    flash("Noted, with your name and reason.")
    if request.form.get("back") == "queue":
        return back_to_same(deal)
    return back_to(deal)


@pages.post("/<uuid:deal_id>/revocation")
@allow(Can.DECIDE_DEAL, find=deal_or_404)
def revoke(person: Actor, deal: Deal) -> Answer:
    form = ReasonForm()
    if not form.validate():
        return asked_again("Revoke the protection", "Revoke", form, deal)
    deals.revoke(session, deal, text=form.text.data, by=person, now=now())
    flash("Revoked. The partner reads your words.")
    return back_to(deal)


@pages.post("/<uuid:deal_id>/extension")
@allow(Can.DECIDE_DEAL, find=deal_or_404)
def extend(person: Actor, deal: Deal) -> Response:
    deals.extend(session, deal, by=person, now=now())
    flash("Extended. The partner is told.")
    return back_to(deal)


def asked_again(title: str, submit: str, form: Any, deal: Deal) -> tuple[str, int]:
    """The form on a page of its own, with what is to be mended; works without script."""
    page = render_template(
        "deals/one_form.html", title=title, submit=submit, form=form, deal=deal, kept=_kept()
    )
    return page, 422


def _kept() -> dict[str, str]:
    return {name: request.form[name] for name in ("back", "next") if name in request.form}


def back_to_same(deal: Deal) -> Response:
    return Response(
        status=303, headers={"Location": url_for("deals.queue", deal=deal.id)}
    )  # fmt: skip


def _mine(person: Actor, view: str) -> UUID | None:
    return person.id if view == "mine" else None


def _wanted(person: Actor, view: str) -> DealFilter:
    return DealFilter(
        statuses=(DealStatus.SUBMITTED,),
        channel_manager_id=_mine(person, view),
        decide_before=now() if view == "late" else None,
    )


def _views(person: Actor, view: str, shown: int) -> list[dict[str, Any]]:
    labels = {"mine": "My queue", "all": "Everybody's", "late": "Past deadline"}
    return [
        {
            "label": label,
            "url": url_for("deals.queue", view=key),
            "current": key == view,
            "count": shown if key == view else None,
        }
        for key, label in labels.items()
    ]


def _chosen(person: Actor, rows: Any) -> Deal | None:
    """The deal in the address; without one, the most pressing."""
    wanted = request.args.get("deal", "")
    if wanted:
        try:
            return deal_or_404(person, UUID(wanted))
        except ValueError:
            abort(404)
    return deal_or_404(person, rows[0].id) if rows else None


def _neighbours(rows: Any, deal: Deal | None) -> dict[str, str | None]:
    """Addresses of the deals before and after; the id of the one to decide next."""
    ids = [row.id for row in rows]
    if deal is None or deal.id not in ids:
        return {"before": None, "after": None, "next": str(ids[0]) if ids else ""}
    at = ids.index(deal.id)
    others = ids[at + 1 :] + ids[:at]
    return {
        "before": url_for("deals.queue", deal=ids[at - 1]) if at else None,
        "after": url_for("deals.queue", deal=ids[at + 1]) if at + 1 < len(ids) else None,
        "next": str(others[0]) if others else "",
    }
