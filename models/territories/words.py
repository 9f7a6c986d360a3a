"""Why a territory got a deal, in a sentence; and step by step."""

from __future__ import annotations

from collections.abc import Iterable

from models.territories.places import country_name, subdivision_name
from models.territories.resolving import Action, Match, Resolution, best_area, match_of
from models.territories.rules import Area, AreaKind, Facts, Rule

LEVEL_WORDS = {
    AreaKind.ACCOUNT: "named account",
    AreaKind.POSTAL: "postal code",
    AreaKind.SUBDIVISION: "state or province",
    AreaKind.COUNTRY: "country",
    AreaKind.REGION: "region",
    AreaKind.GLOBAL: "worldwide",
}

ACTION_WORDS = {
    Action.ACCEPT: "May be registered",
    Action.ROUTE_TO_DEFAULT: "Goes to the default managers",
    Action.REVIEW_EXCLUSIVE: "Exclusive to another partner: a channel manager decides",
    Action.REJECT_EXCLUSIVE: "Exclusive to another partner: not registered",
    Action.REVIEW_CONFLICT: "Several territories hold equally: a person must choose",
    Action.OFFER_LEAD_TO_OWNER: "Offered to the partner who owns the territory",
}


def why(found: Resolution, facts: Facts) -> str:
    """Such as "United States, Northwest: postal code 98… beats the country rule"."""
    place = _place(facts.settled())
    if found.winner is None:
        return f"{place}: no territory holds this place, so the default managers look after it"
    winner = found.winner
    where = f"{place}, {winner.rule.name}" if place != winner.rule.name else place
    return f"{where}: {_deciding(found)}"


def area_words(area: Area) -> str:
    """As it stands in a sentence: postal code 98…, the state Washington."""
    match area.kind:
        case AreaKind.POSTAL:
            return f"postal code {area.value.replace('*', '…').replace('-', '–')}"
        case AreaKind.SUBDIVISION:
            return subdivision_name(area.value)
        case AreaKind.COUNTRY:
            return "the country rule"
        case AreaKind.REGION:
            return f"the region {area.value.title() if len(area.value) > 5 else area.value}"
        case AreaKind.GLOBAL:
            return "the worldwide rule"
    return f"the named account {area.value}"


def place_name(area: Area) -> str:
    """As it stands in a list: Oregon, US-OR."""
    match area.kind:
        case AreaKind.COUNTRY:
            return f"{country_name(area.value)}, {area.value}"
        case AreaKind.SUBDIVISION:
            return f"{subdivision_name(area.value)}, {area.value}"
        case AreaKind.GLOBAL:
            return "Everywhere"
    return area.value


def steps(rules: Iterable[Rule], found: Resolution, facts: Facts) -> list[str]:
    """Each territory that came near: how it did, best first; then those that were out, and why."""
    settled = facts.settled()
    lines = [_ranked(match, place, found) for place, match in enumerate(found.matches, start=1)]
    for rule in sorted(rules, key=lambda rule: (rule.name, str(rule.id))):
        nearby = best_area(rule, settled)
        if nearby and not match_of(rule, settled):
            lines.append(f"{rule.name}: {area_words(nearby[0])} fits, but {rule.unfit(settled)}")
    return [*lines, ACTION_WORDS[found.action]]


def _place(facts: Facts) -> str:
    return country_name(facts.country) or "Unknown country"


def _deciding(found: Resolution) -> str:
    winner, *others = found.matches
    if found.tied:
        names = " and ".join(match.rule.name for match in found.tied)
        return (
            f"{area_words(winner.area)} is as good a reason as that of {names}; "
            "for now the one that started first, until a person has chosen"
        )
    if not others:
        return f"{area_words(winner.area)}, and no other territory holds"
    return f"{area_words(winner.area)} {_beats(winner, others[0])}"


def _beats(winner: Match, other: Match) -> str:
    """By what the winner is better than the next best."""
    for mine, theirs, words in zip(
        winner.rank, other.rank, _comparisons(winner, other), strict=True
    ):
        if mine != theirs:
            return words
    return f"beats {other.rule.name}"


def _comparisons(winner: Match, other: Match) -> tuple[str, str, str, str, str]:
    name = other.rule.name
    return (
        f"beats the {LEVEL_WORDS[other.area.kind]} rule",
        f"with {_asked(winner.rule)} beats {name}, which asks for less",
        f"is finer than {area_words(other.area)} of {name}",
        f"with the narrower industry beats {name}",
        f"with priority {winner.rule.priority} beats {name} with {other.rule.priority}",
    )


def _asked(rule: Rule) -> str:
    asked = rule.qualifiers
    named = {
        "product family": asked.products,
        "industry": asked.naics,
        "company size": asked.employees,
        "partner's role": asked.partner_roles,
    }
    return " and ".join(name for name, value in named.items() if value)


def _ranked(match: Match, place: int, found: Resolution) -> str:
    name, reason = match.rule.name, area_words(match.area)
    if place == 1:
        return f"{name}: chosen by {reason}"
    if match in found.tied:
        return f"{name}: {reason} holds equally; a conflict"
    assert found.winner is not None
    return f"{name}: {reason} holds, but {found.winner.rule.name} {_beats(found.winner, match)}"
