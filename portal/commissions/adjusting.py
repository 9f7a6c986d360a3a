"""Pages about adjustments: asked with a reason and evidence, above the limit decided by another."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug import Response
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from models import commissions, files, vendor
from models.commissions import Adjustment, AdjustmentState, CommissionLine, adjustments
from models.errors import Refused
from models.money import Money
from models.partners import Partner
from models.people import Actor
from portal.agreeing import agreed
from portal.clock import now
from portal.commissions.blueprint import pages
from portal.commissions.forms import ReasonForm
from portal.commissions.plans import Answer, partner_called
from portal.database import session
from portal.fields import FilesField, MoneyField, TidyField, put_refusal, uploads
from portal.paging import Key, page_of
from portal.permissions import Can, allow, may

LATEST = [Key(Adjustment.asked_at, descending=True), Key(Adjustment.id, descending=True)]
STATES = {
    AdjustmentState.WAITING: ("Waits for a second person", "warn"),
    AdjustmentState.POSTED: ("Posted", "good"),
    AdjustmentState.REFUSED: ("Refused", "bad"),
}
WAYS = {"give": "Give the partner", "take": "Take from the partner"}


class AdjustmentForm(FlaskForm):
    partner = TidyField(
        "Partner", [InputRequired("Enter its number or name.")], description="Number or full name."
    )
    way = RadioField("What happens", [InputRequired("Choose one.")], choices=WAYS)
    amount = MoneyField(
        "Amount",
        currency=None,
        validators=[InputRequired("Enter an amount.")],
        description="In the currency that the partner is paid in.",
    )
    reason = TextAreaField(
        "Reason",
        [InputRequired("Say why; the partner reads it."), Length(max=1000)],
        description="The partner reads it on the statement, word for word.",
    )
    evidence = FilesField("Evidence")


class LimitForm(FlaskForm):
    limit = MoneyField(
        "One person is enough up to", currency=None, validators=[InputRequired("Enter an amount.")]
    )


def adjustment_or_404(_person: Actor, adjustment_id: UUID) -> Adjustment:
    return session.get(Adjustment, adjustment_id) or abort(404)


@pages.get("/adjustments")
@allow(Can.SEE_ADJUSTMENTS)
def adjustment_list(person: Actor) -> str:
    wanted = request.args.get("state", "")
    state = AdjustmentState(wanted) if wanted in list(AdjustmentState) else None
    return _list_page(person, _limit_form(), state)


@pages.post("/adjustments/limit")
@allow(Can.EDIT_PROGRAMME)
def set_limit(person: Actor) -> Answer:
    form = _limit_form(sent=True)
    if not agreed(form, lambda: commissions.set_limit(session, _limit(form), by=person, now=now())):
        return _list_page(person, form, None), 422
    flash("Saved. What waits already is decided by two.")
    return redirect(url_for("commissions.adjustment_list"), 303)


@pages.get("/adjustments/new")
@allow(Can.ADJUST)
def new_adjustment(_person: Actor) -> str:
    form = AdjustmentForm(data={"partner": request.args.get("partner", ""), "way": "give"})
    return _form_page(form)


@pages.post("/adjustments")
@allow(Can.ADJUST)
def adjust(person: Actor) -> Answer:
    form = AdjustmentForm()
    partner = _partner(form)
    if partner is not None:
        form.amount.in_currency(partner.currency)
    made: list[Adjustment] = []
    if not agreed(
        form,
        lambda: made.append(_adjust(person, form, partner)),
        put=lambda refusal: put_refusal(form.amount, refusal),
    ):
        return _form_page(form), 422
    waits = made[0].state is AdjustmentState.WAITING
    flash("A second person decides about it." if waits else "Posted to the open month.")
    return redirect(url_for("commissions.adjustment", adjustment_id=made[0].id), 303)


def _adjust(person: Actor, form: AdjustmentForm, partner: Partner | None) -> Adjustment:
    """By a form that is whole."""
    assert partner is not None and form.amount.data is not None, "both are required"
    minor = abs(form.amount.data.minor) * (1 if form.way.data == "give" else -1)
    return commissions.adjust(
        session,
        partner,
        amount=Money(minor, partner.currency),
        reason=form.reason.data,
        evidence=uploads(form.evidence),
        by=person,
        now=now(),
    )


@pages.get("/adjustments/<uuid:adjustment_id>")
@allow(Can.SEE_ADJUSTMENTS, find=adjustment_or_404)
def adjustment(person: Actor, adjustment: Adjustment) -> str:
    return _page(person, adjustment, ReasonForm())


@pages.post("/adjustments/<uuid:adjustment_id>/approval")
@allow(Can.DECIDE_ADJUSTMENT, find=adjustment_or_404)
def approve_adjustment(person: Actor, adjustment: Adjustment) -> Response:
    commissions.approve_adjustment(session, adjustment, by=person, now=now())
    flash("Approved and posted to the open month.")
    return redirect(url_for("commissions.adjustment", adjustment_id=adjustment.id), 303)


@pages.post("/adjustments/<uuid:adjustment_id>/refusal")
@allow(Can.DECIDE_ADJUSTMENT, find=adjustment_or_404)
def refuse_adjustment(person: Actor, adjustment: Adjustment) -> Answer:
    form = ReasonForm()
    if not agreed(
        form,
        lambda: commissions.refuse_adjustment(
            session, adjustment, reason=form.reason.data, by=person, now=now()
        ),
    ):
        return _page(person, adjustment, form), 422
    flash("Refused. Whoever asked reads your reason.")
    return redirect(url_for("commissions.adjustment", adjustment_id=adjustment.id), 303)


def _form_page(form: AdjustmentForm) -> str:
    return render_template("commissions/new_adjustment.html", form=form, house=_house())


def _page(person: Actor, adjustment: Adjustment, reason: ReasonForm) -> str:
    waits = adjustment.state is AdjustmentState.WAITING
    line = adjustment.line_id and session.get(CommissionLine, adjustment.line_id)
    return render_template(
        "commissions/adjustment.html",
        adjustment=adjustment,
        partner=session.get_one(Partner, adjustment.partner_id),
        state=STATES[adjustment.state],
        line=line,
        evidence=files.attached(session, adjustments.KIND, adjustment.id),
        reason=reason,
        must_wait=waits and adjustment.by_id == person.id,
        can_decide=waits and adjustment.by_id != person.id and may(person, Can.DECIDE_ADJUSTMENT),
    )


def _list_page(person: Actor, form: LimitForm, state: AdjustmentState | None) -> str:
    page = page_of(session, adjustments.listed(state), LATEST)
    tabs: list[dict[str, Any]] = [
        {"label": label, "url": url_for("commissions.adjustment_list", state=key),
         "current": (state.value if state else "") == (key or "")}
        for label, key in (("All", None), ("Waiting", "waiting"), ("Posted", "posted"),
                           ("Refused", "refused"))
    ]  # fmt: skip
    return render_template(
        "commissions/adjustments.html",
        page=page,
        states=STATES,
        views=tabs,
        form=form,
        limit=Money(_house().adjustment_limit_minor, _house().base_currency),
        can_adjust=may(person, Can.ADJUST),
        can_set=may(person, Can.EDIT_PROGRAMME),
    )


def _limit_form(*, sent: bool = False) -> LimitForm:
    house = _house()
    kept = Money(house.adjustment_limit_minor, house.base_currency)
    form = LimitForm() if sent else LimitForm(formdata=None, data={"limit": kept})
    form.limit.in_currency(house.base_currency)
    return form


def _limit(form: LimitForm) -> Money:
    assert form.limit.data is not None, "it is required"
    return form.limit.data


def _partner(form: AdjustmentForm) -> Partner | None:
    try:
        found = partner_called(form.partner.data or "")
    except Refused as refusal:
        form.partner.validators = [*form.partner.validators, _refusing(str(refusal))]
        return None
    return session.get(Partner, found) if found else None


def _refusing(text: str) -> Any:
    def refuse(_form: Any, _field: Any) -> None:
        raise ValidationError(text)

    return refuse


def _house() -> Any:
    return vendor.settings(session)
