"""The programme's payouts: their calendar, how many people let them go, the smallest amounts."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from sqlalchemy import select
from wtforms import BooleanField, IntegerField
from wtforms.validators import InputRequired, NumberRange, Optional

from models import vendor
from models.errors import Refused
from models.money import Money
from models.partners import Partner
from models.payouts.calendar import EARLIEST, LATEST, Rhythm, coming
from models.payouts.terms import LONGEST_TAIL_MONTHS, Terms, arrange, minimums, terms
from models.people import Actor
from portal.clock import now
from portal.database import session
from portal.fields import MoneyField
from portal.permissions import Can, allow, may
from portal.programme.blueprint import pages

MINIMUM = "minimum_"


class PayoutTermsForm(FlaskForm):
    is_automatic = BooleanField(
        "Prepare runs by the calendar",
        description="On the cut-off day a run is prepared in each currency. "
        "Nothing is paid before people release it.",
    )
    cut_off_business_day = IntegerField(
        "Cut-off",
        [InputRequired(), NumberRange(EARLIEST, LATEST)],
        description="Business day of the following month on which the runs are prepared. "
        "The month must be closed by then; until it is, the runs wait.",
    )
    review_business_days = IntegerField(
        "Review",
        [InputRequired(), NumberRange(1, 10)],
        description="Business days that finance has to look, to leave out, and to release.",
    )
    pay_business_day = IntegerField(
        "Pay day",
        [InputRequired(), NumberRange(EARLIEST, LATEST)],
        description="Business day of the following month on which the money is sent. "
        "Partners see the date.",
    )
    one_person_is_enough = BooleanField(
        "One person is enough for runs of the calendar",
        description="Otherwise one person approves such a run and another releases it. "
        "Whoever prepares a run never releases it.",
    )
    tail_months = IntegerField(
        "Tail after a contract ends",
        [InputRequired(), NumberRange(0, LONGEST_TAIL_MONTHS)],
        description="Months in which the payments of a former partner's customers still earn. "
        "Proposed when a contract is ended; its agreement may say otherwise.",
    )


@pages.get("/payouts")
@allow(Can.SEE_PROGRAMME)
def payouts(person: Actor) -> str:
    return _page(person, _form())


@pages.post("/payouts")
@allow(Can.EDIT_PROGRAMME)
def save_payouts(person: Actor) -> Any:
    form, house = _form(), vendor.settings(session)
    if not form.validate():
        return _page(person, form), 422
    try:
        changed = arrange(session, house, _wanted(form), _least(form), by=person, now=now())
    except Refused as refusal:
        session.rollback()
        form.pay_business_day.errors = [*form.pay_business_day.errors, str(refusal)]
        return _page(person, form), 422
    flash("Saved." if changed else "Nothing was different.")
    return redirect(url_for("programme.payouts"), 303)


def _form() -> Any:
    """With a field for each currency that somebody is paid in."""
    house = vendor.settings(session)
    least = minimums(session, house)
    used = set(session.scalars(select(Partner.currency).distinct()))
    currencies = [house.base_currency, *sorted((used | set(least)) - {house.base_currency})]

    class WithMinimums(PayoutTermsForm):
        pass

    for currency in currencies:
        field = MoneyField(
            f"Smallest payout in {currency}",
            currency=currency,
            validators=[Optional()],
            description="Less is carried to the next month. Empty: any amount is paid.",
        )
        setattr(WithMinimums, f"{MINIMUM}{currency}", field)
    agreed = terms(session)
    amounts = {
        f"{MINIMUM}{currency}": Money(least[currency], currency)
        for currency in currencies
        if least.get(currency)
    }
    return WithMinimums(obj=agreed.rhythm, data=_plain(agreed) | amounts)


def _plain(agreed: Terms) -> dict[str, Any]:
    names = ("is_automatic", "one_person_is_enough", "tail_months")
    return {name: getattr(agreed, name) for name in names}


def _wanted(form: Any) -> Terms:
    return Terms(
        Rhythm(
            form.cut_off_business_day.data,
            form.review_business_days.data,
            form.pay_business_day.data,
        ),
        is_automatic=form.is_automatic.data,
        one_person_is_enough=form.one_person_is_enough.data,
        tail_months=form.tail_months.data,
    )


def _least(form: Any) -> list[Money]:
    return [
        field.data or Money(0, field.currency) for field in form if field.name.startswith(MINIMUM)
    ]


def _page(person: Actor, form: Any) -> str:
    calendar = vendor.settings(session).calendar
    return render_template(
        "programme/payouts.html",
        form=form,
        minimums=[field.name for field in form if field.name.startswith(MINIMUM)],
        days=coming(calendar.day_of(now()), terms(session).rhythm, calendar),
        can_edit=may(person, Can.EDIT_PROGRAMME),
    )
