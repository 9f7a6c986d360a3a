"""Invoices that we write for partners, in each partner's own series, and what takes them back."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import vendor
from models.base import lock
from models.money import Money
from models.partners import Partner
from models.taxes.queries import bills_of
from models.taxes.tables import SelfBillingInvoice
from models.vendor import Vendor


def bill(
    session: Session,
    partner: Partner,
    *,
    payout_id: UUID,
    about: str,
    net: Money,
    vat: Money,
    rate: Decimal,
    wording: str,
    now: datetime,
) -> SelfBillingInvoice:
    """The invoice for a payout, in the partner's own series.  Once for each payout."""
    lock(session, partner)  # the series has no gap and no double
    if written := bills_of(session, payout_id):
        return written[0]
    house = vendor.settings(session)
    facts = {"seller": _side(partner), "buyer": _side(house), "about": about}
    return _write(session, partner, house, payout_id, None, net, vat, rate, wording, facts, now)


def cancel_bill(session: Session, partner: Partner, payout_id: UUID, *, now: datetime) -> None:
    """Take the invoice of a payout that came back; it stays, and a further one mirrors the rest."""
    lock(session, partner)
    if written := bills_of(session, payout_id):
        unit = written[0].currency
        net = Money(sum(one.net_minor for one in written), unit)
        vat = Money(sum(one.vat_minor for one in written), unit)
        if net or vat:
            _take_off(session, partner, written, net, vat, "Cancels", now)


def correct_bill(
    session: Session, partner: Partner, payout_id: UUID, *, net: Money, vat: Money, now: datetime
) -> None:
    """A part of a payout came back: what was billed for it is taken off by a further invoice."""
    lock(session, partner)
    if (written := bills_of(session, payout_id)) and (net or vat):
        _take_off(session, partner, written, net, vat, "Corrects", now)


def _take_off(
    session: Session, partner: Partner, written: list[SelfBillingInvoice], net: Money, vat: Money,
    verb: str, now: datetime,
) -> None:  # fmt: skip
    """One follows the other, so that of two at once the database refuses one."""
    first = written[0]
    _write(
        session, partner, vendor.settings(session), first.payout_id, written[-1].id, -net, -vat,
        first.vat_rate, f"{verb} {first.number}. {first.wording}"[:200], first.facts, now,
    )  # fmt: skip


def _write(
    session: Session, partner: Partner, house: Vendor, payout_id: UUID, cancels: UUID | None,
    net: Money, vat: Money, rate: Decimal, wording: str, facts: dict, now: datetime,
) -> SelfBillingInvoice:  # fmt: skip
    last = session.scalar(
        select(func.max(SelfBillingInvoice.series_number)).where(
            SelfBillingInvoice.partner_id == partner.id
        )
    )
    series = (last or 0) + 1
    invoice = SelfBillingInvoice(
        partner_id=partner.id,
        number=f"SB-{partner.number}-{series:05}",
        series_number=series,
        payout_id=payout_id,
        cancels_id=cancels,
        issued_on=house.calendar.day_of(now),
        net_minor=net.minor,
        vat_minor=vat.minor,
        currency=net.currency,
        vat_rate=rate,
        wording=wording,
        facts=facts,
    )
    session.add(invoice)
    session.flush()
    return invoice


def _side(company: Partner | Vendor) -> dict[str, str]:
    return {
        "name": company.legal_name or company.name,
        "street": f"{company.street} {company.building}".strip(),
        "place": f"{company.postal_code} {company.town}".strip(),
        "country": company.country,
        "vat_id": company.vat_id,
    }
