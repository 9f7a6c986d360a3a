"""The 11 sales territories: where each is, who looks after its partners and its business."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from models import territories
from models.territories import Area, AreaKind, Territory, TerritoryDetails, drawings
from portal.demo.reading import rows
from portal.demo.story import Story

COUNTRIES = {"6": "CA", "7": "FR", "8": "DE", "9": "AU", "10": "GB"}
EVERYWHERE = "11"
CHANNEL = {"7": "290", "8": "290", "10": "290", "9": "294"}
"""Channel manager of a territory, by employee key; North America's otherwise."""

QUOTAS = {"1": 400_000_00, "4": 900_000_00, "6": 1_500_000_00, "7": 600_000_00, "8": 500_000_00}
"""Of a year, in the base currency; the others have none."""


def draw(story: Story) -> None:
    reps = {
        row["territory_key"]: row["employee_key"]
        for row in reversed(rows("salespeople"))
        if row["territory_key"] != EVERYWHERE
    }
    for row in rows("territories"):
        key = row["territory_key"]
        details = TerritoryDetails(
            name="Rest of the world" if key == EVERYWHERE else row["region"],
            areas=_areas(story, key),
            channel_manager_id=story.staff[CHANNEL.get(key, "272")].id,
            sales_manager_id=story.staff[reps.get(key, "281")].id,
            external_id=f"AW-{key}",
            quota_minor=QUOTAS.get(key),
        )
        territories.draw(
            story.session, details, by=story.staff["administrator"], now=story.at(story.today)
        )


def _areas(story: Story, key: str) -> list[Area]:
    if key == EVERYWHERE:
        return [Area.read(AreaKind.GLOBAL)]
    if key in COUNTRIES:
        return [Area.read(AreaKind.COUNTRY, COUNTRIES[key])]
    states = {row["subdivision"] for row in story.towns.values() if row["territory_key"] == key}
    return [Area.read(AreaKind.SUBDIVISION, state) for state in sorted(states)]


def redraw(story: Story) -> None:
    """A draft that nobody has published: Bavaria and Paris get territories of their own."""
    by, now = story.staff["administrator"], story.at(story.today)
    draft = drawings.begin(
        story.session, "Europe in halves", "Should the south have managers of its own?",
        by=by, now=now,
    )  # fmt: skip
    for external_id, name, parts in (
        ("AW-8", "Germany without the south", ("DE-BY", "DE-BW")),
        ("AW-7", "France without Paris", ("FR-75C",)),
    ):
        found = select(Territory).where(Territory.external_id == external_id)
        whole = story.session.scalars(found).one()
        places = [Area.read(AreaKind.SUBDIVISION, part) for part in parts]
        kept = replace(territories.details_of(whole), name=name, excluded=places)
        drawings.put(story.session, draft, kept, instead_of=whole, now=now)
        south = TerritoryDetails(
            name="Southern Germany" if len(parts) > 1 else "Paris",
            areas=places,
            parent_id=whole.id,
            channel_manager_id=story.staff["294"].id,
        )
        drawings.put(story.session, draft, south, instead_of=None, now=now)
