"""Whether a customer seems free, told without telling on anybody, and never without a trace.

Every question is kept, and each partner may ask so many an hour and a day: nobody maps a
rival's customers with it.  The answer takes the same questions to the database whatever it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from models import customers, engagements, vendor
from models.customers import Company, CustomerDetails, Verdict
from models.deals.precheck_tables import Precheck, PrecheckAsked
from models.deals.precheck_typing import goes_on
from models.deals.queries import is_live
from models.deals.states import DealStatus
from models.deals.tables import Deal
from models.errors import Refused
from models.partners import Partner
from models.people import Actor
from models.scope import vendor_side
from models.vendor import Vendor

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NEW_QUESTIONS = {HOUR: 40, DAY: 150}
"""Customers that the people of one partner may ask for, in any such stretch of time."""
ANSWERS = {HOUR: 600, DAY: 2_000}
"""With those that a form asks while it is being written."""
SAME_QUESTION_FOR = timedelta(minutes=15)
"""How long letters that are added still belong to the question that counted."""
MOST_TYPED = 30
"""Questions that a form may ask while one customer is written; the next one counts again."""
TYPED = ("name", "domain", "vat_id", "country")


class AskedTooOften(Refused):
    """`until`: when the next question is answered."""

    def __init__(self, until: datetime, words: str) -> None:
        super().__init__(words)
        self.until = until


@dataclass(frozen=True, kw_only=True)
class Enquiry:
    """Whom a partner asks about: a name, a domain or a VAT number, in a country."""

    country: str
    name: str = ""
    domain: str = ""
    vat_id: str = ""
    family_id: UUID | None = None
    """None while no product is chosen; then every family counts."""

    @property
    def company(self) -> Company:
        return CustomerDetails(
            name=self.name,
            country=self.country,
            domain=self.domain,
            vat_id=self.vat_id,
        ).company


def ask_precheck(
    session: Session, enquiry: Enquiry, *, live: bool, by: Actor, now: datetime
) -> PrecheckAsked:
    """Answer, and keep who asked what.  live: asked by a form while it is being written.

    Raises AskedTooOften when the partner has asked for too many customers lately.
    """
    assert by.partner_id and by.id, "only partners ask"
    company = enquiry.company
    if not (company.core or company.domain or company.vat):
        raise Refused("Enter the company's name, its web address or its VAT number.")
    if not company.country:
        raise Refused("Choose the country.")
    with vendor_side(session) as beside:
        _one_at_a_time(beside, by.partner_id)
        is_new = not (live and _goes_on(beside, company, by, now))
        _refuse_too_many(beside, by.partner_id, is_new=is_new, now=now)
        answer, until = _judged(beside, enquiry, company, by.partner_id, now)
    asked = PrecheckAsked(
        partner_id=by.partner_id, person_id=by.id, person_name=by.name, at=now,
        is_live=live, is_new=is_new, name=enquiry.name[:200], domain=enquiry.domain[:253],
        vat_id=enquiry.vat_id[:40], country=company.country, family_id=enquiry.family_id,
        answer=answer, until_on=until,
    )  # fmt: skip
    session.add(asked)
    session.flush()
    return asked


def _judged(
    session: Session, enquiry: Enquiry, company: Company, partner_id: UUID, now: datetime
) -> tuple[Precheck, date | None]:
    """On the vendor's side.  Asks the same, whatever comes of it."""
    programme = vendor.settings(session)
    on = programme.calendar.day_of(now)
    matches = customers.matches_of(session, company)
    alike = [match.customer_id for match in matches]
    same = {match.customer_id for match in matches if match.verdict is Verdict.SAME}
    held = _held(session, alike, enquiry.family_id, on)
    engaged = engagements.engaged_among(session, alike, enquiry.family_id, on)
    return _answer(programme, held, same, partner_id, engaged)


def _answer(
    programme: Vendor, held: list[Row], same: set[UUID], partner_id: UUID, engaged: set[UUID]
) -> tuple[Precheck, date | None]:
    own = [row for row in held if row.partner_id == partner_id]
    others = [row for row in held if row.partner_id != partner_id]
    protected = [
        row.protected_through
        for row in others
        if row.customer_id in same and row.status is DealStatus.APPROVED
    ]
    if any(row.customer_id in same for row in own):
        return Precheck.YOURS, None
    if protected and programme.precheck_tells_protection:
        return Precheck.PROTECTED, max(protected)
    if engaged & same and programme.precheck_tells_engagement:
        return Precheck.ENGAGED, None
    return (Precheck.REVIEW if others or engaged else Precheck.FREE), None


def _held(session: Session, alike: list[UUID], family_id: UUID | None, on: date) -> list[Row]:
    query = select(Deal.partner_id, Deal.customer_id, Deal.status, Deal.protected_through).where(
        Deal.customer_id.in_(alike), is_live(Deal, on)
    )
    if family_id is not None:
        query = query.where(Deal.family_id == family_id)
    return list(session.execute(query))


def _one_at_a_time(session: Session, partner_id: UUID) -> None:
    """People of one partner who ask at once queue here, so that all of them are counted."""
    held = select(Partner.id).where(Partner.id == partner_id)
    session.execute(held.with_for_update(key_share=True))


def _goes_on(session: Session, asked: Company, by: Actor, now: datetime) -> bool:
    """Whether this is still the customer of this person's last question that counted.

    What is compared is what is answered by, with every question since: another country, another
    site's own part or another VAT number is another question, whatever stands around it.
    """
    earlier: list[Company] = []
    for row in session.execute(
        select(
            PrecheckAsked.name, PrecheckAsked.domain, PrecheckAsked.vat_id, PrecheckAsked.country,
            PrecheckAsked.is_new,
        )
        .where(
            PrecheckAsked.partner_id == by.partner_id,
            PrecheckAsked.person_id == by.id,
            PrecheckAsked.at > now - SAME_QUESTION_FOR,
        )
        .order_by(PrecheckAsked.at.desc(), PrecheckAsked.id.desc())
        .limit(MOST_TYPED)
    ):  # fmt: skip
        *said, is_new = row
        earlier.append(Enquiry(**dict[str, Any](zip(TYPED, said, strict=True))).company)
        if is_new:
            return goes_on(earlier, asked)
    return False


def _refuse_too_many(session: Session, partner_id: UUID, *, is_new: bool, now: datetime) -> None:
    of_partner = PrecheckAsked.partner_id == partner_id
    limits = [(within, most, of_partner) for within, most in ANSWERS.items()]
    if is_new:
        new = of_partner & PrecheckAsked.is_new
        limits += [(within, most, new) for within, most in NEW_QUESTIONS.items()]
    for within, most, counted in limits:
        oldest = session.scalars(
            select(PrecheckAsked.at)
            .where(counted, PrecheckAsked.at > now - within)
            .order_by(PrecheckAsked.at.desc())
            .offset(most - 1)
            .limit(1)
        ).first()
        if oldest is not None:
            raise AskedTooOften(oldest + within, _too_many(session, oldest + within, most, within))


def _too_many(session: Session, until: datetime, most: int, within: timedelta) -> str:
    local = until.astimezone(ZoneInfo(vendor.settings(session).time_zone))
    span = "an hour" if within == HOUR else "a day"
    return (
        f"Your company may check {most:,} customers in {span}, and has. Try again after "
        f"{local:%H:%M} on {local:%-d %B}. You can register a deal without this check."
    )
