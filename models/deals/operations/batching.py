"""Registering many deals at once; one that is refused leaves nothing behind and stops no other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import audit, vendor
from models.base import new_id
from models.catalog import Product
from models.customers import CustomerDetails
from models.deals.batches import (
    DealBatch,
    DealBatchLine,
    Outcome,
    Result,
    key_of,
    registered_as,
)
from models.deals.duplicates import own_alike
from models.deals.kind_tables import type_rules
from models.deals.operations.registering import draft, submit
from models.deals.queries import evidence
from models.deals.registration import Registration, what_is_missing
from models.deals.states import Source
from models.deals.tables import Deal
from models.errors import Refused
from models.people import Actor
from models.scope import vendor_side


@dataclass(frozen=True)
class Entry:
    """One registration of a file.  registration: None when its lines cannot be read."""

    row: int
    customer: str
    cells: list[dict[str, Any]]
    registration: Registration | None
    fault: str = ""


def register_many(
    session: Session,
    entries: Sequence[Entry],
    *,
    file_name: str,
    partner_id: UUID,
    by: Actor,
    now: datetime,
) -> DealBatch:
    """Register what can be, and keep what became of each."""
    results = [(entry, _one(session, entry, partner_id, by, now)) for entry in entries]
    outcomes = [result.outcome for _, result in results]
    batch = DealBatch(
        id=new_id(),
        partner_id=partner_id,
        file_name=file_name[:200],
        at=now,
        by_id=by.id,
        by_name=by.name,
        registered=sum(made in (Outcome.REGISTERED, Outcome.REVIEW) for made in outcomes),
        known=outcomes.count(Outcome.KNOWN),
        refused=outcomes.count(Outcome.REFUSED),
    )
    session.add(batch)
    session.flush()  # its lines need it to be there
    session.add_all(_line(batch, entry, result) for entry, result in results)
    told = {"file": batch.file_name, "registered": batch.registered, "refused": batch.refused}
    audit.record(session, by, "deals registered by file", batch, now=now, detail=told)
    session.flush()
    return batch


def _one(session: Session, entry: Entry, partner_id: UUID, by: Actor, now: datetime) -> Result:
    if entry.registration is None:
        return Result(Outcome.REFUSED, said=entry.fault)
    key = key_of(entry.registration)
    if before := registered_as(session, key):
        return Result(Outcome.KNOWN, before.deal_id, before.number)
    try:
        _must_be_whole(session, entry.registration, now)
        if own := _own(session, entry.registration, partner_id):
            said = "You have registered this customer, product family and project already."
            return Result(Outcome.KNOWN, own.id, own.number, said)
        with session.begin_nested():
            return _registered(session, entry.registration, key, partner_id, by, now)
    except Refused as refusal:
        return Result(Outcome.REFUSED, said=str(refusal))
    except IntegrityError:
        return Result(Outcome.REFUSED, said="Somebody was quicker. Hand in this line again.")


def _must_be_whole(session: Session, registration: Registration, now: datetime) -> None:
    """Everything that is missing at once: nobody mends a file line by line by line."""
    today = vendor.settings(session).calendar.day_of(now)
    rules = type_rules(session)[registration.kind]
    if missing := what_is_missing(registration, today=today, rules=rules):
        raise Refused(" ".join(missing.values()))


def _registered(
    session: Session,
    registration: Registration,
    key: str,
    partner_id: UUID,
    by: Actor,
    now: datetime,
) -> Result:
    deal = draft(session, registration, partner_id=partner_id, by=by, now=now, source=Source.FILE)
    submit(session, deal, by=by, now=now)
    session.flush()
    today = vendor.settings(session).calendar.day_of(now)
    deal_id, number = deal.id, deal.number
    with vendor_side(session) as beside:
        alike = evidence(beside, beside.get_one(Deal, deal_id), on=today)
    outcome = Outcome.REVIEW if alike else Outcome.REGISTERED
    return Result(outcome, deal_id, number, key=key)


def _own(session: Session, registration: Registration, partner_id: UUID) -> Any:
    family_id = session.scalar(
        select(Product.family_id).where(Product.id == registration.lines[0].product_id)
    )
    if family_id is None:
        return None
    details = CustomerDetails(
        name=registration.customer_name,
        country=registration.customer_country,
        domain=registration.customer_domain,
        postal_code=registration.customer_postal_code,
        vat_id=registration.customer_vat_id,
    )
    found = own_alike(
        session, details, partner_id=partner_id, family_id=family_id, project=registration.project
    )
    return next(iter(found), None)


def _line(batch: DealBatch, entry: Entry, result: Result) -> DealBatchLine:
    return DealBatchLine(
        partner_id=batch.partner_id,
        batch_id=batch.id,
        row=entry.row,
        customer=entry.customer[:200],
        outcome=result.outcome,
        deal_id=result.deal_id,
        number=result.number,
        said=result.said,
        key=result.key,
        cells=entry.cells if result.outcome is Outcome.REFUSED else [],
    )
