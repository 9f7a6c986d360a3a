"""What is true of taxes on payouts.  Pure.

Sources: instructions for Forms W-9, W-8BEN, W-8BEN-E and 1099-NEC; Directive 2006/112/EC,
articles 44, 196, 224, 226(10a) and 226(11a).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from models.money import Money
from models.partners.profiles import EU_VAT

US = "US"
SELF_BILLING, REVERSE_CHARGE = "Self-billing", "Reverse charge"
W8_YEARS = 3


class FormKind(StrEnum):
    W9 = "W-9"
    W8BEN = "W-8BEN"
    W8BENE = "W-8BEN-E"

    @property
    def words(self) -> str:
        return FORM_WORDS[self]


FORM_WORDS = {
    FormKind.W9: "W-9: a person or company of the United States",
    FormKind.W8BEN: "W-8BEN: a person of another country",
    FormKind.W8BENE: "W-8BEN-E: a company of another country",
}


class FormStatus(StrEnum):
    WAITING = "waiting"
    ON_FILE = "on_file"
    REFUSED = "refused"
    REPLACED = "replaced"


class FormPolicy(StrEnum):
    """What a missing form does, where the vendor is in the United States."""

    BLOCK = "block"
    WITHHOLD = "withhold"
    ALLOW = "allow"

    @property
    def words(self) -> str:
        return POLICY_WORDS[self]


POLICY_WORDS = {
    FormPolicy.BLOCK: "Do not pay until it is on file",
    FormPolicy.WITHHOLD: "Pay with a warning, less back-up withholding",
    FormPolicy.ALLOW: "Pay in full; we keep the forms elsewhere",
}


class TermKind(StrEnum):
    VAT = "vat"
    """Standard rate of value added tax in the vendor's country."""
    WITHHOLDING = "withholding"
    """Rate of back-up withholding."""
    REPORTING = "reporting"
    """Calendar-year total in US dollars from which a 1099-NEC is due."""


class Term(NamedTuple):
    kind: TermKind
    country: str
    from_on: date
    value: Decimal


def _vat(country: str, rate: str, since: str = "2020-01-01") -> Term:
    return Term(TermKind.VAT, country, date.fromisoformat(since), Decimal(rate))


KNOWN_TERMS = (
    Term(TermKind.WITHHOLDING, US, date(2018, 1, 1), Decimal("0.24")),
    Term(TermKind.REPORTING, US, date(2020, 1, 1), Decimal("600")),
    Term(TermKind.REPORTING, US, date(2026, 1, 1), Decimal("2000")),
    _vat("AT", "0.20"), _vat("BE", "0.21"), _vat("BG", "0.20"), _vat("CY", "0.19"),
    _vat("CZ", "0.21"), _vat("DE", "0.19"), _vat("DK", "0.25"), _vat("EE", "0.22", "2024-01-01"),
    _vat("EE", "0.24", "2025-07-01"), _vat("ES", "0.21"), _vat("FI", "0.24"),
    _vat("FI", "0.255", "2024-09-01"), _vat("FR", "0.20"), _vat("GR", "0.24"),
    _vat("HR", "0.25"), _vat("HU", "0.27"), _vat("IE", "0.23"), _vat("IT", "0.22"),
    _vat("LT", "0.21"), _vat("LU", "0.17", "2024-01-01"), _vat("LV", "0.21"), _vat("MT", "0.18"),
    _vat("NL", "0.21"), _vat("PL", "0.23"), _vat("PT", "0.23"), _vat("RO", "0.19"),
    _vat("RO", "0.21", "2025-08-01"), _vat("SE", "0.25"), _vat("SI", "0.22"),
    _vat("SK", "0.20"), _vat("SK", "0.23", "2025-01-01"),
)  # fmt: skip
"""What holds until finance enters something newer."""


@dataclass(frozen=True, slots=True)
class Party:
    """What taxation asks about one side."""

    country: str
    vat_id: str = ""


@dataclass(frozen=True, slots=True)
class Treatment:
    """How a payout is taxed, and what the papers say."""

    vat_rate: Decimal | None = None
    """None when no invoice is written for the partner."""
    withholding_rate: Decimal | None = None
    words: str = ""
    """Why, in a sentence for finance and the partner; empty when nothing applies."""
    blocks: str = ""
    """Why the partner is not paid; empty when it is."""

    @property
    def is_billed(self) -> bool:
        return self.vat_rate is not None

    def vat_on(self, commission: Money) -> Money:
        return commission.at_rate(self.vat_rate or Decimal(0))

    def withheld_from(self, commission: Money) -> Money:
        return commission.at_rate(self.withholding_rate or Decimal(0))


def treatment(
    vendor: Party,
    partner: Party,
    *,
    has_form: bool,
    form_asked: FormKind | None,
    is_agreed: bool,
    policy: FormPolicy,
    rates: dict[TermKind, Decimal],
) -> Treatment:
    """How one payout is taxed.

    has_form: a valid W-9 or W-8 is on file.  is_agreed: the partner has agreed to self-billing.
    rates: what is in force on the day, for the vendor's country.
    """
    if vendor.country == US:
        return _american(partner, has_form, form_asked, policy, rates)
    if vendor.country in EU_VAT and partner.country in EU_VAT:
        return _european(vendor, partner, is_agreed, rates)
    return Treatment()


def _american(
    partner: Party,
    has_form: bool,
    form_asked: FormKind | None,
    policy: FormPolicy,
    rates: dict[TermKind, Decimal],
) -> Treatment:
    if has_form or policy is FormPolicy.ALLOW:
        return Treatment()
    missing = f"No valid {form_asked or asked_of(partner.country)} is on file"
    if policy is FormPolicy.BLOCK:
        return Treatment(blocks=f"{missing}; the partner is asked for it under Company.")
    rate = rates[TermKind.WITHHOLDING]
    return Treatment(
        withholding_rate=rate, words=f"{missing}: back-up withholding of {_percent(rate)}."
    )


def _european(
    vendor: Party, partner: Party, is_agreed: bool, rates: dict[TermKind, Decimal]
) -> Treatment:
    if not partner.vat_id:
        return Treatment(words="The partner has given no VAT number: no VAT is paid.")
    if not is_agreed:
        return Treatment(
            words="The partner has not agreed to self-billing: VAT is paid on its own invoice."
        )
    if partner.country != vendor.country:
        return Treatment(
            vat_rate=Decimal(0), words=f"{SELF_BILLING}. {REVERSE_CHARGE}: the recipient owes VAT."
        )
    rate = rates[TermKind.VAT]
    return Treatment(vat_rate=rate, words=f"{SELF_BILLING}, VAT of {_percent(rate)}.")


def asked_of(country: str) -> str:
    """Which form a partner of this country is asked for."""
    return FormKind.W9 if country == US else f"{FormKind.W8BEN} or {FormKind.W8BENE}"


def fits(kind: FormKind, country: str) -> bool:
    return (kind is FormKind.W9) == (country == US)


def valid_through(kind: FormKind, signed_on: date) -> date | None:
    """The last day on which it holds: a W-8 to the end of the third following calendar year."""
    return None if kind is FormKind.W9 else date(signed_on.year + W8_YEARS, 12, 31)


def in_force(terms: Iterable[Term], country: str, on: date) -> dict[TermKind, Decimal]:
    """What holds on a day: the latest of each kind; of two from one day the later named."""
    found: dict[TermKind, Term] = {}
    for term in (*KNOWN_TERMS, *terms):
        is_here = term.country == (country if term.kind is TermKind.VAT else US)
        if is_here and term.from_on <= on:
            before = found.get(term.kind)
            if before is None or before.from_on <= term.from_on:
                found[term.kind] = term
    return {kind: term.value for kind, term in found.items()}


def _percent(rate: Decimal) -> str:
    return f"{(rate * 100).normalize():f} %"
