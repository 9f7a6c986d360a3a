"""Pages that look first: what a draft would do, and which open deals stand elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import Response as Download
from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug import Response

from models import deals, redrawing
from models.deals import OPEN, Deal
from models.errors import Refused
from models.money import Money
from models.partners import Partner
from models.people import Actor, Person
from models.redrawing import CustomerMove, DealMove, Redrawing
from models.territories import Key, TerritoryDrawing, drawings
from portal import charts, formats
from portal.clock import now
from portal.database import session
from portal.permissions import Can, allow, staff
from portal.sheets import Column, sheet_response
from portal.territories.blueprint import drawing_or_404, pages, today

MOST_SHOWN = 100
AT_ONCE = 500
MOST_BARS = 5
LONGEST_LABEL = 12
NOBODY = "Nobody's"


@pages.get("/territory-drafts/<uuid:drawing_id>/simulation")
@allow(Can.SEE_TERRITORIES, find=drawing_or_404)
def simulation(_person: Actor, drawing: TerritoryDrawing) -> str:
    found = simulated(drawing)
    told = Told(found)
    return render_template(
        "territories/simulation.html",
        drawing=drawing,
        found=found,
        told=told,
        tiles=_tiles(found),
        moved_deals=found.moved_deals[:MOST_SHOWN],
        moved_customers=told.largest(found.moved_customers),
        chart=_chart(told.by_partner, found.currency),
        missing=", ".join(sorted(found.without_rate)),
    )


@pages.get("/territory-drafts/<uuid:drawing_id>/simulation/export")
@allow(Can.SEE_TERRITORIES, find=drawing_or_404, fresh=staff)
def simulation_export(_person: Actor, drawing: TerritoryDrawing) -> Download:
    found = simulated(drawing)
    moves = [*found.moved_deals, *found.moved_customers]
    name = f"What {drawing.name} would change"
    return sheet_response(name, Told(found).columns(), moves, request.args.get("as", "csv"))


@pages.get("/territories/moves")
@allow(Can.EDIT_TERRITORY)
def moves(_person: Actor) -> str:
    return _moves_page()


@pages.post("/territories/moves")
@allow(Can.EDIT_TERRITORY)
def move_deals(person: Actor) -> Response | tuple[str, int]:
    """Only what was ticked moves; each move is kept in the routing log."""
    ticked = set(request.form.getlist("deal"))
    wanted = [move for move in _elsewhere(as_it_stands()) if str(move.id) in ticked]
    if not wanted:
        flash("Tick the deals that are to move. Nothing has changed.", "refused")
        return _moves_page(), 422
    moved: list[Deal] = []
    for move in wanted:
        deal = session.get_one(Deal, move.id)
        try:
            deals.reroute_by_territory(
                session, deal, reason="The territories have changed.", by=person, now=now()
            )
            moved.append(deal)
        except Refused as refusal:
            flash(f"{deal.number}: {refusal}", "refused")
    deals.tell_rerouted(session, moved, by=person, now=now())
    many = f"{len(moved)} {'deal' if len(moved) == 1 else 'deals'}"
    flash(f"{many} moved; both managers and partners know.")
    return redirect(url_for("territories.moves"), 303)


def simulated(drawing: TerritoryDrawing) -> Redrawing:
    rules = drawings.drawn(session, drawing)
    day = max(today(), drawing.publish_on or today())
    return redrawing.simulate(session, rules, instead=True, today=today(), on=day)


class Told:
    """A redrawing with the names of those it speaks of."""

    def __init__(self, found: Redrawing) -> None:
        self._found = found
        self.currency = found.currency
        balances = found.by_owner()
        managers = found.by_channel_manager()
        sellers = found.by_sales_manager()
        self._names = names_of({*balances, *managers, *sellers})
        self.by_partner = self._named(balances, NOBODY)
        self.by_channel_manager = self._named(managers, "Nobody")
        self.by_sales_manager = self._named(sellers, "Nobody")

    def money(self, minor: int) -> str:
        return formats.short_money(Money(minor, self.currency))

    def territory(self, key: Key | None) -> str:
        return self._found.territory_names.get(key, "") or "None"

    def territory_today(self, key: Key | None) -> str:
        return self._found.names_today.get(key, "") or "None"

    def name(self, key: Key | None) -> str:
        return self._names.get(key, NOBODY)

    def largest(self, customers: Iterable[CustomerMove]) -> list[CustomerMove]:
        return sorted(customers, key=lambda each: -each.revenue_minor)[:MOST_SHOWN]

    def columns(self) -> list[Column]:
        def amount(move: Any) -> Money:
            minor = move.value_minor if isinstance(move, DealMove) else move.revenue_minor
            return Money(minor, self.currency)

        def standing(what: str, read: Callable[[Any], str]) -> Iterator[Column]:
            yield Column(f"{what} today", lambda move: read(move.before))
            yield Column(f"{what} then", lambda move: read(move.after))

        return [
            Column("Kind", lambda move: "deal" if isinstance(move, DealMove) else "customer"),
            Column("Number", lambda move: getattr(move, "number", "")),
            Column("Customer", lambda move: getattr(move, "customer_name", "") or move.name),
            Column("State", lambda move: move.status.words if hasattr(move, "status") else ""),
            Column("Amount", amount, "money"),
            Column("Currency", lambda _: self.currency),
            Column("Territory today", lambda move: self.territory_today(move.before.territory)),
            Column("Territory then", lambda move: self.territory(move.after.territory)),
            *standing("Partner", lambda each: self.name(each.owner)),
            *standing("Channel manager", lambda each: self.name(each.channel_manager)),
            *standing("Sales manager", lambda each: self.name(each.sales_manager)),
            Column("Doubly owned then", lambda move: "yes" if move.after.is_doubly_owned else "no"),
        ]

    def _named(self, balances: dict, nobody: str) -> list[Line]:
        lines = [
            Line(self._names.get(key, nobody) if key else nobody, before, after)
            for key, (before, after) in balances.items()
        ]
        return sorted(lines, key=lambda line: -(line.after.revenue_minor + line.after.open_minor))


@dataclass(frozen=True)
class Line:
    """One partner or manager: what they have today, and then."""

    name: str
    before: redrawing.Balance
    after: redrawing.Balance


def names_of(keys: Iterable[Key | None]) -> dict[Key, str]:
    """Of partners and people."""
    wanted = [key for key in keys if key]
    found: dict[Key, str] = {}
    for table in (Partner, Person):
        rows = session.execute(select(table.id, table.name).where(table.id.in_(wanted)))
        found.update({row.id: row.name for row in rows})
    return found


def _tiles(found: Redrawing) -> list[dict]:
    moved = found.moved_deals
    worth = sum(each.revenue_minor for each in found.moved_customers)
    nobodys = [each for each in found.customers if each.becomes_nobodys]
    twice = len(found.doubly_owned_customers) + len(found.doubly_owned_deals)
    still = sum(each.is_won for each in moved)
    return [
        {"label": "Open deals that would stand elsewhere", "value": sum(m.is_open for m in moved),
         "note": "they move only where somebody ticks them"},
        {"label": "Won deals", "value": still, "note": "stay where they are, always"},
        {"label": "Customers that would change hands", "value": len(found.moved_customers),
         "note": f"{formats.short_money(Money(worth, found.currency))} invoiced in a year"},
        {"label": "Become nobody's", "value": len(nobodys), "tone": "warn" if nobodys else None},
        {"label": "Doubly owned", "value": twice, "tone": "bad" if twice else None},
    ]  # fmt: skip


def _chart(lines: list[Line], currency: str) -> charts.Chart | None:
    """How the invoiced year of each partner's customers would change, the largest changes."""
    changed = [(line.name, line.after.revenue_minor - line.before.revenue_minor) for line in lines]
    largest = sorted((each for each in changed if each[1]), key=lambda each: -abs(each[1]))
    points = [
        (_short(name), minor, formats.short_money(Money(minor, currency)))
        for name, minor in largest[:MOST_BARS]
    ]
    return charts.bars(points) if points else None


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_LABEL else f"{name[: LONGEST_LABEL - 1]}…"


def _elsewhere(found: Redrawing) -> list[DealMove]:
    """Open deals whose territory is not the one that holds their customer today."""
    kept = dict(
        session.execute(select(Deal.id, Deal.territory_id).where(Deal.status.in_(OPEN))).all()
    )
    return [
        move for move in found.deals if move.is_open and kept.get(move.id) != move.after.territory
    ]


def as_it_stands() -> Redrawing:
    """The open deals under today's territories."""
    return redrawing.simulate(session, [], instead=False, today=today(), with_customers=False)


def _moves_page() -> str:
    found = as_it_stands()
    wanted = _elsewhere(found)
    rows = {}
    for start in range(0, len(wanted), AT_ONCE):
        some = [move.id for move in wanted[start : start + AT_ONCE]]
        query = select(Deal.id, Deal.territory_id, Deal.value, Partner.name.label("partner"))
        query = query.join(Partner, Partner.id == Deal.partner_id).where(Deal.id.in_(some))
        rows.update({row.id: row for row in session.execute(query)})
    return render_template(
        "territories/moves.html",
        moves=wanted,
        kept=rows,
        names=found.territory_names,
        people=names_of({move.after.channel_manager for move in wanted}),
    )
