"""The forecast by category with its history, by partner and stage, and what is quiet."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import Blueprint, render_template, request, url_for
from werkzeug import Response

from models import forecasts
from models.deals import ForecastCategory, Stage
from models.forecasts import Standing
from models.money import Money
from models.people import Actor, Role
from portal import charts
from portal.clock import now
from portal.database import session
from portal.formats import day, money
from portal.permissions import Can, allow, staff
from portal.sheets import Column, sheet_response

pages = Blueprint("forecasts", __name__, url_prefix="/forecast")
STAGES = tuple(stage.words for stage in Stage)
SHOWN = (ForecastCategory.COMMIT, ForecastCategory.BEST_CASE, ForecastCategory.PIPELINE)


@pages.get("")
@allow(Can.FOLLOW_DEAL)
def show(person: Actor) -> str:
    """`?whose=all` is everybody's; a sales manager begins with their own."""
    mine = _is_mine(person)
    found = forecasts.standing(session, person.id if mine else None)
    currency = _currency(found)
    past = forecasts.history(session, person.id if mine else None, currency)
    return render_template(
        "forecasts/show.html",
        tiles=_tiles([each for each in found if each.currency == currency], currency),
        chart=_chart(past, currency),
        currency=currency,
        currencies=_currencies(found, currency, mine),
        partners=forecasts.by_partner(session, person.id if mine else None, currency),
        stages=list(Stage),
        headings=["Partner", *({"label": name, "kind": "num"} for name in (*STAGES, "All"))],
        coverage=forecasts.coverage(session, person.id if mine else None, now=now()),
        quiet_days=forecasts.QUIET_DAYS,
        mine=mine,
    )


@pages.get("/export")
@allow(Can.FOLLOW_DEAL, fresh=staff)
def export(person: Actor) -> Response:
    """The history, a row a week and category."""
    mine = _is_mine(person)
    currency = _currency(forecasts.standing(session, person.id if mine else None))
    rows = [
        (past.taken_on, category.words, Money(minor, currency))
        for past in forecasts.history(session, person.id if mine else None, currency, most=520)
        for category, minor in past.minor.items()
    ]
    columns = [
        Column("Day", lambda row: row[0], "day"),
        Column("Category", lambda row: row[1]),
        Column("Amount", lambda row: row[2], "money"),
    ]
    return sheet_response("Forecast", columns, rows, request.args.get("as", "csv"))


def _is_mine(person: Actor) -> bool:
    usual = "mine" if person.role is Role.SALES_MANAGER else "all"
    return request.args.get("whose", usual) == "mine"


def _currency(found: list[Standing]) -> str:
    """The one asked for, else that of most deals."""
    counted = Counter[str]()
    for each in found:
        counted[each.currency] += each.count
    asked = request.args.get("currency", "")
    return asked if asked in counted else next(iter(dict(counted.most_common(1))), "")


def _currencies(found: list[Standing], current: str, mine: bool) -> list[dict[str, Any]]:
    known = sorted({each.currency for each in found})
    whose = "mine" if mine else "all"
    return [
        {
            "label": currency,
            "url": url_for("forecasts.show", whose=whose, currency=currency),
            "current": currency == current,
        }
        for currency in (known if len(known) > 1 else [])
    ]


def _tiles(found: list[Standing], currency: str) -> list[dict[str, Any]]:
    tiles = []
    for category in SHOWN:
        inside = [each for each in found if each.category is category]
        count = sum(each.count for each in inside)
        amount = Money(sum(each.minor for each in inside), currency) if currency else None
        note = f"{count} deal{'s' if count != 1 else ''}"
        tiles.append({"label": category.words, "value": money(amount) or "–", "note": note})
    return tiles


def _chart(past: list[Any], currency: str) -> charts.Chart | None:
    """One column a snapshot; the newest on the right."""
    if not past:
        return None
    points = []
    for each in past:
        amounts = [each.minor.get(category, 0) for category in SHOWN]
        shown = [(minor, money(Money(minor, currency))) for minor in amounts]
        points.append((day(each.taken_on).rsplit(",", 1)[0], shown))
    return charts.stacks([category.words for category in SHOWN], points)
