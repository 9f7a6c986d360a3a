"""The sales manager's page, and what everybody does on an open deal."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import flash, render_template, request, url_for
from werkzeug import Response

from models import deals
from models.calendars import next_month
from models.deals import (
    OPEN,
    Deal,
    DealFilter,
    ForecastCategory,
    Slice,
    Stage,
    Visibility,
)
from models.money import Money
from models.people import Actor, Role
from portal import charts
from portal.clock import now
from portal.database import session
from portal.deals.answering import Answer, step
from portal.deals.blueprint import back_to, calendar, deal_or_404, pages
from portal.deals.forms import CommentForm, ForecastForm, ReasonForm, StageForm
from portal.deals.listing import TONES, keys_of, sort_from
from portal.formats import money, short_month
from portal.paging import page_of
from portal.permissions import Can, allow

MONTHS_AHEAD = 6


@pages.get("/pipeline")
@allow(Can.FOLLOW_DEAL)
def pipeline(person: Actor) -> str:
    """All indirect business that is routed to one sales manager; `?whose=all` is everybody's."""
    whose = request.args.get("whose", "mine" if person.role is Role.SALES_MANAGER else "all")
    wanted = DealFilter(
        statuses=OPEN, sales_manager_id=person.id if whose == "mine" else None, drafts=False
    )
    slices = deals.board(session, wanted, from_on=calendar().day_of(now()))
    currency = _currency(slices)
    shown = [part for part in slices if part.currency == currency]
    sort = sort_from(request.args)
    return render_template(
        "deals/pipeline.html",
        chart=_chart(shown, currency),
        tiles=_tiles(shown, currency),
        currencies=_currencies(slices, currency, whose),
        whose=whose,
        page=page_of(session, deals.listed(wanted), keys_of(sort)),
        count=sum(part.count for part in slices),
        sort=sort,
        tone=TONES,
    )


@pages.post("/<uuid:deal_id>/loss")
@allow(Can.CLOSE_DEAL, find=deal_or_404)
def lose(person: Actor, deal: Deal) -> Answer:
    form = ReasonForm()

    def do() -> None:
        deals.lose(session, deal, reason=form.text.data, by=person, now=now())

    said = "Recorded. The customer is free again."
    return step(deal, form, "Record the loss", "Record the loss", do, said)


@pages.post("/<uuid:deal_id>/withdrawal")
@allow(Can.REGISTER_DEAL, find=deal_or_404)
def withdraw(person: Actor, deal: Deal) -> Response:
    note, was_seen = request.form.get("text", "")[:2000], deal.submitted_at is not None
    deals.withdraw(session, deal, note=note, by=person, now=now())
    flash("Withdrawn; the vendor is told." if was_seen else "Draft given up; nobody else saw it.")
    return back_to(deal)


@pages.post("/<uuid:deal_id>/extension-request")
@allow(Can.REGISTER_DEAL, find=deal_or_404)
def ask_to_extend(person: Actor, deal: Deal) -> Answer:
    form = ReasonForm()

    def do() -> None:
        deals.ask_to_extend(session, deal, note=form.text.data, by=person, now=now())

    said = "Asked. Your channel manager will answer."
    return step(deal, form, "Ask for more time", "Ask for more time", do, said)


@pages.post("/<uuid:deal_id>/comments")
@allow(Can.COMMENT_DEAL, find=deal_or_404)
def comment(person: Actor, deal: Deal) -> Answer:
    form = CommentForm()
    if not person.is_staff:
        form.visibility.data = Visibility.ALL.value

    def do() -> None:
        visibility = Visibility(form.visibility.data)
        deals.comment(session, deal, form.text.data, visibility=visibility, by=person, now=now())

    return step(deal, form, "Comment", "Comment", do, "Comment added.")


@pages.post("/<uuid:deal_id>/stage")
@allow(Can.CLOSE_DEAL, find=deal_or_404)
def set_stage(person: Actor, deal: Deal) -> Answer:
    form = StageForm()

    def do() -> None:
        deals.set_stage(session, deal, Stage(form.stage.data), by=person, now=now())

    return step(deal, form, "Move the stage", "Move", do, "Stage set.")


@pages.post("/<uuid:deal_id>/forecast")
@allow(Can.FOLLOW_DEAL, find=deal_or_404)
def set_forecast(person: Actor, deal: Deal) -> Answer:
    form = ForecastForm()

    def do() -> None:
        category = ForecastCategory(form.category.data)
        deals.set_forecast(session, deal, category, by=person, now=now())

    said = "Forecast set. The partner does not see it."
    return step(deal, form, "Set the forecast", "Set", do, said)


@pages.post("/<uuid:deal_id>/participation")
@allow(Can.FOLLOW_DEAL, find=deal_or_404)
def take_part(person: Actor, deal: Deal) -> Response:
    deals.take_part(session, deal, by=person, now=now())
    flash("You take part. The partner is told.")
    return back_to(deal)


@pages.post("/<uuid:deal_id>/participation/end")
@allow(Can.FOLLOW_DEAL, find=deal_or_404)
def step_back(person: Actor, deal: Deal) -> Response:
    deals.step_back(session, deal, by=person, now=now())
    flash("You no longer take part.")
    return back_to(deal)


def _currency(slices: list[Slice]) -> str:
    """The one asked for, else that of most deals."""
    counted = Counter[str]()
    for part in slices:
        counted[part.currency] += part.count
    asked = request.args.get("currency", "")
    return asked if asked in counted else next(iter(dict(counted.most_common(1))), "")


def _currencies(slices: list[Slice], current: str, whose: str) -> list[dict[str, Any]]:
    """Tabs, when there is more than one currency: dollars are never added to yen."""
    known = sorted({part.currency for part in slices})
    return [
        {
            "label": currency,
            "url": url_for("deals.pipeline", whose=whose, currency=currency),
            "current": currency == current,
        }
        for currency in (known if len(known) > 1 else [])
    ]


def _tiles(slices: list[Slice], currency: str) -> list[dict[str, Any]]:
    def tile(label: str, minor: int, note: str) -> dict[str, Any]:
        return {"label": label, "value": money(Money(minor, currency)), "note": note}

    def of(category: ForecastCategory) -> int:
        return sum(part.minor for part in slices if part.category is category)

    if not slices:
        return []
    count = sum(part.count for part in slices)
    return [
        tile("Open", sum(part.minor for part in slices), f"{count} deals"),
        tile("Weighted", sum(part.weighted_minor for part in slices), "by the stage's probability"),
        tile("Commit", of(ForecastCategory.COMMIT), "in the forecast for certain"),
        tile("Best case", of(ForecastCategory.BEST_CASE), "if it goes well"),
    ]


def _chart(slices: list[Slice], currency: str) -> charts.Chart | None:
    """By stage and month of expected close; what closes later counts in the last month."""
    if not slices:
        return None
    first = min(part.month for part in slices)
    months = [next_month(first, ahead) for ahead in range(MONTHS_AHEAD)]
    sums = Counter[tuple[str, Stage]]()
    for part in slices:
        sums[min(part.month, months[-1]), part.stage] += part.minor
    points = []
    for month in months:
        name = short_month(month)
        parts = [
            (sums[month, stage], money(Money(sums[month, stage], currency))) for stage in Stage
        ]
        points.append((f"{name} +" if month == months[-1] else name, parts))
    return charts.stacks([stage.words for stage in Stage], points)
