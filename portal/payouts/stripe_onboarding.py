"""A partner's way to be paid through Stripe: set up there, checked here, then chosen.

Stripe is called outside any transaction; what was wanted is committed before, what was heard
after.  The way back from Stripe proves nothing: the account is read again.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import current_app, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from sqlalchemy import select

from models import vendor
from models.errors import Refused
from models.partners import Partner, destinations
from models.partners import stripe_accounts as theirs
from models.partners.stripe_accounts import StripeAccount
from models.payouts.provider.rules import ACCOUNT
from models.people import Actor
from models.scope import Scope
from portal.clock import now
from portal.database import session, transaction
from portal.payouts.blueprint import pages
from portal.payouts.stripe_connection import BALANCE_EVERY, gateway, is_connected
from portal.payouts.stripe_gateway import StripeIsAway
from portal.permissions import Can, allow, everybody

AWAY = "Stripe does not answer at the moment. Try again in a few minutes; nothing is lost."


class ChoiceForm(FlaskForm):
    """Nothing is typed: pressing the button is the choice."""


@pages.get("/company/stripe")
@allow(Can.EDIT_COMPANY)
def stripe_account(person: Actor) -> str:
    return _page(person, ChoiceForm(formdata=None))


@pages.post("/company/stripe/onboarding")
@allow(Can.EDIT_COMPANY)
def onboard(person: Actor) -> Any:
    """A page with the link: a form's answer may not lead to another site under our rules."""
    _must_be_connected()
    session.rollback()
    try:
        account_id = _opened(person)
        link = gateway().account_link(
            account_id,
            generation=_generation(),
            back=url_for("payouts.stripe_account", back=1, _external=True),
            again=url_for("payouts.stripe_account", again=1, _external=True),
        )
    except StripeIsAway:
        raise Refused(AWAY) from None
    return render_template("payouts/stripe_link.html", link=link)


@pages.post("/company/stripe/check")
@allow(Can.EDIT_COMPANY)
def check_account(person: Actor) -> Any:
    _must_be_connected()
    session.rollback()
    with transaction(_scope(person)) as own:
        row = theirs.account_of(own, _company(person))
        account_id = row.account_id if row else None
    if account_id is None:
        raise Refused("Set up your account at Stripe first.")
    try:
        _read(account_id, _scope(person))
    except StripeIsAway:
        raise Refused(AWAY) from None
    return redirect(url_for("payouts.stripe_account"), 303)


@pages.post("/company/stripe/destination")
@allow(Can.EDIT_COMPANY, fresh=everybody)
def choose_stripe(person: Actor) -> Any:
    form = ChoiceForm()
    if form.validate():
        try:
            kept = theirs.pay_through_stripe(
                session,
                session.get_one(Partner, person.partner_id),
                by=person,
                now=now(),
            )
        except Refused as refusal:
            session.rollback()
            form.form_errors.append(str(refusal))
    if form.errors:
        return _page(person, form), 422
    wait = " It is used after the hold." if kept.is_held(now()) else ""
    flash(f"Saved: you are paid through Stripe.{wait}")
    return redirect(url_for("partners.company"), 303)


def read_account(payload: dict[str, Any]) -> datetime | None:
    """After an event; an account that is none of ours is left alone."""
    if not is_connected():
        return None
    with transaction() as own:
        asked = select(StripeAccount.id).where(StripeAccount.account_id == payload["account"])
        is_ours = own.scalar(asked) is not None
    if is_ours:
        try:
            _read(payload["account"], Scope.vendor())
        except StripeIsAway:
            return now() + BALANCE_EVERY
    return None


ERRANDS = {ACCOUNT: read_account}


def _opened(person: Actor) -> str:
    """The id of the partner's account, opened at Stripe if it is not yet."""
    with transaction(_scope(person)) as own:
        partner = own.get_one(Partner, person.partner_id)
        row = theirs.want_account(own, partner, by=person, now=now())
        known, key = row.account_id, row.key
        facts = {
            "name": partner.legal_name or partner.name,
            "email": person.email,
            "country": partner.country,
            "currency": partner.currency,
        }
    if known is not None:
        return known
    read = gateway().open_account(generation=_generation(), key=key, **facts)
    with transaction(_scope(person)) as own:
        row = own.scalars(
            select(StripeAccount).where(StripeAccount.partner_id == person.partner_id)
        ).one()
        theirs.record(own, row, read, now=now())
    return read.id


def _read(account_id: str, scope: Scope) -> None:
    read = gateway().account(account_id, generation=_generation())
    with transaction(scope) as own:
        row = own.scalars(select(StripeAccount).where(StripeAccount.account_id == account_id))
        theirs.record(own, row.one(), read, now=now())


def _must_be_connected() -> None:
    if not is_connected():
        raise Refused("Stripe is not connected here. Choose another way of being paid.")


def _generation() -> str:
    return current_app.extensions["settings"].stripe_accounts


def _scope(person: Actor) -> Scope:
    return Scope.partner(_company(person))


def _company(person: Actor) -> Any:
    assert person.partner_id is not None
    return person.partner_id


def _page(person: Actor, form: ChoiceForm) -> str:
    row = theirs.account_of(session, _company(person))
    present = destinations.current(session, _company(person))
    return render_template(
        "payouts/stripe_account.html",
        account=row if row and row.account_id else None,
        is_connected=is_connected(),
        is_used=bool(row and present and present.account_id == row.account_id and row.account_id),
        present=present,
        hold_hours=vendor.settings(session).destination_hold_hours,
        held=present is not None and present.is_held(now()),
        form=form,
    )
