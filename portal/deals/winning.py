"""Recording a win: the order, its evidence and hand-over; and what the vendor says of it."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug import Response

from models import commissions, vendor, wins
from models.catalog import ProductFamily
from models.deals import DEAL_MOVES, Deal
from models.money import Money
from models.people import Actor, Role
from models.scope import vendor_side
from models.wins import Correction, DealOrder, HandOver, Order, OrderState, WinFilter
from portal.agreeing import agreed
from portal.clock import now
from portal.database import session
from portal.deals.answering import Answer, step
from portal.deals.blueprint import back_to, calendar, deal_or_404, pages
from portal.deals.forms import ReasonForm
from portal.deals.win_forms import COMPLETE, EvidenceForm, win_form
from portal.fields import uploads
from portal.paging import Key, page_of
from portal.permissions import Can, allow, staff
from portal.sheets import Column, sheet_response

OLDEST_FIRST = [Key(DealOrder.recorded_at), Key(DealOrder.id)]
VIEWS = (("All", ""), ("Wait for re-approval", "waiting"), ("Won early", "early"))


@pages.get("/<uuid:deal_id>/win")
@allow(Can.CLOSE_DEAL, find=deal_or_404)
def new_win(person: Actor, deal: Deal) -> str | Response:
    if not DEAL_MOVES.allows("win", deal.status):
        return redirect(url_for("deals.show", deal_id=deal.id))
    return _page(deal, _form(deal))


@pages.post("/<uuid:deal_id>/win")
@allow(Can.CLOSE_DEAL, find=deal_or_404)
def win(person: Actor, deal: Deal) -> Answer:
    form, kept = _form(deal), list[DealOrder]()

    def do() -> None:
        hand_over = HandOver(
            form.support_contact.data, form.starts_on.data, form.renews_on.data, form.one_off.data
        )
        files = uploads(form.files)
        kept.append(
            wins.record(session, deal, _order(form), hand_over, uploads=files, by=person, now=now())
        )

    if not agreed(form, do):
        return _page(deal, form), 422
    (order,) = kept
    waits = order.state is OrderState.WAITING
    part = not waits and not order.completes
    _earn(deal)
    if waits:
        flash("Recorded. It is not what was registered, so the channel manager approves it again.")
    elif part:
        flash("Recorded. The deal stays open for the orders that follow.")
    else:
        flash(f"{deal.customer_name} is won. Congratulations.")
    return back_to(deal)


@pages.post("/<uuid:deal_id>/completion")
@allow(Can.CLOSE_DEAL, find=deal_or_404)
def complete(person: Actor, deal: Deal) -> Response:
    wins.complete(session, deal, by=person, now=now())
    flash(f"{deal.customer_name} is won. Congratulations.")
    return back_to(deal)


@pages.post("/<uuid:deal_id>/orders/<uuid:order_id>/approval")
@allow(Can.DECIDE_DEAL)
def accept_win(person: Actor, deal_id: UUID, order_id: UUID) -> Response:
    deal = _with_order(person, deal_id, order_id)
    wins.accept(session, deal, order_id, by=person, now=now())
    _earn(deal)
    flash("Approved. The win counts, and the partner is told.")
    return back_to(deal)


@pages.post("/<uuid:deal_id>/orders/<uuid:order_id>/return")
@allow(Can.DECIDE_DEAL)
def send_back_win(person: Actor, deal_id: UUID, order_id: UUID) -> Answer:
    deal, form = _with_order(person, deal_id, order_id), ReasonForm()

    def do() -> None:
        wins.send_back(session, deal, order_id, reason=form.text.data, by=person, now=now())

    said = "Sent back. The partner reads your words."
    return step(deal, form, "Send the win back", "Send back", do, said)


@pages.post("/<uuid:deal_id>/orders/<uuid:order_id>/look")
@allow(Can.DECIDE_DEAL)
def clear_early_win(person: Actor, deal_id: UUID, order_id: UUID) -> Answer:
    deal, form = _with_order(person, deal_id, order_id), ReasonForm()

    def do() -> None:
        wins.clear_early(session, deal, order_id, reason=form.text.data, by=person, now=now())

    said = "Noted, with your name and reason."
    return step(deal, form, "What you found", "It is well", do, said)


@pages.get("/<uuid:deal_id>/orders/<uuid:order_id>/evidence")
@allow(Can.CLOSE_DEAL, find=lambda person, deal_id, order_id: deal_or_404(person, deal_id))
def new_evidence(person: Actor, deal: Deal) -> str:
    order_id = (request.view_args or {})["order_id"]
    _with_order(person, deal.id, order_id)
    return render_template("deals/evidence.html", deal=deal, order_id=order_id, form=EvidenceForm())


@pages.post("/<uuid:deal_id>/orders/<uuid:order_id>/evidence")
@allow(Can.CLOSE_DEAL, find=lambda person, deal_id, order_id: deal_or_404(person, deal_id))
def add_evidence(person: Actor, deal: Deal) -> Answer:
    order_id = (request.view_args or {})["order_id"]
    _with_order(person, deal.id, order_id)
    form = EvidenceForm()

    def do() -> None:
        correction = Correction(
            form.order_number.data or "", form.signed_on.data, form.note.data or ""
        )
        files = uploads(form.files)
        wins.add_evidence(session, deal, order_id, correction, uploads=files, by=person, now=now())

    if not agreed(form, do):
        page = render_template("deals/evidence.html", deal=deal, order_id=order_id, form=form)
        return page, 422
    flash("Added. What was there before stays as it was.")
    return back_to(deal)


@pages.get("/wins")
@allow(Can.DECIDE_DEAL)
def to_look_at(person: Actor) -> str:
    """Wins that wait for re-approval, and those so early that somebody should look."""
    wanted = _wanted(person)
    return render_template(
        "deals/wins.html",
        page=page_of(session, wins.to_look_at(wanted), OLDEST_FIRST),
        views=[
            {
                "label": label,
                "url": url_for("deals.to_look_at", only=only or None, whose=_whose(person)),
                "current": only == wanted.only,
            }
            for label, only in VIEWS
        ],
        whose=_whose(person),
        in_words=wins.in_words,
    )


@pages.get("/wins/export")
@allow(Can.DECIDE_DEAL, fresh=staff)
def export_to_look_at(person: Actor) -> Response:
    query = wins.to_look_at(_wanted(person)).order_by(DealOrder.recorded_at, DealOrder.id)
    rows = session.execute(query.execution_options(yield_per=1000))
    return sheet_response("Wins", _columns(), rows, request.args.get("as", "csv"))


def _columns() -> list[Column]:
    return [
        Column("Deal", lambda row: row.number),
        Column("Customer", lambda row: row.customer_name),
        Column("Partner", lambda row: row.partner),
        Column("Order", lambda row: row.reference),
        Column("Ordered on", lambda row: row.ordered_on, "day"),
        Column("Ordered by", lambda row: row.ordered_by),
        Column("Product family", lambda row: row.family),
        Column("Amount", lambda row: row.amount, "money"),
        Column("Registered", lambda row: row.value, "money"),
        Column("Currency", lambda row: row.value.currency),
        Column("Differs", lambda row: wins.in_words(row.differs)),
        Column("State", lambda row: row.state.words),
        Column("Hours after its begin", lambda row: row.early_hours, "number"),
        Column("Recorded", lambda row: row.recorded_at, "instant"),
        Column("Recorded by", lambda row: row.recorded_by_name),
    ]


def _whose(person: Actor) -> str:
    usual = "mine" if person.role is Role.CHANNEL_MANAGER else "all"
    return "all" if request.args.get("whose", usual) == "all" else "mine"


def _wanted(person: Actor) -> WinFilter:
    only = request.args.get("only", "")
    return WinFilter(
        channel_manager_id=person.id if _whose(person) == "mine" else None,
        only=only if only in {key for _, key in VIEWS} else "",
    )


def _with_order(person: Actor, deal_id: UUID, order_id: UUID) -> Deal:
    deal = deal_or_404(person, deal_id)
    known = select(DealOrder.id).where(DealOrder.id == order_id, DealOrder.deal_id == deal.id)
    return deal if session.scalar(known) else abort(404)


def _earn(deal: Deal) -> None:
    """What counts from now on is rated at once; what waits is not."""
    if deal.won_at:
        with vendor_side(session) as beside:
            commissions.catch_up(beside, partner_id=deal.partner_id, now=now())


def _form(deal: Deal) -> Any:
    """As registered, with what is left of the value; hand-over as of the order before."""
    named = select(ProductFamily.id, ProductFamily.name).order_by(ProductFamily.name)
    families = [(str(row.id), row.name) for row in session.execute(named)]
    left = deal.value.minor - wins.progress_of(session, deal.id).counted_minor
    usual = {
        "amount": Money(left, deal.value.currency) if left > 0 else None,
        "customer_name": deal.customer_name,
        "family": str(deal.family_id),
        "support_contact": deal.support_contact,
        "starts_on": deal.service_starts_on,
        "renews_on": deal.renews_on,
        "one_off": bool(deal.service_starts_on and not deal.renews_on),
    }
    return win_form(deal.value.currency, families)(data=usual)


def _page(deal: Deal, form: Any) -> str:
    return render_template(
        "deals/win.html",
        deal=deal,
        form=form,
        progress=wins.progress_of(session, deal.id),
        percent=vendor.settings(session).win_tolerance_percent,
    )


def _order(form: Any) -> Order:
    return Order(
        ordered_at=_instant_of(form.won_on.data, not_after=now()),
        number=form.order_number.data,
        signed_on=form.signed_on.data,
        amount_minor=form.amount.data.minor,
        customer_name=form.customer_name.data,
        family_id=UUID(form.family.data),
        is_complete=form.whole.data == COMPLETE,
        note=form.note.data or "",
    )


def _instant_of(day: Any, *, not_after: datetime) -> datetime:
    """Noon of the vendor's day; now, when noon is still to come."""
    noon = datetime.combine(day, time(12), ZoneInfo(calendar().time_zone))
    is_today = calendar().day_of(not_after) == day
    return min(noon, not_after) if is_today else noon
