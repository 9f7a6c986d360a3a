"""The map of the territories: whose each place is, how it does, and where nobody is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import pycountry
from flask import abort, render_template, request, url_for
from sqlalchemy import or_

from models import redrawing, territories
from models.money import Money
from models.people import Actor
from models.redrawing import Redrawing
from models.territories import Area, AreaKind, Facts, Rule, Territory, TerritoryArea, lines
from models.territories.places import PostalPattern
from models.territories.zip_codes import states_with
from portal import formats
from portal.database import session
from portal.maps import WORLD, AreaMap, Paint, area_map, shades
from portal.permissions import Can, allow
from portal.territories.blueprint import pages, today
from portal.territories.lists import TONES
from portal.territories.looking import names_of

MOST_LISTED = 100
MOST_FILTERED = 5_000
LEGEND = [
    ("mine", "A partner's alone"),
    ("held", "A partner's"),
    ("free", "Nobody's, but a territory"),
    ("soon", "In parts"),
    ("twice", "Held equally by several"),
    ("none", "In no territory"),
]
QUARTERS = (25, 50, 75, 100)


class Show(StrEnum):
    OWNER = "owner"
    ATTAINMENT = "attainment"
    PIPELINE = "pipeline"
    WHITE_SPACE = "white-space"


WORDS = {
    Show.OWNER: ("Whose it is", "Whose"),
    Show.ATTAINMENT: ("Won of the quota in twelve months", "Won of the quota"),
    Show.PIPELINE: ("Open deals", "Open"),
    Show.WHITE_SPACE: ("Customers of nobody", "Customers of nobody"),
}


@pages.get("/territories/map")
@allow(Can.SEE_TERRITORIES)
def area_page(_person: Actor) -> str:
    of = request.args.get("of", WORLD)
    if of != WORLD and pycountry.countries.get(alpha_2=of) is None:
        abort(404)
    asked = request.args.get("show", "")
    show = Show(asked) if asked in list(Show) else Show.OWNER
    found = redrawing.simulate(session, [], instead=False, today=today())
    place = Places(of, found, show, _part(of))
    listed = _listed(of) if place.part is None else _listed_in(place.part)
    return render_template(
        "territories/map.html",
        of=of,
        part=place.part and place.part.value,
        part_name=place.part and territories.subdivision_name(place.part.value),
        whole=url_for("territories.area_page", of=of, show=show),
        drawn=DRAW[show](place),
        title=WORDS[show][0],
        head=WORDS[show][1],
        views=[
            {"label": WORDS[each][0], "url": place.address(each), "current": each is show}
            for each in Show
        ],
        listed=listed,
        tones=TONES,
    )  # fmt: skip


@dataclass(frozen=True)
class Places:
    """The places of one map, and the business in them."""

    of: str
    found: Redrawing
    show: Show
    part: Area | None
    """The part of the country that was clicked; the list is about it alone."""

    @property
    def chosen(self) -> str:
        return self.part.value if self.part else ""

    def address(self, show: Show, part: str | None = None) -> str:
        kept = part or (self.part.value if self.part else None)
        return url_for("territories.area_page", of=self.of, show=show, part=kept)

    def code(self, country: str, subdivision: str) -> str:
        """In which place of this map something lies; empty when in none."""
        if self.of == WORLD:
            return country
        return territories.widest(subdivision) if country == self.of and subdivision else ""

    def facts(self, code: str, day: date) -> Facts:
        if self.of == WORLD:
            return Facts(on=day, country=code)
        return Facts(on=day, country=self.of, subdivision=code)

    def url(self, code: str) -> str | None:
        """A click on a country opens it; one on a part of it narrows the list to that part."""
        if self.of == WORLD:
            return url_for("territories.area_page", of=code, show=self.show)
        return f"{self.address(self.show, code)}#listed"

    def sums(self, amounts: list[tuple[str, str, int]]) -> dict[str, int]:
        sums: Counter[str] = Counter()
        for country, subdivision, amount in amounts:
            if code := self.code(country, subdivision):
                sums[code] += amount
        return dict(sums)

    def money(self, minor: int) -> str:
        return formats.short_money(Money(minor, self.found.currency))


def _by_owner(places: Places) -> AreaMap:
    index = territories.map_of(session).index
    parts = _in_parts(list(index.rules.values()), places)
    names, day = names_of({rule.owner for rule in index.rules.values()}), today()

    def paint(code: str) -> Paint:
        found = index.resolve(places.facts(code, day))
        url = places.url(code)
        if code in parts:
            return Paint("soon", f"In parts: {parts[code]} territories", url)
        if found.winner is None:
            return Paint("none", "In no territory", url)
        rule = found.winner.rule
        if found.tied:
            others = ", ".join(match.rule.name for match in found.tied)
            return Paint("twice", f"{rule.name} and {others} equally", url)
        if rule.owner is None:
            return Paint("free", f"{rule.name}: nobody's", url)
        words = f"{rule.name}: {names.get(rule.owner, '')}"
        if rule.is_exclusive:
            return Paint("mine", f"{words}, exclusive", url)
        return Paint("held", words, url)

    return area_map(places.of, {}, legend=LEGEND, rest=paint, chosen=places.chosen)


def _in_parts(rules: list[Rule], places: Places) -> Counter[str]:
    """How many territories hold only a part of a place of this map, for each that has some."""
    parts: Counter[str] = Counter()
    day = today()
    for rule in rules:
        if not rule.holds_on(day):
            continue
        inside = set()
        for area in rule.areas:
            if area.kind is AreaKind.POSTAL and places.of == WORLD:
                inside.add(area.country or "")
            elif area.kind is AreaKind.POSTAL and places.of == area.country == "US":
                pattern = PostalPattern.known(area.value, "US")
                inside |= states_with(pattern.low, pattern.high)
            elif area.kind is AreaKind.SUBDIVISION:
                home = area.value.split("-")[0]
                if places.of == WORLD:
                    inside.add(home)
                elif home == places.of and territories.widest(area.value) != area.value:
                    inside.add(territories.widest(area.value))
        parts.update(inside)
    return parts


def _pipeline(places: Places) -> AreaMap:
    open_ = [
        (deal.country, deal.subdivision, deal.value_minor)
        for deal in places.found.deals
        if deal.is_open
    ]
    return _shaded(places, places.sums(open_), places.money, "Nothing open")


def _white_space(places: Places) -> AreaMap:
    nobodys = places.found.nobodys_customers
    counted = places.sums([(each.country, each.subdivision, 1) for each in nobodys])
    worth = places.sums([(each.country, each.subdivision, each.revenue_minor) for each in nobodys])
    paints, legend = shades(counted, shown=str, url=places.url)
    told = {
        code: Paint(
            each.tone, f"{counted[code]} customers, {places.money(worth[code])} a year", each.url
        )
        for code, each in paints.items()
    }
    nothing = _nothing("No customer of nobody", places)
    return area_map(places.of, told, legend=legend, rest=nothing, chosen=places.chosen)


def _shaded(
    places: Places, sums: dict[str, int], shown: Callable[[int], str], nothing: str
) -> AreaMap:
    paints, legend = shades(sums, shown=shown, url=places.url)
    rest = _nothing(nothing, places)
    return area_map(places.of, paints, legend=legend, rest=rest, chosen=places.chosen)


def _nothing(words: str, places: Places) -> Callable[[str], Paint]:
    return lambda code: Paint("none", words, places.url(code))


def _attainment(places: Places) -> AreaMap:
    """Won in twelve months of the quotas of the territories that hold the place's customers."""
    quotas = dict(session.execute(territories.quotas(today())).all())
    won: Counter = Counter()
    of_place: dict[str, set] = {}
    for deal in places.found.deals:
        key = deal.after.territory
        if deal.is_won:
            won[key] += deal.value_minor
        if key in quotas and (code := places.code(deal.country, deal.subdivision)):
            of_place.setdefault(code, set()).add(key)
    paints = {}
    for code, keys in of_place.items():
        wanted = sum(quotas[key] for key in keys)
        reached = sum(won[key] for key in keys)
        percent = reached * 100 // wanted
        step = 1 + sum(percent >= quarter for quarter in QUARTERS)
        words = f"{percent} %: {places.money(reached)} of {places.money(wanted)}"
        paints[code] = Paint(f"heat-{step}", words, places.url(code))
    spans = ("below 25 %", "25 to 50 %", "50 to 75 %", "75 to 100 %", "reached")
    legend = [(f"heat-{step}", words) for step, words in enumerate(spans, start=1)]
    rest = _nothing("No quota", places)
    return area_map(places.of, paints, legend=legend, rest=rest, chosen=places.chosen)


DRAW: dict[Show, Callable[[Places], AreaMap]] = {
    Show.OWNER: _by_owner,
    Show.ATTAINMENT: _attainment,
    Show.PIPELINE: _pipeline,
    Show.WHITE_SPACE: _white_space,
}


def _part(of: str) -> Area | None:
    code = request.args.get("part", "")
    found = pycountry.subdivisions.get(code=code) if code.startswith(f"{of}-") else None
    return Area(AreaKind.SUBDIVISION, code) if found else None


def _listed_in(part: Area) -> list:
    """Territories that hold today and hold something of this part."""
    wanted = lines.places([part])
    keys = [
        rule.id
        for rule in territories.map_of(session).index.rules.values()
        if rule.holds_on(today()) and lines.meet(wanted, lines.places(rule.areas, rule.excluded))
    ]
    found = territories.listed(on=today()).where(Territory.id.in_(keys[:MOST_FILTERED]))
    return list(session.execute(found.order_by(Territory.name, Territory.id).limit(MOST_LISTED)))


def _listed(of: str) -> list:
    """Territories that hold on this day, those of the country alone when one is opened."""
    query = territories.listed(on=today())
    if of != WORLD:
        area = TerritoryArea
        touches = or_(
            (area.kind == AreaKind.COUNTRY) & (area.value == of),
            (area.kind == AreaKind.SUBDIVISION) & area.value.like(f"{of}-%"),
            (area.kind == AreaKind.POSTAL) & (area.country == of),
            (area.kind == AreaKind.REGION) & area.value.in_(territories.regions_of(of)),
            area.kind == AreaKind.GLOBAL,
        )
        query = query.where(Territory.areas.any(touches & ~area.is_exclusion))
    return list(session.execute(query.order_by(Territory.name, Territory.id).limit(MOST_LISTED)))
