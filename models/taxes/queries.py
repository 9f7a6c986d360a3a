"""What pages and payouts ask about taxes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from models.partners import Partner
from models.taxes.rules import (
    FormKind,
    FormPolicy,
    FormStatus,
    Party,
    Term,
    TermKind,
    Treatment,
    in_force,
    treatment,
)
from models.taxes.tables import SelfBillingAgreement, SelfBillingInvoice, TaxForm, TaxTerm
from models.vendor import Vendor


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that decides about the taxes of many payouts of one day."""

    vendor: Party
    policy: FormPolicy
    rates: dict[TermKind, Decimal]
    forms: dict[UUID, FormKind]
    """Valid on the day, by partner."""
    agreed: frozenset[UUID]

    def treat(self, partner: Partner) -> Treatment:
        return treatment(
            self.vendor,
            Party(partner.country, partner.vat_id),
            has_form=partner.id in self.forms,
            form_asked=FormKind.W9 if partner.country == "US" else None,
            is_agreed=partner.id in self.agreed,
            policy=self.policy,
            rates=self.rates,
        )


def facts_of(session: Session, house: Vendor, partners: Collection[UUID], *, on: date) -> Facts:
    """One look at the database for any number of partners."""
    forms = session.scalars(
        select(TaxForm).where(
            TaxForm.partner_id.in_(partners), TaxForm.status == FormStatus.ON_FILE
        )
    )
    agreed = session.scalars(
        select(SelfBillingAgreement.partner_id).where(
            SelfBillingAgreement.partner_id.in_(partners),
            SelfBillingAgreement.agreed_on <= on,
            SelfBillingAgreement.ended_on.is_(None),
        )
    )
    return Facts(
        vendor=Party(house.country, house.vat_id),
        policy=FormPolicy(house.tax_form_policy),
        rates=terms_in_force(session, house.country, on),
        forms={form.partner_id: form.kind for form in forms if form.holds_on(on)},
        agreed=frozenset(agreed),
    )


def terms_in_force(session: Session, country: str, on: date) -> dict[TermKind, Decimal]:
    """The rates and thresholds of a day."""
    entered = session.execute(select(TaxTerm.kind, TaxTerm.country, TaxTerm.from_on, TaxTerm.value))
    return in_force([Term(*row) for row in entered], country, on)


def current_form(session: Session, partner_id: UUID, status: FormStatus) -> TaxForm | None:
    asked = select(TaxForm).where(TaxForm.partner_id == partner_id, TaxForm.status == status)
    return session.scalars(asked.order_by(TaxForm.sent_at.desc())).first()


def is_agreed(session: Session, partner_id: UUID) -> SelfBillingAgreement | None:
    """The agreement to self-billing that goes on; None when there is none."""
    return session.scalars(
        select(SelfBillingAgreement).where(
            SelfBillingAgreement.partner_id == partner_id, SelfBillingAgreement.ended_on.is_(None)
        )
    ).first()


def forms_waiting(session: Session) -> list[Row]:
    """Forms that finance has to look at, oldest first."""
    asked = (
        select(TaxForm.id, TaxForm.kind, TaxForm.name, TaxForm.signed_on, TaxForm.sent_at,
               TaxForm.partner_id, Partner.name.label("partner"), Partner.country)
        .join(Partner, Partner.id == TaxForm.partner_id)
        .where(TaxForm.status == FormStatus.WAITING)
        .order_by(TaxForm.sent_at)
    )  # fmt: skip
    return list(session.execute(asked))


def bills_of(session: Session, payout_id: UUID) -> list[SelfBillingInvoice]:
    """The invoice of a payout, its corrections and its cancellation, in that order."""
    asked = select(SelfBillingInvoice).where(SelfBillingInvoice.payout_id == payout_id)
    return list(session.scalars(asked.order_by(SelfBillingInvoice.series_number)))
