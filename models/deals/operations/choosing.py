"""The customer's written choice of partner: handed in, backed by one manager, confirmed by another.

It goes before who registered first.  Whoever loses the customer is told that it chose, never
whom.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit, files, vendor
from models.base import lock
from models.deals.decision_tables import ChoiceKind, ChoiceState, CustomerChoice
from models.deals.operations.approving import DECIDERS, drop_approvals
from models.deals.operations.contesting import open_if_contested
from models.deals.operations.protecting import protect
from models.deals.operations.steps import (
    lock_with_customer,
    move,
    note_for_vendor,
    require,
    tell_managers,
    tell_partner,
    tidy,
)
from models.deals.queries import rivals
from models.deals.states import DealStatus
from models.deals.tables import Deal
from models.errors import Refused
from models.files import Upload
from models.people import Actor

WAITING = (ChoiceState.NAMED, ChoiceState.BACKED)
LETTER = "customer-choice"
"""What the letter is attached to, as files know it."""


def name_choice(
    session: Session,
    deal: Deal,
    *,
    kind: ChoiceKind,
    letter: Upload,
    note: str,
    by: Actor,
    now: datetime,
) -> CustomerChoice:
    """Hand in the customer's letter.  One that a manager hands in has that manager's backing."""
    lock(session, deal)
    require(session, deal, "name_choice", now=now)
    note = tidy(note, what="who wrote the letter, and when", least=3)
    _must_fit(session, deal, kind, by)
    choice = CustomerChoice(
        partner_id=deal.partner_id,
        deal_id=deal.id,
        kind=kind,
        state=ChoiceState.NAMED,
        note=note,
        named_at=now,
        named_by_name=by.name,
    )
    session.add(choice)
    session.flush()
    files.keep(
        session, letter, about=(LETTER, choice.id), now=now, by=by,
        partner_id=None if kind is ChoiceKind.RELEASE else deal.partner_id, private=True,
    )  # fmt: skip
    _record(session, deal, choice, "name_choice", note, by=by, now=now)
    if by.is_staff:
        _back(choice, by=by, now=now)
    _tell_staff(session, deal, choice, by=by, now=now)
    return choice


def _must_fit(session: Session, deal: Deal, kind: ChoiceKind, by: Actor) -> None:
    is_protected = deal.status is DealStatus.APPROVED
    if kind is ChoiceKind.RELEASE and not (is_protected and by.is_staff):
        raise Refused("Only a protected deal is released, and only the vendor's staff begin it.")
    if kind is ChoiceKind.TRANSFER and is_protected:
        raise Refused("This deal is protected already; the customer need not choose again.")
    if choice_of(session, deal.id):
        raise Refused("A letter of this customer is being looked at already.")


def back_choice(
    session: Session, deal: Deal, choice: CustomerChoice, *, by: Actor, now: datetime
) -> None:
    """A first manager has read the letter and thinks it holds."""
    _open_case(session, deal, choice, "back_choice", by=by, now=now)
    if choice.state is not ChoiceState.NAMED:
        raise Refused(f"{choice.backed_by_name} has backed this letter; a second one confirms it.")
    _back(choice, by=by, now=now)
    _record(session, deal, choice, "back_choice", by=by, now=now)
    _tell_staff(session, deal, choice, by=by, now=now)


def confirm_choice(
    session: Session, deal: Deal, choice: CustomerChoice, *, by: Actor, now: datetime
) -> None:
    """A second manager agrees, and the protection goes where the customer wants it."""
    verb = "take_over" if choice.kind is ChoiceKind.TRANSFER else "release"
    _open_case(session, deal, choice, verb, by=by, now=now)
    if choice.state is not ChoiceState.BACKED:
        raise Refused("A first manager has to back this letter before a second confirms it.")
    if choice.backed_by_id == by.id:
        raise Refused("You backed this letter yourself; a second manager has to confirm it.")
    choice.state, choice.closed_at, choice.closed_by_name = ChoiceState.CONFIRMED, now, by.name
    if choice.kind is ChoiceKind.RELEASE:
        _release(session, deal, by=by, now=now)
        return
    today = vendor.settings(session).calendar.day_of(now)
    for rival in rivals(session, deal, on=today):
        if rival.status is DealStatus.APPROVED:
            _release(session, session.get_one(Deal, rival.id), by=by, now=now)
    session.flush()  # the old protection has to be gone before the new one is written
    drop_approvals(session, deal)
    protect(session, deal, "take_over", by=by, now=now)
    open_if_contested(session, deal, now=now)  # others may wait for this customer too


def decline_choice(
    session: Session,
    deal: Deal,
    choice: CustomerChoice,
    *,
    text: str,
    by: Actor,
    now: datetime,
) -> None:
    """The letter does not hold; everything stays as it was."""
    _open_case(session, deal, choice, "decline_choice", by=by, now=now)
    text = tidy(text, what="why the letter does not hold", least=3)
    choice.state, choice.answer = ChoiceState.DECLINED, text
    choice.closed_at, choice.closed_by_name = now, by.name
    _record(session, deal, choice, "decline_choice", text, by=by, now=now)
    if choice.kind is ChoiceKind.TRANSFER:
        tell_partner(
            session, deal, "deal-choice-declined", now=now,
            title=f"{deal.customer_name}: the letter is not accepted", body=text,
        )  # fmt: skip


def choice_of(session: Session, deal_id: UUID) -> CustomerChoice | None:
    """The letter that waits."""
    return session.scalars(
        select(CustomerChoice).where(
            CustomerChoice.deal_id == deal_id, CustomerChoice.state.in_(WAITING)
        )
    ).first()


def _open_case(
    session: Session, deal: Deal, choice: CustomerChoice, verb: str, *, by: Actor, now: datetime
) -> None:
    """Lock what this is about, and refuse who may not, and what has been answered."""
    lock_with_customer(session, deal)
    lock(session, choice)
    if choice.deal_id != deal.id:
        raise Refused("This letter belongs to another deal. Reload and look again.")
    if choice.state not in WAITING:
        raise Refused(f"{choice.closed_by_name} has decided about this letter already.")
    if by.role not in DECIDERS:
        raise Refused("Channel managers and administrators decide about customers' letters.")
    if by.id == deal.registered_by_id:
        raise Refused("You registered this deal yourself; somebody else has to decide.")
    require(session, deal, verb, now=now)


def _record(
    session: Session,
    deal: Deal,
    choice: CustomerChoice,
    verb: str,
    note: str = "",
    *,
    by: Actor,
    now: datetime,
) -> None:
    """A partner whom the customer wants to leave reads nothing before it is decided."""
    if choice.kind is ChoiceKind.TRANSFER:
        move(session, deal, verb, by=by, now=now, note=note)
        return
    note_for_vendor(session, deal, verb, note, by=by, now=now)
    audit.record(
        session, by, f"deal: {verb.replace('_', ' ')}", deal, now=now, detail={"note": note}
    )


def _release(session: Session, deal: Deal, *, by: Actor, now: datetime) -> None:
    lock(session, deal)
    move(session, deal, "release", by=by, now=now)
    tell_partner(
        session, deal, "deal-released", now=now,
        title=f"{deal.customer_name}: the customer has chosen otherwise",
        body=f"The customer asked us in writing to work with somebody else, so the protection of "
        f"{deal.number} ends today. Your channel manager can tell you more about the next steps.",
    )  # fmt: skip


def _back(choice: CustomerChoice, *, by: Actor, now: datetime) -> None:
    choice.state = ChoiceState.BACKED
    choice.backed_at, choice.backed_by_id, choice.backed_by_name = now, by.id, by.name


def _tell_staff(
    session: Session, deal: Deal, choice: CustomerChoice, *, by: Actor, now: datetime
) -> None:
    what = "has to back it" if choice.state is ChoiceState.NAMED else "confirms it as the second"
    tell_managers(
        session, deal, "deal-choice", by=by, now=now,
        title=f"{deal.customer_name}: a letter of the customer",
        body=f"{choice.kind.words}. {choice.note} A manager {what}.",
    )  # fmt: skip
