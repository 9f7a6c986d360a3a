"""Changing an approved deal: small things at once, large ones with another approval."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import customers, vendor
from models.base import lock
from models.customers import Verdict
from models.deals.amendments import Changes, changed_by, differences, is_large_change, name_of
from models.deals.decision_tables import AmendmentState, DealAmendment
from models.deals.kind_tables import type_rules
from models.deals.operations.approving import (
    Subject,
    drop_approvals,
    must_be_asked,
    plan_approvals,
    sign,
)
from models.deals.operations.contesting import open_if_contested
from models.deals.operations.protecting import let_the_database_agree, refuse_the_protected
from models.deals.operations.recognising import details_of, recognise_and_route
from models.deals.operations.registering import family_of, write
from models.deals.operations.steps import move, require, tell_managers, tell_partner, tidy
from models.deals.projects import project_key
from models.deals.queries import registration_of
from models.deals.registration import Registration, what_is_missing
from models.deals.tables import Deal
from models.errors import Refused
from models.money import Money
from models.people import Actor
from models.scope import vendor_side

ANOTHER_CUSTOMER = "Another customer"


def amend(
    session: Session,
    deal: Deal,
    registration: Registration,
    *,
    note: str,
    by: Actor,
    now: datetime,
) -> DealAmendment:
    """Change an approved deal.  What is material waits for an approval; the rest holds at once.

    Material is a value that moves far from what was approved, another customer, another
    product family, another project.  The protection stays as it is meanwhile.
    """
    lock(session, deal)
    require(session, deal, "amend", now=now)
    note = tidy(note, what="what has changed at the customer", least=3)
    if pending_amendment(session, deal.id):
        raise Refused("A change waits for approval already; one at a time.")
    if deal.won_at:
        raise Refused("A part of this deal is won; it cannot be changed any more.")
    changes = _what_changes(session, deal, registration, now=now)
    customer_id = _customer_of(session, deal, registration)
    reasons = _why_material(session, deal, registration, customer_id)
    amendment = DealAmendment(
        partner_id=deal.partner_id,
        deal_id=deal.id,
        state=AmendmentState.ASKED if reasons else AmendmentState.APPLIED,
        changes=changes,
        why_material=reasons,
        customer_id=customer_id if customer_id != deal.customer_id else None,
        note=note,
        asked_at=now,
        asked_by_id=by.id,
        asked_by_name=by.name,
    )
    session.add(amendment)
    session.flush()
    (_ask if reasons else _apply)(session, deal, amendment, registration, by=by, now=now)
    return amendment


def accept_amendment(
    session: Session, deal: Deal, amendment: DealAmendment, *, by: Actor, now: datetime
) -> None:
    """Approve a material change: under the locks of both customers, past no other protection."""
    if amendment.customer_id is None and ANOTHER_CUSTOMER in amendment.why_material:
        after = changed_by(registration_of(session, deal), amendment.changes)
        amendment.customer_id = _customer_of(session, deal, after)  # somebody added it meanwhile
    _lock_both(session, deal, amendment)
    require(session, deal, "accept_amendment", now=now)
    _must_wait(deal, amendment)
    if not sign(session, deal, by=by, now=now, amendment_id=amendment.id):
        move(session, deal, "approve_step", by=by, now=now)
        return
    after = changed_by(registration_of(session, deal), amendment.changes)
    with session.no_autoflush:
        _refuse_rivals(session, deal, amendment, after, now=now)
    write(session, deal, after)
    recognise_and_route(session, deal, now=now)
    deal.changed_at, deal.approved_minor = now, deal.value.minor
    _close(amendment, AmendmentState.ACCEPTED, by=by, now=now)
    note = ", ".join(amendment.why_material)
    move(session, deal, "accept_amendment", by=by, now=now, note=note)
    let_the_database_agree(session)
    open_if_contested(session, deal, now=now)
    tell_partner(
        session, deal, "deal-changed", now=now,
        title=f"{deal.customer_name}: your change is approved",
        body=f"{deal.number} holds as you changed it, through {deal.protected_through:%-d %B %Y}.",
    )  # fmt: skip


def refuse_amendment(
    session: Session, deal: Deal, amendment: DealAmendment, *, text: str, by: Actor, now: datetime
) -> None:
    """Say no to a change; the deal stays as it was approved."""
    lock(session, deal)
    lock(session, amendment)
    require(session, deal, "refuse_amendment", now=now)
    _must_wait(deal, amendment)
    must_be_asked(session, deal, by, now=now, amendment_id=amendment.id)
    text = tidy(text, what="why you do not approve the change", least=3)
    amendment.answer = text
    _close(amendment, AmendmentState.REFUSED, by=by, now=now)
    drop_approvals(session, deal, amendment.id)
    move(session, deal, "refuse_amendment", by=by, now=now, note=text)
    tell_partner(
        session, deal, "deal-not-changed", now=now,
        title=f"{deal.customer_name}: your change is not approved",
        body=f"{text} {deal.number} stays protected as it was approved.",
    )  # fmt: skip


def take_back_amendment(
    session: Session, deal: Deal, amendment: DealAmendment, *, by: Actor, now: datetime
) -> None:
    """The partner no longer wants the change; the deal stays as it was approved."""
    lock(session, deal)
    lock(session, amendment)
    require(session, deal, "take_back_amendment", now=now)
    _must_wait(deal, amendment)
    _close(amendment, AmendmentState.TAKEN_BACK, by=by, now=now)
    drop_approvals(session, deal, amendment.id)
    move(session, deal, "take_back_amendment", by=by, now=now)
    tell_managers(
        session, deal, "deal-change-taken-back", by=by, now=now,
        title=f"{deal.customer_name}: the change is taken back",
        body=f"{by.name} took the change of {deal.number} back. It needs no approval any more.",
    )  # fmt: skip


def pending_amendment(session: Session, deal_id: UUID) -> DealAmendment | None:
    return session.scalars(
        select(DealAmendment).where(
            DealAmendment.deal_id == deal_id, DealAmendment.state == AmendmentState.ASKED
        )
    ).first()


def _what_changes(
    session: Session, deal: Deal, registration: Registration, *, now: datetime
) -> Changes:
    """What differs.  Raises Refused when nothing does, or when it is not complete any more."""
    changes = differences(registration_of(session, deal), registration)
    if not changes:
        raise Refused("Nothing is different from what was approved.")
    rules = type_rules(session)[registration.kind]
    today = vendor.settings(session).calendar.day_of(now)
    if missing := what_is_missing(registration, today=today, rules=rules):
        raise Refused(next(iter(missing.values())))
    return changes


def _customer_of(session: Session, deal: Deal, registration: Registration) -> UUID | None:
    """The customer that the changed registration is about; None for one that is not kept yet.

    Asking adds nobody: a change may be refused, and what it names would stay for ever.
    """
    details = details_of(registration)
    if details == details_of(registration_of(session, deal)):
        return deal.customer_id
    with vendor_side(session) as beside:
        matches = customers.matches_of(beside, details.company)
    return next((each.customer_id for each in matches if each.verdict is Verdict.SAME), None)


def _why_material(
    session: Session,
    deal: Deal,
    registration: Registration,
    customer_id: UUID | None,
) -> list[str]:
    approved = deal.value.minor if deal.approved_minor is None else deal.approved_minor
    percent = vendor.settings(session).material_change_percent
    reasons = {
        f"The value changes by more than {percent} %": is_large_change(
            approved, registration.value_minor, percent
        ),
        ANOTHER_CUSTOMER: customer_id != deal.customer_id,
        "Another product family": family_of(session, registration.lines) != deal.family_id,
        "Another project": project_key(registration.project) != deal.project_key,
    }
    return [words for words, holds in reasons.items() if holds]


def _ask(
    session: Session,
    deal: Deal,
    amendment: DealAmendment,
    registration: Registration,
    *,
    by: Actor,
    now: datetime,
) -> None:
    why = ", ".join(amendment.why_material)
    move(session, deal, "ask_to_amend", by=by, now=now, note=f"{why}. {amendment.note}")
    subject = Subject(
        Money(registration.value_minor, deal.value.currency),
        registration.customer_country,
        family_of(session, registration.lines),
        registration.kind,
    )
    plan_approvals(session, deal, now=now, amendment_id=amendment.id, subject=subject)
    tell_managers(
        session, deal, "deal-change-asked", by=by, now=now,
        title=f"{deal.customer_name}: a change needs your approval",
        body=f"{why}. {amendment.note}",
    )  # fmt: skip


def _apply(
    session: Session,
    deal: Deal,
    amendment: DealAmendment,
    registration: Registration,
    *,
    by: Actor,
    now: datetime,
) -> None:
    write(session, deal, registration)
    deal.changed_at = now
    what = ", ".join(name_of(field).lower() for field in amendment.changes)
    move(session, deal, "amend", by=by, now=now, note=f"Changed: {what}. {amendment.note}")
    tell_managers(
        session, deal, "deal-changed", by=by, now=now,
        title=f"{deal.customer_name}: the partner changed the deal",
        body=f"Changed: {what}. {amendment.note}",
    )  # fmt: skip


def _lock_both(session: Session, deal: Deal, amendment: DealAmendment) -> None:
    """In one order, so that two changes that cross each other do not wait for ever."""
    wanted = filter(None, {deal.customer_id, amendment.customer_id})
    for customer_id in sorted(wanted):
        customers.hold_survivor(session, customer_id)
    lock(session, deal)
    lock(session, amendment)


def _must_wait(deal: Deal, amendment: DealAmendment) -> None:
    if amendment.deal_id != deal.id:
        raise Refused("This change belongs to another deal. Reload and look again.")
    if amendment.state is not AmendmentState.ASKED:
        raise Refused(f"{amendment.decided_by_name} has answered this change already.")


def _refuse_rivals(
    session: Session,
    deal: Deal,
    amendment: DealAmendment,
    after: Registration,
    *,
    now: datetime,
) -> None:
    """As if the deal were changed already: nobody else may stand there."""
    deal.customer_id = amendment.customer_id or deal.customer_id
    deal.family_id = family_of(session, after.lines)
    deal.project_key = project_key(after.project)
    today = vendor.settings(session).calendar.day_of(now)
    refuse_the_protected(session, deal, on=today)


def _close(amendment: DealAmendment, state: AmendmentState, *, by: Actor, now: datetime) -> None:
    amendment.state, amendment.decided_at, amendment.decided_by_name = state, now, by.name
