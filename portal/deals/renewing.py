"""Pages on which an incumbent reads that a renewal was registered, and comments on it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug import Response
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from models import deals, vendor
from models.deals import UNDECIDED, Deal, DealType, RenewalNotice
from models.errors import Refused
from models.people import Actor
from models.scope import vendor_side
from portal.clock import now
from portal.database import session
from portal.deals.blueprint import pages
from portal.fields import put_refusal
from portal.paging import Key, page_of
from portal.permissions import Can, allow, may


class CommentForm(FlaskForm):
    text = TextAreaField(
        "What should we know before we decide?",
        [InputRequired("Write what we should know."), Length(max=4000)],
        description="The vendor reads it, the other partner does not. You can send it once.",
    )


def notice_or_404(_person: Actor, notice_id: UUID) -> RenewalNotice:
    asked = select(RenewalNotice).where(RenewalNotice.id == notice_id)
    return session.scalar(asked) or abort(404)


@pages.get("/renewals")
@allow(Can.REGISTER_DEAL)
def renewals(_person: Actor) -> str:
    keys = [Key(RenewalNotice.told_at, True), Key(RenewalNotice.id, True)]
    page = page_of(session, deals.renewal_notices(), keys)
    return render_template("deals/renewals.html", page=page, at=now())


@pages.get("/renewals/<uuid:notice_id>")
@allow(Can.SEE_DEALS, find=notice_or_404)
def renewal(person: Actor, notice: RenewalNotice) -> str:
    return _page(person, notice, CommentForm(formdata=None))


@pages.post("/renewals/<uuid:notice_id>/comment")
@allow(Can.REGISTER_DEAL, find=notice_or_404)
def comment_on_renewal(person: Actor, notice: RenewalNotice) -> Response | tuple[str, int]:
    form = CommentForm()
    if not form.validate():
        return _page(person, notice, form), 422
    try:
        deals.comment_as_incumbent(session, notice, text=form.text.data or "", by=person, now=now())
    except Refused as refusal:
        put_refusal(form.text, refusal)
        return _page(person, notice, form), 422
    flash("Thank you. We read it before we decide.")
    return redirect(url_for("deals.renewal", notice_id=notice.id), 303)


def incumbency(person: Actor, deal: Deal) -> dict[str, Any] | None:
    """What a deal's page says about who sold before; to a partner only until when it waits."""
    if person.is_staff:
        programme = vendor.settings(session)
        today = programme.calendar.day_of(now())
        since = deals.months_before(today, programme.lookback_months)
        sold = deals.last_sale(session, deal, since=since) if deal.customer_id else None
        told = deals.notices_about(session, deal.id)
        return {"sold": sold, "told": told, "waits": None} if sold or told else None
    if deal.kind is not DealType.RENEWAL or deal.status not in UNDECIDED:
        return None
    with vendor_side(session) as beside:
        told = deals.notices_about(beside, deal.id)
        waits = max((each.comment_by for each in told if not each.commented_at), default=None)
    return {"sold": None, "told": (), "waits": waits} if waits and waits > now() else None


def _page(person: Actor, notice: RenewalNotice, form: CommentForm) -> str:
    told = session.execute(deals.renewal_notices().where(RenewalNotice.id == notice.id)).one()
    is_open = notice.commented_at is None and now() <= notice.comment_by
    return render_template(
        "deals/renewal.html",
        told=told,
        form=form,
        can_comment=is_open and may(person, Can.REGISTER_DEAL, notice),
    )
