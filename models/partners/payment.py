"""Saying where to pay: by a partner's administrator, freshly proven, and told to all."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models import audit, notices, vendor
from models.base import lock
from models.errors import Refused
from models.partners import destinations
from models.partners.destinations import (
    BankAccount,
    DestinationKind,
    DestinationStatus,
    PayoutDestination,
)
from models.partners.tables import Partner
from models.partners.us_accounts import UsAccount
from models.people import Actor, Role
from models.sealing import Seal


def pay_to_account(
    session: Session,
    partner: Partner,
    account: BankAccount | UsAccount,
    *,
    by: Actor,
    seal: Seal,
    now: datetime,
) -> PayoutDestination:
    """From now on pay to this account.  The same account again changes nothing."""
    _must_be_theirs(session, partner, by=by)
    before = destinations.current(session, partner.id)
    if before is not None and destinations.account_of(before, seal) == account:
        return before
    kind = DestinationKind.ACH if isinstance(account, UsAccount) else DestinationKind.SEPA
    new = PayoutDestination(partner_id=partner.id, kind=kind, **destinations.sealed(account, seal))
    return replace_destination(session, partner, before, new, by=by, now=now)


def pay_by_hand(
    session: Session,
    partner: Partner,
    *,
    holder: str,
    instructions: str,
    by: Actor,
    now: datetime,
) -> PayoutDestination:
    """From now on somebody pays by hand, as the instructions say."""
    holder, instructions = " ".join(holder.split()), instructions.strip()
    if not (holder and instructions):
        raise Refused("Say who is paid and how, such as a cheque to an address.")
    _must_be_theirs(session, partner, by=by)
    before = destinations.current(session, partner.id)
    if before is not None and (before.kind, before.holder, before.instructions) == (
        DestinationKind.BY_HAND,
        holder,
        instructions,
    ):
        return before
    new = PayoutDestination(
        partner_id=partner.id,
        kind=DestinationKind.BY_HAND,
        holder=holder,
        instructions=instructions,
    )
    return replace_destination(session, partner, before, new, by=by, now=now)


def confirm_destination(
    session: Session, destination: PayoutDestination, *, how: str, by: Actor, now: datetime
) -> None:
    """A person of the vendor has made sure that the partner wants this change.

    how: what was done to make sure; an auditor will ask.
    """
    lock(session, session.get_one(Partner, destination.partner_id))
    session.refresh(destination)
    if by.role is not Role.FINANCE:
        raise Refused("Only finance confirms where a partner is paid.")
    if destination.status is not DestinationStatus.CURRENT:
        raise Refused("The partner has changed it again meanwhile. Look at the new one.")
    if destination.is_confirmed:
        raise Refused("It is confirmed already.")
    if not how.strip():
        raise Refused("Say how you made sure, such as a call to a number that we knew before.")
    destination.confirmed_at, destination.confirmed_by_id = now, by.id
    destination.confirmed_how = how.strip()[:300]
    audit.record(
        session, by, "payout destination confirmed", destination, now=now,
        detail={"to": destination.summary, "how": destination.confirmed_how},
    )  # fmt: skip
    notices.tell_partner(
        session,
        destination.partner_id,
        "destination-confirmed",
        title="Your new payout details are confirmed",
        body=f"You are paid to {destination.summary}. If this is not right, call us at once.",
        link="/company",
        roles=[Role.PARTNER_ADMINISTRATOR],
        now=now,
    )


def _must_be_theirs(session: Session, partner: Partner, *, by: Actor) -> None:
    if by.role is not Role.PARTNER_ADMINISTRATOR or by.partner_id != partner.id:
        raise Refused("Only a partner administrator says where to pay.")
    lock(session, partner)  # two changes at once come one after the other


def replace_destination(
    session: Session,
    partner: Partner,
    before: PayoutDestination | None,
    new: PayoutDestination,
    *,
    by: Actor,
    now: datetime,
) -> PayoutDestination:
    """A new destination takes the place of the one before, is held, and all are told."""
    hold = timedelta(hours=vendor.settings(session).destination_hold_hours)
    new.entered_by_id, new.created_at = by.id, now
    if before is not None:
        before.status, before.replaced_at = DestinationStatus.REPLACED, now
        new.held_until = now + hold
        session.flush()  # the old one goes before the new one comes: there is one at a time
    session.add(new)
    session.flush()
    audit.record(
        session, by, "payout destination changed", new, now=now,
        detail={"from": before.summary if before else "", "to": new.summary},
    )  # fmt: skip
    _tell(session, partner, before, new, by=by, hold=hold, now=now)
    return new


def _tell(
    session: Session,
    partner: Partner,
    before: PayoutDestination | None,
    new: PayoutDestination,
    *,
    by: Actor,
    hold: timedelta,
    now: datetime,
) -> None:
    hours = int(hold.total_seconds() // 3600)
    waits = (
        f" Nothing is paid to it during the next {hours} hours, nor before we have confirmed it."
        if before
        else ""
    )
    text = f"{by.name} changed where {partner.name} is paid, to {new.summary}.{waits}"
    notices.tell_partner(
        session,
        partner.id,
        "destination-changed",
        title="Where you are paid was changed",
        body=f"{text} If this was not you, change your password and call us at once.",
        link="/company",
        roles=[Role.PARTNER_ADMINISTRATOR],
        now=now,
    )
    notices.tell_staff(
        session,
        Role.FINANCE,
        "destination-changed",
        title=f"{partner.name} changed where it is paid",
        body=f"{text} Make sure that the partner wants this, then confirm it." if before else text,
        link="/payout-destinations" if before else f"/partners/{partner.id}",
        now=now,
    )
