"""A partner's own side of shared deals: what it would get, yes or no."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug import Response
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from models import wins
from models.people import Actor
from models.wins import ShareState, SharingSide, Side
from portal.clock import now
from portal.database import session
from portal.paging import Key, page_of
from portal.permissions import Can, allow
from portal.sheets import Column, sheet_response

pages = Blueprint("sharing", __name__, url_prefix="/shared-deals")

LATEST_FIRST = [Key(SharingSide.begun_at, descending=True), Key(SharingSide.id, descending=True)]
TONES = {ShareState.OFFERED: "info", ShareState.AGREED: "good", ShareState.ENDED: "plain"}


class RefusalForm(FlaskForm):
    text = TextAreaField("Why not", [InputRequired("Write a reason."), Length(max=2000)])


def side_or_404(_person: Actor, side_id: UUID) -> SharingSide:
    return session.scalar(select(SharingSide).where(SharingSide.id == side_id)) or abort(404)


@pages.get("")
@allow(Can.REGISTER_DEAL)
def index(person: Actor) -> str:
    page = page_of(session, wins.my_sides(), LATEST_FIRST)
    waiting = wins.how_many_wait(session)
    return render_template("sharing/index.html", page=page, tone=TONES, waiting=waiting)


@pages.get("/export")
@allow(Can.REGISTER_DEAL)
def export(person: Actor) -> Response:
    query = wins.my_sides().order_by(SharingSide.begun_at.desc(), SharingSide.id.desc())
    rows = session.execute(query.execution_options(yield_per=1000))
    columns = [
        Column("Customer", lambda row: row.customer_name),
        Column("Product family", lambda row: row.family),
        Column("You", lambda row: row.side.value),
        Column("With", lambda row: row.other_name),
        Column("Your share in percent", lambda row: row.percent, "number"),
        Column("State", lambda row: row.state.words),
        Column("Begun", lambda row: row.begun_at, "instant"),
        Column("You agreed", lambda row: row.accepted_at, "instant"),
    ]
    return sheet_response("Shared deals", columns, rows, request.args.get("as", "csv"))


@pages.get("/<uuid:side_id>")
@allow(Can.REGISTER_DEAL, find=side_or_404)
def show(person: Actor, side: SharingSide) -> str:
    return _page(side, RefusalForm(formdata=None))


@pages.post("/<uuid:side_id>/agreement")
@allow(Can.REGISTER_DEAL, find=side_or_404)
def agree(person: Actor, side: SharingSide) -> Response:
    wins.agree(session, side, by=person, now=now())
    flash("Agreed. You are told as soon as both have.")
    return redirect(url_for("sharing.show", side_id=side.id), 303)


@pages.post("/<uuid:side_id>/refusal")
@allow(Can.REGISTER_DEAL, find=side_or_404)
def refuse(person: Actor, side: SharingSide) -> Response | tuple[str, int]:
    form = RefusalForm()
    if not form.validate():
        return _page(side, form), 422
    deal_id = wins.deal_behind(session, side)
    wins.end(session, deal_id, reason=form.text.data, by=person, now=now())
    flash("Ended. The others are told.")
    return redirect(url_for("sharing.index"), 303)


def _page(side: SharingSide, form: RefusalForm) -> str:
    return render_template(
        "sharing/show.html",
        side=side,
        form=form,
        tone=TONES.get(side.state, "plain"),
        can_answer=side.state is ShareState.OFFERED and side.accepted_at is None,
        can_renew=side.state is ShareState.AGREED and side.side is Side.FULFILLING,
        can_refuse=side.state in (ShareState.ASKED, ShareState.OFFERED),
    )
