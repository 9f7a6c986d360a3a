"""What can happen to applications.  Each function is one business verb in one transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import accounts, audit, notices, partners, territories, vendor
from models.accounts import doors
from models.applications.rules import APPLICATION_MOVES, ApplicationStatus, Enquiry, name_key
from models.applications.tables import Application, ApplicationEvent
from models.base import human_number, lock, new_id
from models.errors import Refused
from models.partners import Partner, PartnerRole, Profile, profiles
from models.people import Actor, Door, Role
from models.sealing import Seal
from models.territories import Facts

SHORTEST_ABOUT = 30


def submit(
    session: Session, enquiry: Enquiry, *, address: str, now: datetime
) -> Application | None:
    """Keep an application; staff hear of it, and the applicant gets a letter.

    The same company and contact, still undecided, is not kept a second time (None), and
    the applicant is answered just the same.  Raises Refused when one address sends many.
    """
    email = accounts.tidy_email(enquiry.contact_email)
    if doors.is_shut(session, Door.APPLICATION, account=email, address=address, now=now):
        raise Refused("You have sent several applications. Wait an hour, then try again.")
    doors.knock(session, Door.APPLICATION, account=email, address=address, succeeded=True, now=now)
    country = profiles.checked_country(enquiry.country)
    domain = profiles.checked_domain(enquiry.domain)
    if len(enquiry.about.strip()) < SHORTEST_ABOUT:
        raise Refused("Tell us in a sentence or two whom you sell to and what you sell.")
    if _is_waiting(session, enquiry.company, email):
        return None
    key = new_id()
    application = Application(
        id=key,
        number=human_number("A", key),
        company=" ".join(enquiry.company.split()),
        name_key=name_key(enquiry.company),
        role=enquiry.role,
        country=country,
        town=enquiry.town.strip(),
        domain=domain,
        contact_name=" ".join(enquiry.contact_name.split()),
        contact_email=email,
        contact_phone=enquiry.contact_phone.strip(),
        about=enquiry.about.strip(),
        created_at=now,
    )
    session.add(application)
    session.flush()
    _keep(session, application, "submit", "", by=None, now=now)
    _route(session, application, now)
    _announce(session, application, now)
    return application


def begin_review(session: Session, application: Application, *, by: Actor, now: datetime) -> None:
    _move(session, application, "review", by=by, now=now)
    application.reviewer_id = by.id


def ask(
    session: Session, application: Application, *, by: Actor, question: str, now: datetime
) -> None:
    """Write to the applicant; the answer comes by mail to the manager."""
    question = _said(question, "Write what you want to know.")
    _move(session, application, "ask", by=by, now=now, note=question)
    _write(
        session,
        application,
        "application-question",
        "A question about your application",
        f"{by.name} asks:\n\n{question}\n\nPlease answer to {by.email}.",
        now,
    )


def decline(
    session: Session, application: Application, *, by: Actor, reason: str, now: datetime
) -> None:
    """Say no; the applicant reads the reason word for word."""
    reason = _said(reason, "Say why; the applicant reads it word for word.")
    _move(session, application, "decline", by=by, now=now, note=reason)
    application.reason, application.decided_at = reason, now
    _write(
        session,
        application,
        "application-declined",
        "Your application",
        f"Thank you for your interest. We cannot accept your application at present:\n\n{reason}"
        f"\n\nIf you think that this is wrong, complain to somebody who did not decide it, with the"
        f" number {application.number}: “Complain about a decision” on this page.",
        now,
    )


def accept(
    session: Session,
    application: Application,
    *,
    by: Actor,
    role: PartnerRole,
    currency: str,
    channel_manager_id: UUID,
    administrator_email: str,
    seal: Seal,
    now: datetime,
) -> Partner:
    """Make it a partner in onboarding, and invite its first administrator."""
    _move(session, application, "accept", by=by, now=now)
    partner = partners.create(
        session,
        by=by,
        name=application.company,
        role=role,
        country=application.country,
        currency=currency,
        profile=Profile(
            town=application.town, domain=application.domain, phone=application.contact_phone
        ),
        channel_manager_id=channel_manager_id,
        now=now,
    )
    application.partner_id, application.decided_at = partner.id, now
    partners.invite_administrator(
        session,
        partner,
        by=by,
        email=administrator_email,
        name=application.contact_name,
        seal=seal,
        now=now,
    )
    audit.record(session, by, "application accepted", application, now=now)
    return partner


def _is_waiting(session: Session, company: str, email: str) -> bool:
    return bool(
        session.scalar(
            select(Application.id).where(
                Application.name_key == name_key(company),
                Application.contact_email == email,
                Application.status.in_(
                    [ApplicationStatus.RECEIVED, ApplicationStatus.UNDER_REVIEW]
                ),
            )
        )
    )


def _route(session: Session, application: Application, now: datetime) -> None:
    """To the managers of the territory it lies in, or the default ones."""
    today = vendor.settings(session).calendar.day_of(now)
    facts = Facts(country=application.country, partner_role=application.role)
    about = ("application", application.id)
    found = territories.route(session, facts, on=today, about=about, now=now)
    application.channel_manager_id = found.channel_manager_id
    application.sales_manager_id = found.sales_manager_id
    application.routing_why = found.why


def _announce(session: Session, application: Application, now: datetime) -> None:
    said: dict[str, Any] = {
        "title": f"{application.company} wants to become a partner",
        "body": f"{application.contact_name} applied for {application.company}, "
        f"{application.town} ({application.country}), as {application.role.value}.",
        "link": f"/applications/{application.id}",
        "now": now,
    }
    if application.channel_manager_id:
        notices.tell(session, application.channel_manager_id, "application-received", **said)
    else:
        notices.tell_staff(session, Role.CHANNEL_MANAGER, "application-received", **said)
    _write(
        session,
        application,
        "application-thanks",
        "We have your application",
        # Nothing that was typed: whoever fills the form in may write to anybody's address by it.
        "Somebody applied under this address to become our partner; the number is "
        f"{application.number}. We answer within a few days. If it was not you, do nothing.",
        now,
    )


def _write(
    session: Session, application: Application, kind: str, title: str, body: str, now: datetime
) -> None:
    signed = f"{body}\n\n{vendor.settings(session).name}"
    notices.write_to(
        session, application.contact_email, kind, title=title, body=signed,
        link="/become-a-partner", now=now,
    )  # fmt: skip


def _move(
    session: Session,
    application: Application,
    verb: str,
    *,
    by: Actor,
    now: datetime,
    note: str = "",
) -> None:
    lock(session, application)
    before = application.status
    application.status = APPLICATION_MOVES.after(verb, before)
    _keep(session, application, verb, before, by=by, now=now, note=note)


def _keep(
    session: Session,
    application: Application,
    verb: str,
    before: str,
    *,
    by: Actor | None,
    now: datetime,
    note: str = "",
) -> None:
    session.add(
        ApplicationEvent(
            application_id=application.id,
            verb=verb,
            from_status=before,
            to_status=application.status,
            by_id=by.id if by else None,
            by_name=by.name if by else application.contact_name,
            at=now,
            note=note,
        )
    )


def _said(text: str, otherwise: str) -> str:
    if not text.strip():
        raise Refused(otherwise)
    return text.strip()
