"""What if: a partner ticks its own open deals as won and sees what they would earn."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import render_template, request
from wtforms import BooleanField, DateField, Form
from wtforms.validators import InputRequired

from models import vendor
from models.calendars import local_day
from models.commissions.pipeline import OpenDeal, open_deals
from models.commissions.whatif import Chance, next_tier, what_if
from models.money import Money
from models.people import Actor
from portal.clock import now
from portal.commissions.blueprint import pages
from portal.database import session
from portal.fields import MoneyField
from portal.permissions import Can, allow

Answer = str | tuple[str, int]


@pages.get("/commissions/what-if", endpoint="what_if")
@allow(Can.ASK_WHAT_IF)
def ask(person: Actor) -> Answer:
    """Nothing is stored: the question lives in the address."""
    assert person.partner_id is not None
    deals = open_deals(session, person.partner_id, now=now())
    form = _form(deals)
    asked = bool(request.args)
    is_valid = not asked or form.validate()
    chances = [_chance(form, deal) for deal in deals if form[_name("won", deal)].data]
    outlook = (
        what_if(session, chances, partner_id=person.partner_id, now=now())
        if is_valid and chances
        else None
    )
    page = render_template(
        "commissions/what_if.html",
        form=form,
        deals=deals,
        fields={deal.number: _fields(form, deal) for deal in deals},
        outlook=outlook,
        late=_late(chances),
        tier=next_tier(session, partner_id=person.partner_id, now=now()),
        today=local_day(now(), vendor.settings(session).time_zone),
        asked=asked,
    )
    return page if is_valid else (page, 422)


def _form(deals: list[OpenDeal]) -> Form:
    """One row a deal; as its deals stand where nothing was asked."""
    parts: dict[str, Any] = {}
    for deal in deals:
        parts[_name("won", deal)] = BooleanField(f"{deal.customer} is won")
        parts[_name("value", deal)] = MoneyField(
            f"Value of {deal.customer}",
            validators=[InputRequired("Enter an amount.")],
            currency=deal.value.currency,
        )
        parts[_name("on", deal)] = DateField(
            f"Day on which {deal.customer} is won", [InputRequired("Enter a day.")]
        )
    kind: Any = type("WhatIfForm", (Form,), parts)
    form = kind(request.args or None)
    for deal in deals:
        if _name("value", deal) not in request.args:
            form[_name("value", deal)].data = deal.value
            form[_name("on", deal)].data = deal.on
            form[_name("value", deal)].raw_data = form[_name("on", deal)].raw_data = None
    return form


def _chance(form: Form, deal: OpenDeal) -> Chance:
    value, on = form[_name("value", deal)].data, form[_name("on", deal)].data
    if not isinstance(value, Money) or value.minor < 0 or on is None:
        return deal.chance
    return replace(deal.chance, on=on, value=value)


def _late(chances: list[Chance]) -> set[str]:
    """Those that would be won after their protection has ended: no uplift is earned on them."""
    return {one.key for one in chances if one.protected and one.on > one.protected[1]}


def _fields(form: Form, deal: OpenDeal) -> dict[str, Any]:
    return {part: form[_name(part, deal)] for part in ("won", "value", "on")}


def _name(part: str, deal: OpenDeal) -> str:
    return f"{part}-{deal.number}"
