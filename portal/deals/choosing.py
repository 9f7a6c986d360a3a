"""The customer's letter: which partner it wants; handed in, backed, confirmed by a second."""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, render_template
from sqlalchemy import select
from werkzeug import Response

from models import deals
from models.deals import ChoiceKind, CustomerChoice, Deal, DealStatus
from models.people import Actor
from portal.clock import now
from portal.database import session
from portal.deals.answering import Answer, step
from portal.deals.blueprint import back_to, deal_or_404, pages
from portal.deals.forms import ReasonForm
from portal.deals.request_forms import LetterForm
from portal.fields import uploads
from portal.permissions import Can, allow, may


def choice_or_404(person: Actor, deal_id: UUID, choice_id: UUID) -> tuple[Deal, CustomerChoice]:
    deal = deal_or_404(person, deal_id)
    choice = session.get(CustomerChoice, choice_id) or abort(404)
    return (deal, choice) if choice.deal_id == deal.id else abort(404)


@pages.get("/<uuid:deal_id>/letter")
@allow(Can.NAME_CHOICE, find=deal_or_404)
def letter(person: Actor, deal: Deal) -> str:
    return _page(deal, LetterForm(formdata=None))


@pages.post("/<uuid:deal_id>/letter")
@allow(Can.NAME_CHOICE, find=deal_or_404)
def name_choice(person: Actor, deal: Deal) -> Answer:
    form = LetterForm()
    if not form.validate():
        return _page(deal, form), 422
    deals.name_choice(
        session, deal, kind=kind_for(deal), letter=uploads(form.letter)[0],
        note=form.text.data, by=person, now=now(),
    )  # fmt: skip
    flash("The letter is here. Two managers read it before anything changes.")
    return back_to(deal)


@pages.post("/<uuid:deal_id>/letters/<uuid:choice_id>/backing")
@allow(Can.DECIDE_DEAL)
def back_choice(person: Actor, deal_id: UUID, choice_id: UUID) -> Response:
    deal, choice = choice_or_404(person, deal_id, choice_id)
    deals.back_choice(session, deal, choice, by=person, now=now())
    flash("Backed. A second manager confirms it.")
    return back_to(deal)


@pages.post("/<uuid:deal_id>/letters/<uuid:choice_id>/confirmation")
@allow(Can.DECIDE_DEAL)
def confirm_choice(person: Actor, deal_id: UUID, choice_id: UUID) -> Response:
    deal, choice = choice_or_404(person, deal_id, choice_id)
    deals.confirm_choice(session, deal, choice, by=person, now=now())
    flash("Confirmed. The customer's wish holds from now on; everybody is told their part.")
    return back_to(deal)


@pages.post("/<uuid:deal_id>/letters/<uuid:choice_id>/refusal")
@allow(Can.DECIDE_DEAL)
def decline_choice(person: Actor, deal_id: UUID, choice_id: UUID) -> Answer:
    deal, choice = choice_or_404(person, deal_id, choice_id)
    form = ReasonForm()

    def do() -> None:
        deals.decline_choice(session, deal, choice, text=form.text.data, by=person, now=now())

    said = "Not accepted. Everything stays as it was."
    return step(deal, form, "Do not accept the letter", "Do not accept", do, said)


def kind_for(deal: Deal) -> ChoiceKind:
    """Who is protected can only be left; who is not can only be chosen."""
    is_protected = deal.status is DealStatus.APPROVED
    return ChoiceKind.RELEASE if is_protected else ChoiceKind.TRANSFER


def may_name(person: Actor, deal: Deal) -> bool:
    """Staff for every deal; a partner only where it would gain the customer."""
    if kind_for(deal) is ChoiceKind.RELEASE and not person.is_staff:
        return False
    return may(person, Can.NAME_CHOICE, deal)


def letters_of(deal: Deal) -> list[CustomerChoice]:
    """The latest first."""
    return list(
        session.scalars(
            select(CustomerChoice)
            .where(CustomerChoice.deal_id == deal.id)
            .order_by(CustomerChoice.named_at.desc())
        )
    )


def _page(deal: Deal, form: LetterForm) -> str:
    return render_template("deals/letter.html", form=form, deal=deal, kind=kind_for(deal))
