"""Pages about one's own account."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import current_app, flash, redirect, render_template, url_for
from sqlalchemy import Row
from sqlalchemy.orm import Session

from models import accounts, audit, notices
from models.accounts import sessions
from models.errors import Refused
from models.people import Actor, Person, passwords
from models.scope import vendor_side
from portal import identity
from portal.account import factors
from portal.account.blueprint import pages
from portal.account.browsers import name_of
from portal.account.forms import PasswordForm, ProfileForm
from portal.clock import now
from portal.database import session, transaction
from portal.fields import put_refusal
from portal.permissions import Can, allow, everybody

PAGES = (factors,)
"""What stands on pages of their own."""


@pages.get("")
@allow(Can.KEEP_ACCOUNT)
def show(person: Actor) -> str:
    return _page(person, ProfileForm(obj=_own(person)), PasswordForm())


@pages.post("/profile")
@allow(Can.KEEP_ACCOUNT)
def save_profile(person: Actor) -> Any:
    form = ProfileForm()
    if not form.validate():
        return _page(person, form, PasswordForm(formdata=None)), 422
    own = _own(person)
    own.name, own.locale, own.time_zone = form.name.data, form.locale.data, form.time_zone.data
    audit.record(session, person, "account edited", own, now=now())
    flash("Saved.")
    return redirect(url_for("account.show"), 303)


@pages.post("/password")
@allow(Can.KEEP_ACCOUNT)
def change_password(person: Actor) -> Any:
    form = PasswordForm()
    if form.validate():
        try:
            accounts.change_password(
                session,
                by=person,
                old=form.old.data,
                new=form.new.data,
                keep=_this_session(),
                has_factor=factors.has_factor(person),
                names=[identity.asking().partner_name or ""],  # type: ignore[union-attr]
                now=now(),
            )
        except accounts.WrongPassword as refusal:
            session.rollback()  # lets go of the database, so that the wrong try can be kept
            with transaction() as own:
                accounts.remember_wrong(own, by=person, now=now())
            put_refusal(form.old, refusal)
        except Refused as refusal:
            put_refusal(form.new, refusal)
    if form.errors:
        return _page(person, ProfileForm(formdata=None, obj=_own(person)), form), 422
    flash("Your password is changed. Your other sessions are ended.")
    return redirect(url_for("account.show"), 303)


@pages.post("/sessions/<uuid:session_id>/ending")
@allow(Can.KEEP_ACCOUNT, fresh=everybody)
def end_session(person: Actor, session_id: UUID) -> Any:
    with vendor_side(session) as own:
        sessions.end(own, person.id, session_id, now=now())
    flash("That session is ended.")
    return redirect(url_for("account.show"), 303)


@pages.post("/sessions/ending")
@allow(Can.KEEP_ACCOUNT, fresh=everybody)
def end_other_sessions(person: Actor) -> Any:
    with vendor_side(session) as own:
        sessions.end_all(own, person.id, now=now(), but=_this_session())
    flash("All other sessions are ended.")
    return redirect(url_for("account.show"), 303)


def _own(person: Actor) -> Person:
    return session.get_one(Person, person.id)


def _this_session() -> UUID:
    here = identity.asking()
    assert here is not None, "a guarded view has somebody asking"
    return here.session_id


def _page(person: Actor, profile: ProfileForm, password: PasswordForm) -> str:
    has_factor = factors.has_factor(person)
    hours = current_app.extensions["settings"].session_hours
    with vendor_side(session) as own:
        several = _works_elsewhere(own, person)
        open_ones = sessions.listed(own, person.id, since=now() - timedelta(hours=hours))
    return render_template(
        "account/show.html",
        profile=profile,
        password=password,
        email=person.email,
        role=accounts.ROLE_NAMES[person.role],
        company=identity.asking().partner_name,  # type: ignore[union-attr]
        has_factor=has_factor,
        how_long=f"At least {passwords.shortest(has_factor=has_factor)} characters. Four or five "
        "unrelated words are easy to remember.",
        sessions=open_ones,
        has_companies=several,
        kinds=_mutable(person),
        browser=name_of,
        this_session=_this_session(),
    )


def _works_elsewhere(own: Session, person: Actor) -> bool:
    """Whether this session may change to another company of theirs."""
    here = identity.asking()
    came_by_password = here is not None and here.provider_id is None
    return came_by_password and accounts.is_shared(own, own.get_one(Person, person.id))


def _mutable(person: Actor) -> list[Row]:
    told = notices.kinds_told(session, person.id, now=now())
    return [row for row in told if row.kind not in notices.NEVER_MUTED]
