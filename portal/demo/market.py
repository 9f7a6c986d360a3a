"""The 11 sales territories: where each is, who looks after its partners and its business."""

from __future__ import annotations

from models import territories
from models.territories import Area, AreaKind, TerritoryDetails
from portal.demo.reading import rows
from portal.demo.story import Story

COUNTRIES = {"6": "CA", "7": "FR", "8": "DE", "9": "AU", "10": "GB"}
EVERYWHERE = "11"
CHANNEL = {"7": "290", "8": "290", "10": "290", "9": "294"}
"""Channel manager of a territory, by employee key; North America's otherwise."""


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
