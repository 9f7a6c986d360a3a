"""Changing an approved deal: the partner's page, and the vendor's answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug import Response

from models import deals, vendor
from models.catalog import Product
from models.deals import AmendmentState, Deal, DealAmendment, DealStatus
from models.deals.amendments import lines_from, name_of
from models.errors import Refused
from models.money import Money
from models.people import Actor
from portal.clock import now
from portal.database import session
from portal.deals.answering import Answer, step
from portal.deals.blueprint import back_to, deal_or_404, pages
from portal.deals.forms import ReasonForm
from portal.deals.writing import Desk, registration_of
from portal.formats import country, money
from portal.permissions import Can, allow


def approved_or_404(person: Actor, deal_id: UUID) -> Deal:
    deal = deal_or_404(person, deal_id)
    if deal.status is not DealStatus.APPROVED:
        raise Refused(f"This deal is {deal.status.words.lower()}; only an approved one is changed.")
    return deal


def amendment_or_404(person: Actor, deal_id: UUID, amendment_id: UUID) -> tuple[Deal, Any]:
    deal = deal_or_404(person, deal_id)
    change = session.get(DealAmendment, amendment_id) or abort(404)
    return (deal, change) if change.deal_id == deal.id else abort(404)


@pages.get("/<uuid:deal_id>/change")
@allow(Can.REGISTER_DEAL, find=approved_or_404)
def change(person: Actor, deal: Deal) -> str:
    desk = Desk(person, deal)
    return _page(desk, desk.form(registration_of(deal), sent=False, with_note=True), deal)


@pages.post("/<uuid:deal_id>/change")
@allow(Can.REGISTER_DEAL, find=approved_or_404)
def amend(person: Actor, deal: Deal) -> Any:
    desk, before = Desk(person, deal), registration_of(deal)
    is_longer = request.form.get("button") == "line"
    form = desk.form(before, more=is_longer, with_note=True)
    if is_longer:
        return _page(desk, form, deal)
    if not form.validate() or not desk.judge_lines(form):
        return _page(desk, form, deal), 422
    written = desk.written(form, before)
    try:
        made = deals.amend(session, deal, written, note=form.note.data, by=person, now=now())
    except Refused as refusal:
        session.rollback()
        form.form_errors.append(str(refusal))
        return _page(desk, form, deal), 422
    flash(
        "Changed. It holds from now on."
        if made.state is AmendmentState.APPLIED
        else "We look at your change; until then the deal stays protected as it was."
    )
    return redirect(url_for("deals.show", deal_id=deal.id), 303)


@pages.post("/<uuid:deal_id>/changes/<uuid:amendment_id>/approval")
@allow(Can.APPROVE_DEAL)
def accept_amendment(person: Actor, deal_id: UUID, amendment_id: UUID) -> Response:
    deal, made = amendment_or_404(person, deal_id, amendment_id)
    deals.accept_amendment(session, deal, made, by=person, now=now())
    is_all = made.state is AmendmentState.ACCEPTED
    flash("The change is approved. The partner is told." if is_all else "Your approval is noted.")
    return back_to(deal)


@pages.post("/<uuid:deal_id>/changes/<uuid:amendment_id>/refusal")
@allow(Can.APPROVE_DEAL)
def refuse_amendment(person: Actor, deal_id: UUID, amendment_id: UUID) -> Answer:
    deal, made = amendment_or_404(person, deal_id, amendment_id)
    form = ReasonForm()

    def do() -> None:
        deals.refuse_amendment(session, deal, made, text=form.text.data, by=person, now=now())

    said = "Not approved. The deal stays as it was."
    return step(deal, form, "Do not approve the change", "Do not approve", do, said)


@pages.post("/<uuid:deal_id>/changes/<uuid:amendment_id>/end")
@allow(Can.REGISTER_DEAL)
def take_back_amendment(person: Actor, deal_id: UUID, amendment_id: UUID) -> Response:
    deal, made = amendment_or_404(person, deal_id, amendment_id)
    deals.take_back_amendment(session, deal, made, by=person, now=now())
    flash("Taken back. The deal stays as it was approved.")
    return back_to(deal)


def changes_of(deal: Deal) -> list[dict[str, Any]]:
    """What was changed, or is to be, the latest first, in words."""
    made = session.scalars(
        select(DealAmendment)
        .where(DealAmendment.deal_id == deal.id)
        .order_by(DealAmendment.asked_at.desc(), DealAmendment.id.desc())
    )
    return [
        {"it": each, "is_open": each.state is AmendmentState.ASKED, "rows": _rows(deal, each)}
        for each in made
    ]


def _rows(deal: Deal, made: DealAmendment) -> list[tuple[str, str, str]]:
    """(what, before, after)."""
    return [
        (name_of(field), _said(deal, field, before), _said(deal, field, after))
        for field, (before, after) in made.changes.items()
    ]


def _said(deal: Deal, field: str, value: Any) -> str:
    if field == "lines":
        return _products(deal, value)
    if field == "kind":
        return deals.DealType(value).words
    if field == "customer_country":
        return country(value)
    return str(value or "–")


def _products(deal: Deal, written: Iterable[Any]) -> str:
    lines = lines_from(list(written))
    wanted = [line.product_id for line in lines]
    names = dict(
        session.execute(select(Product.id, Product.name).where(Product.id.in_(wanted))).all()
    )
    total = Money(sum(line.amount_minor for line in lines), deal.value.currency)
    each = ", ".join(f"{line.quantity} × {names.get(line.product_id, '?')}" for line in lines)
    return f"{each}: {money(total)}"


def _page(desk: Desk, form: Any, deal: Deal) -> str:
    return render_template(
        "deals/change.html",
        form=form,
        deal=deal,
        currency=desk.currency,
        programme=vendor.settings(session),
    )
