"""Claims of territories: one holds, one waits, one has a counter-offer, one is to end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from models import claims
from models.claims import Ask, Change, Terms, TerritoryClaim
from models.people import Actor
from models.territories import Area
from portal.demo.story import Story

OWNER, RIVAL, GROUP = "212", "122", "230"
FIRST, SECOND = "290", "272"
PLAN = (
    "Two of our people visit every workshop and every town hall of the area in the first half "
    "year. We begin with the hire stations along the river, where we have serviced for years."
)


def stake(story: Story) -> None:
    held = _claim(story, OWNER, "Munich and around", _postal("80*", "81*", "82*"), days=200,
                  minimum=20_000_00)  # fmt: skip
    _approve(story, held, days=198)
    waiting = _claim(story, RIVAL, "Berlin and Potsdam", _postal("10-14"), days=2)
    assert waiting.status.value == "submitted"
    offered = _claim(story, OWNER, "All of Austria", (Area.read("country", "AT"),), days=5)
    claims.offer(
        story.session, offered, replace(offered.terms, minimum_minor=15_000_00),
        note="We like the plan. With a minimum of 15,000 each quarter the country is yours.",
        by=story.staff[FIRST], now=story.at(story.today - timedelta(days=3)),
    )  # fmt: skip
    ending = _claim(
        story, GROUP, "Belgium and Luxembourg",
        (Area.read("country", "BE"), Area.read("country", "LU")), days=120,
    )  # fmt: skip
    _approve(story, ending, days=119)
    claims.give_notice(
        story.session, ending, Change.END, on=story.today + timedelta(days=45),
        note="We open an office of our own in Brussels.", by=story.staff[FIRST],
        now=story.at(story.today - timedelta(days=1)),
    )  # fmt: skip
    ask = Ask(name="Lake Constance", plan=PLAN[:90], terms=_terms(story, _postal("78*", "88*"), 0))
    claims.draft(story.session, ask, by=story.sellers[OWNER], now=story.at(story.today))
    claims.keep_watch(story.session, story.now)
    story.tick("today")


def _claim(
    story: Story, key: str, name: str, places: tuple[Area, ...], *, days: int, minimum: int = 0
) -> TerritoryClaim:
    """Submitted so many days ago, for a year from then, or from today on."""
    at = story.at(story.today - timedelta(days=days))
    terms = _terms(story, places, minimum, back=days)
    by = story.sellers[key]
    claim = claims.draft(
        story.session, Ask(name=name, plan=PLAN, terms=terms), by=by, now=at
    )  # fmt: skip
    claims.submit(story.session, claim, by=by, now=at)
    return claim


def _terms(story: Story, places: tuple[Area, ...], minimum: int, *, back: int = 0) -> Terms:
    begins = story.today - timedelta(days=max(back - 10, 0)) if back > 10 else _next_month(story)
    return Terms(
        places=places, is_exclusive=True, minimum_minor=minimum, from_on=begins,
        to_on=begins + timedelta(days=365),
    )  # fmt: skip


def _approve(story: Story, claim: TerritoryClaim, *, days: int) -> None:
    for key in (FIRST, SECOND):
        by: Actor = story.staff[key]
        at = story.at(story.today - timedelta(days=days))
        claims.approve(story.session, claim, by=by, now=at)


def _next_month(story: Story) -> date:
    return (story.today.replace(day=1) + timedelta(days=32)).replace(day=1)


def _postal(*codes: str) -> tuple[Area, ...]:
    return tuple(Area.read("postal", code, "DE") for code in codes)
