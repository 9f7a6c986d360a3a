"""Languages and time zones that a person may choose."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

LOCALES = {
    "en_US": "United States (Nov 22, 2026 · $1,250.00)",
    "en_GB": "United Kingdom (22 Nov 2026 · £1,250.00)",
    "en_CA": "Canada (Nov 22, 2026 · $1,250.00)",
    "en_AU": "Australia (22 Nov 2026 · $1,250.00)",
    "de_DE": "Germany (22.11.2026 · 1.250,00 €)",
    "fr_FR": "France (22 nov. 2026 · 1 250,00 €)",
    "es_ES": "Spain (22 nov 2026 · 1250,00 €)",
    "it_IT": "Italy (22 nov 2026 · 1.250,00 €)",
    "nl_NL": "Netherlands (22 nov 2026 · € 1.250,00)",
}

CONTINENTS = (
    "Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/",
    "Indian/", "Pacific/",
)  # fmt: skip


@cache
def time_zones() -> dict[str, str]:
    places = sorted(zone for zone in available_timezones() if zone.startswith(CONTINENTS))
    return {"UTC": "UTC"} | {zone: zone.replace("_", " ") for zone in places}
