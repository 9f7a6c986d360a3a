"""One claim as a page: for its partner, and for the managers with everything beside it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import render_template
from sqlalchemy import select

from models import claims, files, redrawing, vendor
from models.claims import CLAIM_MOVES, HOLDS, VERBS_DONE, ClaimStatus, TerritoryClaim, last_day
from models.money import Money
from models.partners import Partner
from models.people import Actor, Person
from models.redrawing import Redrawing
from models.territories import Area, AreaKind, lines, place_name
from portal.claims.blueprint import claim_or_404, pages, today
from portal.claims.forms import (
    NoteForm,
    NoticeForm,
    ProtestAnswerForm,
    RefuseForm,
    TextForm,
    with_currency,
)
from portal.claims.listing import TONES
from portal.claims.writing import families
from portal.clock import now
from portal.database import session
from portal.maps import WORLD, AreaMap, Paint, area_map
from portal.permissions import Can, allow, may

MOST_SHOWN = 12
NEEDS = {
    "withdraw": Can.AGREE_CLAIM,
    "accept": Can.AGREE_CLAIM,
    "decline": Can.AGREE_CLAIM,
    "protest": Can.AGREE_CLAIM,
    "give_up": Can.AGREE_CLAIM,
    "approve": Can.DECIDE_CLAIM,
    "offer": Can.DECIDE_CLAIM,
    "refuse": Can.DECIDE_CLAIM,
    "send_back": Can.DECIDE_CLAIM,
    "give_notice": Can.DECIDE_CLAIM,
    "take_back_notice": Can.DECIDE_CLAIM,
    "renew": Can.DECIDE_CLAIM,
    "hand_over": Can.DECIDE_CLAIM,
}


@pages.get("/<uuid:claim_id>")
@allow(Can.SEE_CLAIMS, find=claim_or_404)
def show(person: Actor, claim: TerritoryClaim) -> str:
    partner = session.get_one(Partner, claim.partner_id)
    offered = claims.terms_of(session, claim.id, "offered")
    decides = may(person, Can.DECIDE_CLAIM) and claim.status in claims.WAITS
    return render_template(
        "claims/show.html",
        claim=claim,
        partner=partner,
        tone=TONES.get(claim.status, "plain"),
        terms=terms_shown(claim.terms, claim.currency),
        asked=_asked(claim),
        offered=terms_shown(offered.terms, claim.currency)
        if offered and claim.status is ClaimStatus.OFFERED else None,
        offer_note=offered.note if offered else "",
        can=possible(person, claim),
        forms=_forms(claim),
        files=files.attached(session, "claim", claim.id),
        story=claims.story_of(session, claim.id),
        done=VERBS_DONE,
        quarters=claims.attainment(session, claim, today=today()),
        people=_people(claim),
        notice_days=vendor.settings(session).territory_notice_days,
        earliest=claims.earliest_change(session, now()),
        drawn=drawn(claim.terms),
        desk=desk_of(claim) if decides else None,
        waiting_deals=_waiting_deals(person, claim),
    )  # fmt: skip


def possible(person: Actor, claim: TerritoryClaim) -> dict[str, bool]:
    """What this person may do with the claim as it stands."""
    can = {
        verb: CLAIM_MOVES.allows(verb, claim.status) and may(person, needed, claim)
        for verb, needed in NEEDS.items()
    }
    is_draft = claim.status is ClaimStatus.DRAFT
    can["edit"] = is_draft and may(person, Can.DRAW_CLAIM, claim)
    is_first = claim.status is ClaimStatus.BACKED and claim.backed_by_id == person.id
    can["approve"] = can["approve"] and not is_first
    can["send_back"] = can["send_back"] and not is_first
    can["limit"] = can["offer"]
    open_window = claim.change_on is not None and today() < claim.change_on
    can["protest"] = can["protest"] and open_window and claim.protested_at is None
    waits = claim.protested_at is not None and claim.protest_answered_at is None
    can["answer_protest"] = (
        waits and can["take_back_notice"] and claim.change_by_id != person.id
    )  # fmt: skip
    can["take_back_notice"] = can["take_back_notice"] and not waits
    can["hand_over"] = can["hand_over"] and claim.status not in HOLDS
    can["set_renewal"] = claim.status in HOLDS and may(person, Can.DECIDE_CLAIM)
    return can


def terms_shown(terms: claims.Terms, currency: str) -> dict[str, Any]:
    """As pages write them."""
    names = families()
    low, high = terms.employees_from, terms.employees_to
    return {
        "places": _places(terms.places),
        "cut_out": _places(terms.cut_out),
        "products": ", ".join(names.get(code, code) for code in terms.products) or "All",
        "naics": " ".join(terms.naics),
        "employees": f"{low or 0:,} to {f'{high:,}' if high is not None else 'any number'}"
        if low is not None or high is not None else "",
        "is_exclusive": terms.is_exclusive,
        "from_on": terms.from_on,
        "through": last_day(terms.to_on) if terms.to_on else None,
        "minimum": Money(terms.minimum_minor, currency) if terms.minimum_minor else None,
    }  # fmt: skip


def drawn(terms: claims.Terms) -> AreaMap | None:
    """The claim on the world; on its country where its places are states, or ZIP codes."""
    if not terms.places:
        return None
    homes = {_home(area) for area in terms.places}
    of = homes.pop() or WORLD if len(homes) == 1 else WORLD
    kind, inside = AreaKind.COUNTRY if of == WORLD else AreaKind.SUBDIVISION, terms.spans

    def paint(code: str) -> Paint:
        spans = lines.places([Area(kind, code)])
        if not lines.without(spans, inside):
            return Paint("chosen", "In the claim")
        if lines.meet(spans, inside):
            return Paint("soon", "In the claim in part")
        return Paint("none", "Not in it")

    legend = [("chosen", "In the claim"), ("soon", "In the claim in part")]
    return area_map(of, {}, legend=legend, rest=paint)


def _home(area: Area) -> str:
    """The country on whose map it can be drawn; empty where only the world has it."""
    if area.kind is AreaKind.SUBDIVISION:
        return area.value[:2]
    return "US" if area.country == "US" else ""


def desk_of(claim: TerritoryClaim) -> dict[str, Any]:
    """What a manager wants beside the claim: what it meets, what it would move, the record."""
    told = simulated(claim)
    own_open = [
        move for move in told.moved_deals if move.is_open and move.partner_id == claim.partner_id
    ]
    others = [move for move in told.moved_deals if move.partner_id != claim.partner_id]
    return {
        "overlaps": claims.overlaps(
            session, claim.terms, partner_id=claim.partner_id, claim_id=claim.id
        ),
        "record": claims.record_of(session, claim.partner_id, today=today()),
        "currency": told.currency,
        "own_open": own_open,
        "moved": len(told.moved_deals),
        "moved_minor": sum(move.value_minor for move in told.moved_deals),
        "others": others[:MOST_SHOWN],
        "other_count": len(others),
        "other_minor": sum(move.value_minor for move in others),
        "changed_owners": _owners(told),
        "since": told.since,
        "space": claims.white_space(session, claim.terms, today=today()),
    }


def simulated(claim: TerritoryClaim) -> Redrawing:
    """The deals of the last twelve months, if the claim were a territory beside today's."""
    rule = claim.terms.rule(key=claim.id, name=claim.name, owner=claim.partner_id)
    return redrawing.simulate(
        session, [rule], instead=False, today=today(), with_customers=False
    )  # fmt: skip


def _owners(told: Redrawing) -> list[dict[str, Any]]:
    """Whose territories would lose deals, with how many and how much."""
    sums: dict[Any, list[int]] = {}
    for move in told.moved_deals:
        if move.changes_owner and move.before.owner is not None:
            each = sums.setdefault(move.before.owner, [0, 0])
            each[0] += 1
            each[1] += move.value_minor
    names = select(Partner.id, Partner.name).where(Partner.id.in_(list(sums)))
    return [
        {"name": row.name, "count": sums[row.id][0], "minor": sums[row.id][1]}
        for row in session.execute(names.order_by(Partner.name))
    ]


def _asked(claim: TerritoryClaim) -> dict[str, Any] | None:
    """What was asked at first, where something else counts now."""
    asked = claims.terms_of(session, claim.id, "asked")
    if asked is None or asked.terms == claim.terms or claim.status is ClaimStatus.DRAFT:
        return None
    return terms_shown(asked.terms, claim.currency)


def _places(areas: Iterable[Area]) -> list[str]:
    named = list(areas)
    words = [
        f"{area.country} {area.value}" if area.kind is AreaKind.POSTAL else place_name(area)
        for area in named[:MOST_SHOWN]
    ]
    return words + ([f"and {len(named) - MOST_SHOWN} more"] if len(named) > MOST_SHOWN else [])


def _people(claim: TerritoryClaim) -> dict[str, str | None]:
    wanted = {"manager": claim.manager_id, "first": claim.backed_by_id}
    return {
        who: session.scalar(select(Person.name).where(Person.id == person_id))
        if person_id
        else None
        for who, person_id in wanted.items()
    }


def _forms(claim: TerritoryClaim) -> dict[str, Any]:
    """Empty forms for the dialogs; what is sent is judged by the views."""
    return {
        "text": TextForm(formdata=None),
        "note": NoteForm(formdata=None),
        "refuse": RefuseForm(formdata=None),
        "notice": with_currency(NoticeForm(formdata=None), claim.currency),
        "answer": ProtestAnswerForm(formdata=None),
    }


def _waiting_deals(person: Actor, claim: TerritoryClaim) -> list[Any]:
    """Open deals of a claim that has ended, for the managers who hand them over."""
    ended = claim.status in (ClaimStatus.EXPIRED, ClaimStatus.ENDED)
    if not ended or not may(person, Can.DECIDE_CLAIM):
        return []
    return claims.open_deals(session, claim)
