"""Who is asking.  The only file that knows flask-login.

The cookie holds a random token; the row it names in `user_session` says who it
is and whether it still counts, so that ending the row ends the session.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from flask import Flask, abort, current_app, request
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from sqlalchemy import Row, Select, and_, bindparam, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from models import agreements, notices, partners
from models.factors import FRESH_FOR
from models.notices import Notice
from models.partners import Partner, PartnerRole, PartnerStatus
from models.people import Actor, Person, PersonStatus, Role, Stage, UserSession
from models.scope import Scope
from models.vendor import Vendor
from models.visits import Visit
from portal import database
from portal.clock import now

Own = aliased(Person)
"""Whose browser it is, also while it looks through somebody else's eyes."""

HALF_WAY = timedelta(minutes=10)
"""So long a right password waits for the second factor."""

SEEN_EVERY = timedelta(minutes=1)
"""How often a session's last use is written down; a write per page would be waste."""


@dataclass(frozen=True)
class Asking:
    """The signed-in person, and what every page shows of them."""

    actor: Actor
    session_id: UUID
    unread: int
    partner_name: str | None
    """The company of a partner's user; None for staff."""
    vendor_name: str
    stage: Stage
    proven_at: datetime | None
    """When they last proved to be there; None: never yet."""
    visit_ends_at: datetime | None
    """When looking through somebody else's eyes is over; None through one's own."""
    must_sign: bool
    """Whether the portal is shut to them until they have signed what the vendor asks for."""


class SignedIn(UserMixin):
    """A session's token, as flask-login wants to see a user."""

    def __init__(self, token: str, asking: Asking | None) -> None:
        self.token = token
        self.asking = asking

    def get_id(self) -> str:
        return self.token


def remember_people(app: Flask) -> None:
    login = LoginManager(app)
    login.session_protection = None  # the session row is the protection

    @login.user_loader
    def load(token: str) -> SignedIn | None:
        asking = _asking(token, now())
        return SignedIn(token, asking) if asking else None


def sign_in(session: Session, person: Person, *, stage: Stage, at: datetime) -> None:
    """Open a session row for this person and give the browser its token."""
    token = secrets.token_urlsafe(32)
    session.add(
        UserSession(
            person_id=person.id,
            token_hash=_hashed(token),
            created_at=at,
            last_seen_at=at,
            address=request.remote_addr or "",
            browser=request.user_agent.string[:300],
            stage=stage,
            proven_at=at if stage is Stage.IN else None,
        )
    )
    person.last_signed_in_at = at
    login_user(SignedIn(token, None))


def prove(session: Session, *, at: datetime) -> None:
    """This browser's person has just proved to be there: all the way in, under a new token."""
    token = secrets.token_urlsafe(32)
    session.execute(
        update(UserSession)
        .where(UserSession.id == current_user.asking.session_id, UserSession.ended_at.is_(None))
        .values(token_hash=_hashed(token), stage=Stage.IN, proven_at=at)
    )
    login_user(SignedIn(token, None))


def sign_out(session: Session, *, at: datetime) -> None:
    """End this browser's session row, and forget the cookie."""
    if current_user.is_authenticated:
        session.execute(
            update(UserSession)
            .where(UserSession.id == current_user.asking.session_id)
            .values(ended_at=at)
        )
    logout_user()


def asking() -> Asking | None:
    """Who is asking; None for a stranger and for who is not all the way in."""
    here = coming()
    return here if here is not None and here.stage is Stage.IN else None


def session_asking() -> UUID:
    """The row of this browser's session, inside a guarded view."""
    here = coming()
    assert here is not None, "a guarded view has somebody asking"
    return here.session_id


def coming() -> Asking | None:
    """Who is asking, also when the password is all that they have shown so far."""
    return current_user.asking if current_user.is_authenticated else None


def person_asking(*stages: Stage) -> Actor:
    """Answers 401 for a stranger, and for who is neither in nor at one of these stages."""
    here = coming()
    return here.actor if here and here.stage in (Stage.IN, *stages) else abort(401)


def is_fresh() -> bool:
    """Whether the person proved a moment ago to be there themselves."""
    here = coming()
    if here is None or here.stage is Stage.FACTOR:
        return False
    is_recent = here.proven_at is not None and now() - here.proven_at < FRESH_FOR
    return is_recent or here.stage is Stage.ENROL  # the password was typed minutes ago


def must_sign() -> bool:
    """Whether the portal is shut to who asks; whoever looks through their eyes only looks."""
    here = asking()
    return here is not None and here.must_sign and not here.actor.visitor


def scope_of(actor: Actor) -> Scope:
    if actor.partner_id is None:
        return Scope.vendor()
    return Scope.partner(actor.partner_id, reads=actor.reads)


def _asking(token: str, at: datetime) -> Asking | None:
    with database.reading() as session:
        here = {"token_hash": _hashed(token), "at": at}
        found = session.execute(_who_is_here(), here).one_or_none()
        if found is None or _has_run_out(found, at):
            return None
        reads = _further_reads(session, found, at.date())
    if at - found.last_seen_at > SEEN_EVERY:
        _seen(found.session_id, at)
    actor = Actor(
        id=found.id,
        name=found.name,
        email=found.email,
        role=found.role,
        partner_id=found.partner_id,
        locale=found.locale,
        time_zone=found.time_zone,
        visitor=found.visitor or "",
    )
    return Asking(
        replace(actor, reads=reads),
        found.session_id,
        found.unread,
        found.partner_name,
        found.vendor_name,
        found.stage,
        found.proven_at,
        found.visit_ends_at,
        bool(found.must_sign),
    )


@cache
def _who_is_here() -> Select:
    """Built once: every page asks this.  token_hash and at are given when it is asked."""
    is_on = and_(Visit.id == UserSession.visit_id, Visit.ends_at > bindparam("at"))
    return (
        select(*_shown())
        .select_from(UserSession)
        .join(Own, Own.id == UserSession.person_id)
        .outerjoin(Visit, is_on)
        .join(Person, Person.id == func.coalesce(Visit.person_id, Own.id))
        .outerjoin(Partner, Partner.id == Person.partner_id)
        .where(
            UserSession.token_hash == bindparam("token_hash"),
            UserSession.ended_at.is_(None),
            Own.status == PersonStatus.ACTIVE,
            Person.status == PersonStatus.ACTIVE,
            or_(Visit.id.is_(None), Own.role == Role.ADMINISTRATOR),
            Partner.status.is_(None) | (Partner.status != PartnerStatus.ENDED),
        )
    )


def _shown() -> tuple[Any, ...]:
    """What is known of who asks: the session, the visit, the person, the companies."""
    rings = notices.rings(bindparam("at"))
    unread = (
        select(func.count(Notice.id))
        .where(Notice.person_id == Person.id, Notice.read_at.is_(None), rings)
        .correlate(Person)
        .scalar_subquery()
    )
    return (
        UserSession.id.label("session_id"),
        UserSession.created_at,
        UserSession.last_seen_at,
        UserSession.stage,
        UserSession.proven_at,
        Visit.visitor_name.label("visitor"),
        Visit.ends_at.label("visit_ends_at"),
        Person.id,
        Person.name,
        Person.email,
        Person.role,
        Person.partner_id,
        Person.locale,
        Person.time_zone,
        Partner.role.label("partner_role"),
        Partner.name.label("partner_name"),
        unread.label("unread"),
        agreements.must_sign().label("must_sign"),
        select(Vendor.name).limit(1).scalar_subquery().label("vendor_name"),
    )


def _has_run_out(found: Row, at: datetime) -> bool:
    settings = current_app.extensions["settings"]
    idle = timedelta(minutes=settings.session_idle_minutes)
    if found.role is Role.FINANCE:
        idle /= 2
    longest = timedelta(hours=settings.session_hours) if found.stage is Stage.IN else HALF_WAY
    too_old = at - found.created_at > longest
    return too_old or at - found.last_seen_at > idle


def _further_reads(session: Session, found: Row, today: date) -> frozenset[UUID]:
    if found.partner_role is not PartnerRole.DISTRIBUTOR:
        return frozenset()
    return partners.resellers_of(session, found.partner_id, today)


def _seen(session_id: UUID, at: datetime) -> None:
    with database.transaction() as session:
        session.execute(
            update(UserSession).where(UserSession.id == session_id).values(last_seen_at=at)
        )


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
