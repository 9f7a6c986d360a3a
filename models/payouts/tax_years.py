"""What partners were paid in a calendar year, for the tax office.  Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from models.money import Money
from models.partners import Partner
from models.partners.destinations import DestinationKind
from models.payouts.rules import PayoutStatus
from models.payouts.tables import Payout
from models.sealing import Seal
from models.taxes import FormKind, FormStatus, TaxForm, TermKind, terms_in_force

USD = "USD"


@dataclass(frozen=True, slots=True)
class Reported:
    """One recipient of a 1099-NEC."""

    name: str
    tin: str
    street: str
    town: str
    state: str
    postal_code: str
    account: str
    paid: Money
    withheld: Money


def paid_in(year: int) -> Select:
    """By partner and currency: what was paid on days of the year, less what came back of it."""
    commission = func.coalesce(Payout.commission_minor, Payout.amount_minor) - Payout.back_minor
    vat = Payout.vat_minor - Payout.back_vat_minor
    withheld = Payout.withheld_minor - Payout.back_withheld_minor
    return (
        select(
            Payout.partner_id,
            Partner.number,
            Partner.name,
            Partner.country,
            Payout.amount_currency.label("currency"),
            func.count(Payout.id).label("payouts"),
            func.sum(commission).label("commission_minor"),
            func.sum(vat).label("vat_minor"),
            func.sum(withheld).label("withheld_minor"),
            func.sum(commission + vat - withheld).label("amount_minor"),
        )
        .join(Partner, Partner.id == Payout.partner_id)
        .where(
            Payout.status == PayoutStatus.PAID,
            Payout.paid_on >= date(year, 1, 1),
            Payout.paid_on <= date(year, 12, 31),
        )
        .group_by(
            Payout.partner_id, Partner.number, Partner.name, Partner.country,
            Payout.amount_currency,
        )
        .order_by(Partner.name, Payout.partner_id, Payout.amount_currency)
    )  # fmt: skip


def reported_in(session: Session, year: int, *, seal: Seal) -> list[Reported]:
    """Who gets a 1099-NEC: paid the threshold or more, not through a processor, not exempt.

    Without a W-9 on file a recipient comes first, without taxpayer number.  Opens taxpayer
    numbers: audit each use.
    """
    rows = _to_report(session, year)
    forms = _forms(session, [row.partner_id for row in rows])
    asked = select(Partner).where(Partner.id.in_([row.partner_id for row in rows]))
    partners = {partner.id: partner for partner in session.scalars(asked)}
    rows.sort(key=lambda row: row.partner_id in forms)
    return [
        _reported(partners[row.partner_id], forms.get(row.partner_id), row, seal) for row in rows
    ]


def without_a_form(session: Session, year: int) -> list[Row]:
    """Who gets a 1099-NEC but has no W-9 on file: its name and number must be asked for."""
    rows = _to_report(session, year)
    forms = _forms(session, [row.partner_id for row in rows])
    return [row for row in rows if row.partner_id not in forms]


def _to_report(session: Session, year: int) -> list[Row]:
    threshold = terms_in_force(session, "US", date(year, 12, 31))[TermKind.REPORTING]
    least = Money.of(Decimal(threshold), USD)
    exempt = select(TaxForm.partner_id).where(
        TaxForm.status == FormStatus.ON_FILE,
        TaxForm.is_exempt | (TaxForm.kind != FormKind.W9),  # a W-8 is reported elsewhere
    )
    rows = session.execute(
        paid_in(year).where(
            Payout.amount_currency == USD,
            Payout.rail != DestinationKind.STRIPE,
            Payout.partner_id.not_in(exempt),
        )
    )
    return [
        row
        for row in rows
        if int(row.withheld_minor) > 0
        or (row.country == "US" and int(row.commission_minor) >= least.minor)
    ]


def _forms(session: Session, partners: Iterable[UUID]) -> dict[UUID, TaxForm]:
    """The W-9 on file of each."""
    asked = select(TaxForm).where(
        TaxForm.partner_id.in_(list(partners)),
        TaxForm.status == FormStatus.ON_FILE,
        TaxForm.kind == FormKind.W9,
    )
    return {form.partner_id: form for form in session.scalars(asked)}


def _reported(partner: Partner, form: TaxForm | None, row: Row, seal: Seal) -> Reported:
    return Reported(
        name=form.name if form else partner.name,
        tin=seal.open(form.tin_sealed) if form and form.tin_sealed else "",
        street=f"{partner.street} {partner.building}".strip(),
        town=partner.town,
        state=partner.subdivision.removeprefix("US-"),
        postal_code=partner.postal_code,
        account=partner.number,
        paid=Money(int(row.commission_minor), USD),
        withheld=Money(int(row.withheld_minor), USD),
    )
