"""Passwords as people change and recover them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit, notices, vendor
from models.accounts import companies, doors, links
from models.base import lock
from models.errors import Refused
from models.people import Actor, Door, Person, PersonStatus, TokenPurpose, passwords
from models.scope import vendor_side
from models.sealing import Seal


class WrongPassword(Refused):
    """The present password that somebody typed is not theirs."""


def change_password(
    session: Session,
    *,
    by: Actor,
    old: str,
    new: str,
    keep: UUID | None,
    names: Iterable[str] = (),
    has_factor: bool = False,
    now: datetime,
) -> None:
    """A new password for oneself; every session but `keep` ends, and a mail says so."""
    _confirm_password(session, by=by, password=old, now=now)
    with vendor_side(session) as vendor_session:
        person = vendor_session.get_one(Person, by.id)
        guessed = [*guessable(vendor_session, person), *names]
        passwords.judge(new, names=guessed, has_factor=has_factor)
        if old == new:
            raise Refused("This is the password you have. Choose another.")
        _set(vendor_session, person, new, by=by, keep=keep, now=now)


def _confirm_password(session: Session, *, by: Actor, password: str, now: datetime) -> None:
    """Raises Refused unless this is the password of `by`.

    Whoever calls remembers a wrong one with `remember_wrong`, so that somebody who found an
    open browser cannot guess on.
    """
    with vendor_side(session) as own:
        if doors.is_shut(own, Door.SIGN_IN, account=by.email, address=str(by.id), now=now):
            raise WrongPassword("Too many tries. Wait 15 minutes and try again.")
        keeper = companies.keeper_of(own, own.get_one(Person, by.id))
        kept = keeper.password_hash
    if not passwords.matches(password, kept):
        raise WrongPassword("This is not your present password. Type it again.")


def remember_wrong(session: Session, *, by: Actor, now: datetime) -> None:
    """Keep a wrong answer, in a transaction of its own: the refused one keeps nothing."""
    doors.knock(
        session, Door.SIGN_IN, account=by.email, address=str(by.id), succeeded=False, now=now
    )


def knock_for_reset(session: Session, email: str, *, address: str, now: datetime) -> str | None:
    """Note that somebody asks for a new password; the account to mail, None when too often.

    Nothing is looked up: the mail is made later, by the worker, so that the answer and the
    work behind it are the same whether or not somebody signs in with this address.
    """
    account = email.strip().casefold()[:254]
    shut = doors.is_shut(session, Door.PASSWORD_RESET, account=account, address=address, now=now)
    doors.knock(
        session, Door.PASSWORD_RESET, account=account, address=address, succeeded=not shut, now=now
    )
    return None if shut else account


def mail_reset(session: Session, account: str, *, seal: Seal, now: datetime) -> None:
    """Mail a link if somebody signs in with this address."""
    person = session.scalars(
        select(Person)
        .where(Person.email == account, Person.status == PersonStatus.ACTIVE)
        .order_by(Person.password_hash.is_(None), Person.created_at, Person.id)
    ).first()
    if person is None:
        return
    token = links.make(session, person.id, TokenPurpose.PASSWORD_RESET, seal=seal, now=now)
    notices.tell(
        session,
        person.id,
        "password-reset",
        title="Choose a new password",
        body="Somebody asked for a new password for your account. If it was you, open this link "
        "within 30 minutes; it works once. If not, do nothing: your password stays as it is.",
        link=links.path(token),
        partner_id=person.partner_id,
        now=now,
    )


def reset_password(
    session: Session,
    token_id: UUID,
    key: str,
    *,
    new: str,
    names: Iterable[str] = (),
    has_factor: bool = False,
    now: datetime,
) -> None:
    """Use up the link, set the password, end every session."""
    person = links.find(session, token_id, key, TokenPurpose.PASSWORD_RESET, now=now)
    if person is None:
        raise Refused(links.DEAD_LINK)
    passwords.judge(new, names=[*guessable(session, person), *names], has_factor=has_factor)
    person = links.use(session, token_id, key, TokenPurpose.PASSWORD_RESET, now=now)
    _set(session, person, new, by=person.actor(), keep=None, now=now)


def guessable(session: Session, person: Person) -> list[str]:
    """What a stranger would try first; the caller adds the names of the partner."""
    ours = vendor.settings(session)
    return [ours.name, ours.legal_name, person.name, person.email]


def _set(
    session: Session, person: Person, new: str, *, by: Actor, keep: UUID | None, now: datetime
) -> None:
    new_hash = passwords.hashed(new)
    keeper = companies.account_at(session, person.email) or companies.keeper_of(session, person)
    lock(session, keeper)
    keeper.password_hash, keeper.is_password_short = new_hash, passwords.is_short(new)
    for person_id in session.scalars(companies.rows_of(keeper.id)).all():
        links.spend(session, person_id, TokenPurpose.PASSWORD_RESET, now=now)
    companies.end_everywhere(session, keeper, now=now, but=keep)
    audit.record(session, by, "password changed", person, now=now)
    notices.tell(
        session,
        person.id,
        "password-changed",
        title="Your password was changed",
        body="Your password was changed and your other sessions were ended. If this was not "
        "you, ask for a new password at once and tell your administrator.",
        link="/account",
        partner_id=person.partner_id,
        now=now,
    )
