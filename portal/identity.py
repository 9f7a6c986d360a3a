"""Who is asking.  The only file that knows flask-login.

The cookie holds a random token; the row it names in `user_session` says who it
is and whether it still counts, so that ending the row ends the session.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from flask import Flask, abort, current_app, request
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from sqlalchemy import Row, update
from sqlalchemy.orm import Session

from models import partners
from models.calendars import local_day
from models.factors import FRESH_FOR
from models.partners import PartnerRole
from models.people import Actor, Person, Role, Stage, UserSession
from models.scope import Scope
from portal import database
from portal.clock import now
from portal.who_is_here import who_is_here

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
    began_at: datetime
    provider_id: UUID | None
    """Through whose sign-in they came; None: with a password."""
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


def sign_in(
    session: Session,
    person: Person,
    *,
    stage: Stage,
    at: datetime,
    proven_at: datetime | None,
    began_at: datetime | None = None,
    provider_id: UUID | None = None,
) -> None:
    """Open a session row for this person and give the browser its token.

    proven_at: when they last showed to be there; None when nobody knows.
    began_at: when the password was typed, if not now.  provider_id: through whose sign-in.
    """
    token = secrets.token_urlsafe(32)
    session.add(
        UserSession(
            person_id=person.id,
            token_hash=_hashed(token),
            created_at=began_at or at,
            last_seen_at=at,
            address=request.remote_addr or "",
            browser=request.user_agent.string[:300],
            stage=stage,
            proven_at=proven_at if stage is Stage.IN else None,
            provider_id=provider_id,
        )
    )
    if stage is not Stage.COMPANY:
        person.last_signed_in_at = at
    login_user(SignedIn(token, None))


def change_company(session: Session, person: Person, *, stage: Stage, at: datetime) -> None:
    """End this browser's session and open one for its owner at another company.

    It lives no longer than the first would have, and no proof is younger for it.
    """
    here = coming()
    assert here is not None, "somebody has shown the password"
    ending = update(UserSession).where(UserSession.id == here.session_id)
    session.execute(ending.values(ended_at=at))
    proven_at = here.began_at if here.stage is Stage.COMPANY else here.proven_at
    sign_in(session, person, stage=stage, at=at, began_at=here.began_at, proven_at=proven_at)


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
        found = session.execute(who_is_here(), here).one_or_none()
        if found is None or _has_run_out(found, at):
            return None
        reads = _further_reads(session, found, at)
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
        found.created_at,
        found.provider_id,
        found.proven_at,
        found.visit_ends_at,
        bool(found.must_sign),
    )


def _has_run_out(found: Row, at: datetime) -> bool:
    settings = current_app.extensions["settings"]
    idle = timedelta(minutes=settings.session_idle_minutes)
    if found.role is Role.FINANCE:
        idle /= 2
    longest = timedelta(hours=settings.session_hours) if found.stage is Stage.IN else HALF_WAY
    too_old = at - found.created_at > longest
    return too_old or at - found.last_seen_at > idle


def _further_reads(session: Session, found: Row, at: datetime) -> frozenset[UUID]:
    if found.partner_role is not PartnerRole.DISTRIBUTOR:
        return frozenset()
    return partners.resellers_of(session, found.partner_id, local_day(at, found.vendor_zone))


def _seen(session_id: UUID, at: datetime) -> None:
    with database.transaction() as session:
        session.execute(
            update(UserSession).where(UserSession.id == session_id).values(last_seen_at=at)
        )


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
