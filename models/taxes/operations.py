"""What happens to forms, agreements and rates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit, files, notices, vendor
from models.base import lock, new_id
from models.errors import Refused
from models.files import Upload
from models.partners import Partner
from models.people import Actor, Role
from models.sealing import Seal
from models.taxes.queries import current_form, is_agreed
from models.taxes.rules import (
    FormKind,
    FormStatus,
    TermKind,
    asked_of,
    fits,
    valid_through,
)
from models.taxes.tables import SelfBillingAgreement, TaxForm, TaxTerm


@dataclass(frozen=True, slots=True)
class FormDetails:
    """What stands on a form."""

    kind: FormKind
    name: str
    tin: str
    is_exempt: bool
    signed_on: date


def send_form(
    session: Session,
    partner: Partner,
    details: FormDetails,
    uploads: Sequence[Upload],
    *,
    by: Actor,
    seal: Seal,
    now: datetime,
) -> TaxForm:
    """A partner's administrator sends a form; it counts once finance has accepted it."""
    lock(session, partner)
    today = vendor.settings(session).calendar.day_of(now)
    _must_be_plausible(partner, details, uploads, today)
    if waiting := current_form(session, partner.id, FormStatus.WAITING):
        waiting.status = FormStatus.REPLACED
        session.flush()
    form = _filled_in(partner, details, seal)
    form.sent_at, form.sent_by_id = now, by.id
    session.add(form)
    session.flush()
    for upload in uploads:
        files.keep(
            session, upload, about=("tax_form", form.id), partner_id=partner.id, private=True,
            by=by, now=now,
        )  # fmt: skip
    audit.record(session, by, "tax form sent", form, now=now, detail={"kind": form.kind.value})
    notices.tell_staff(
        session,
        Role.FINANCE,
        "tax-form-sent",
        title=f"{partner.name} sent a {form.kind.value}",
        body="Look at it and accept or refuse it; payouts wait for it where the programme says so.",
        link="/taxes",
        now=now,
    )
    return form


def accept_form(session: Session, form: TaxForm, *, by: Actor, now: datetime) -> None:
    """From now on this form is on file; the one before is replaced."""
    partner = session.get_one(Partner, form.partner_id)
    lock(session, partner)
    _must_wait(session, form)
    if before := current_form(session, form.partner_id, FormStatus.ON_FILE):
        before.status = FormStatus.REPLACED
        session.flush()
    form.status, form.decided_at, form.decided_by_id = FormStatus.ON_FILE, now, by.id
    partner.tax_form = form.kind.value
    audit.record(session, by, "tax form accepted", form, now=now, detail={"kind": form.kind.value})
    _tell(session, form, "Your tax form is on file", f"Your {form.kind.value} is accepted.", now)


def refuse_form(session: Session, form: TaxForm, *, reason: str, by: Actor, now: datetime) -> None:
    """The partner reads the reason and sends another."""
    lock(session, session.get_one(Partner, form.partner_id))
    _must_wait(session, form)
    if not reason.strip():
        raise Refused("Say what is wrong with the form; the partner reads it.")
    form.status, form.decided_at, form.decided_by_id = FormStatus.REFUSED, now, by.id
    form.reason = reason.strip()[:500]
    audit.record(session, by, "tax form refused", form, now=now, detail={"reason": form.reason})
    body = f"Your {form.kind.value} was not accepted: {form.reason} Please send it again."
    _tell(session, form, "Your tax form was not accepted", body, now)


def agree_to_self_billing(
    session: Session, partner: Partner, *, typed_name: str, words: str, by: Actor, now: datetime
) -> SelfBillingAgreement:
    """We write the partner's invoices from now on.  Agreeing again changes nothing."""
    lock(session, partner)
    if before := is_agreed(session, partner.id):
        return before
    if " ".join(typed_name.split()).casefold() != by.name.casefold():
        raise Refused(f"Type your name as it stands in your account: {by.name}.")
    if not partner.vat_id:
        raise Refused("Enter your VAT number under Company first; the invoices need it.")
    agreement = SelfBillingAgreement(
        partner_id=partner.id,
        agreed_on=vendor.settings(session).calendar.day_of(now),
        agreed_at=now,
        agreed_by_id=by.id,
        agreed_by_name=by.name,
        words=words,
    )
    session.add(agreement)
    session.flush()
    audit.record(session, by, "self-billing agreed", agreement, now=now)
    return agreement


def end_self_billing(
    session: Session, agreement: SelfBillingAgreement, *, by: Actor, now: datetime
) -> None:
    """Invoices written so far stand; from now on the partner writes its own."""
    lock(session, agreement)
    if agreement.ended_on is not None:
        return
    agreement.ended_on = vendor.settings(session).calendar.day_of(now)
    audit.record(session, by, "self-billing ended", agreement, now=now)


def set_term(
    session: Session, kind: TermKind, *, country: str, from_on: date, value: Decimal,
    by: Actor, now: datetime,
) -> TaxTerm:  # fmt: skip
    """A rate or threshold from a day on.  What was paid before stays as it was."""
    most = Decimal(10**9) if kind is TermKind.REPORTING else Decimal("0.5")
    if not 0 <= value <= most:
        raise Refused("A rate lies between 0 and 50 %.")
    known = select(TaxTerm.id).where(
        TaxTerm.kind == kind, TaxTerm.country == country, TaxTerm.from_on == from_on
    )
    if session.scalar(known) is not None:
        raise Refused("There is an entry for this day already; enter the next from a later day.")
    term = TaxTerm(kind=kind, country=country, from_on=from_on, value=value)
    session.add(term)
    session.flush()
    audit.record(
        session, by, "tax term entered", term, now=now,
        detail={"kind": kind.value, "from": from_on.isoformat(), "value": str(value)},
    )  # fmt: skip
    return term


def _must_be_plausible(
    partner: Partner, details: FormDetails, uploads: Sequence[Upload], today: date
) -> None:
    if not fits(details.kind, partner.country):
        raise Refused(f"A partner in {partner.country} sends a {asked_of(partner.country)}.")
    if not details.name.strip():
        raise Refused("Enter the name as it stands on the form.")
    if details.signed_on > today:
        raise Refused("The form is signed on a day that is still to come.")
    last = valid_through(details.kind, details.signed_on)
    if last is not None and last < today:
        raise Refused(f"This form has ended on {last:%Y-%m-%d}. Sign a new one.")
    digits = "".join(sign for sign in details.tin if sign.isdigit())
    if details.kind is FormKind.W9 and len(digits) != 9:
        raise Refused("A taxpayer number of the United States has nine digits.")
    if not uploads:
        raise Refused("Attach the signed form.")


def _filled_in(partner: Partner, details: FormDetails, seal: Seal) -> TaxForm:
    digits = "".join(sign for sign in details.tin if sign.isalnum())
    return TaxForm(
        id=new_id(),
        partner_id=partner.id,
        kind=details.kind,
        name=" ".join(details.name.split()),
        tin_sealed=seal.close(digits) if digits else None,
        tin_last4=digits[-4:],
        is_exempt=details.is_exempt and details.kind is FormKind.W9,
        signed_on=details.signed_on,
        valid_through=valid_through(details.kind, details.signed_on),
    )


def _must_wait(session: Session, form: TaxForm) -> None:
    lock(session, form)
    if form.status is not FormStatus.WAITING:
        raise Refused(f"This form is already {form.status.value.replace('_', ' ')}.")


def _tell(session: Session, form: TaxForm, title: str, body: str, now: datetime) -> None:
    notices.tell_partner(
        session,
        form.partner_id,
        "tax-form-decided",
        title=title,
        body=body,
        link="/company/taxes",
        roles=[Role.PARTNER_ADMINISTRATOR],
        now=now,
    )
