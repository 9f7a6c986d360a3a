"""One deal as a page: what was registered, what happened, what can be done next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template
from sqlalchemy import Row, select

from models import deals, vendor
from models.catalog import ProductFamily
from models.deals import DEAL_MOVES, VERBS_DONE, Deal
from models.partners import Partner
from models.people import Actor, Person
from models.territories import Territory
from portal.clock import now
from portal.database import session
from portal.deals.attaching import AttachForm, attached_to
from portal.deals.blueprint import deal_or_404, pages
from portal.deals.comparing import comparisons
from portal.deals.conflicting import contested
from portal.deals.forms import (
    AskForm,
    CommentForm,
    ForecastForm,
    ReasonForm,
    RejectForm,
    StageForm,
)
from portal.deals.leading import lead_of
from portal.deals.listing import TONES
from portal.deals.orders import orders_shown
from portal.deals.renewing import incumbency
from portal.deals.standing import may_decide, standing
from portal.permissions import Can, allow, may

NEEDS = {
    "approve": Can.APPROVE_DEAL,
    "reject": Can.APPROVE_DEAL,
    "ask": Can.APPROVE_DEAL,
    "extend": Can.DECIDE_DEAL,
    "refuse_extension": Can.DECIDE_DEAL,
    "revoke": Can.DECIDE_DEAL,
    "submit": Can.REGISTER_DEAL,
    "answer": Can.REGISTER_DEAL,
    "withdraw": Can.REGISTER_DEAL,
    "ask_to_extend": Can.REGISTER_DEAL,
    "win": Can.CLOSE_DEAL,
    "lose": Can.CLOSE_DEAL,
}
"""Which permission each move takes, when the deal's state allows it."""


@pages.get("/<uuid:deal_id>")
@allow(Can.SEE_DEALS, find=deal_or_404)
def show(person: Actor, deal: Deal) -> str:
    it = opened(person, deal)
    return render_template("deals/show.html", it=it)


def opened(person: Actor, deal: Deal) -> dict[str, Any]:
    """Everything that a page shows of one deal to this person."""
    programme = vendor.settings(session)
    today = programme.calendar.day_of(now())
    family = session.get(ProductFamily, deal.family_id) if deal.family_id else None
    partner = session.get_one(Partner, deal.partner_id)
    helpers = deals.taking_part(session, deal.id)
    decides = may(person, Can.APPROVE_DEAL, deal) and deal.status in deals.UNDECIDED
    found = deals.evidence(session, deal, on=today) if decides else []
    against, can = contested(person, deal), possible(person, deal)
    if against["case"] and against["case"].get("decides"):
        can["approve"] = False  # nor by the queue: the case says who
    return {
        "deal": deal,
        "tone": TONES.get(deal.status, "plain"),
        "partner": partner,
        "family": family.name if family else None,
        "territory": _territory(person, deal),
        "people": _names(deal),
        "lines": deals.lines_of(session, deal.id),
        "helpers": helpers,
        "takes_part": any(helper.id == person.id for helper in helpers),
        "story": _story(person, deal),
        "evidence": comparisons(deal, partner.name, family.name if family else "", found),
        "reject_words": deals.reason_words(deal.reject_code) if deal.reject_code else "",
        "questions": [deals.Question(field).words for field in deal.asked_fields],
        "can": can,
        "standing": standing(person, deal),
        "lead": lead_of(person, deal),
        "may_route": may(person, Can.ROUTE),
        "against": against,
        "files": attached_to(deal),
        "attach_form": AttachForm(formdata=None) if _may_attach(person, deal) else None,
        "last": incumbency(person, deal),
        "if_approved": deals.protected_through(today, programme.protection_days),
        "protection_days": programme.protection_days,
        "forms": forms_of(deal),
        "wins": orders_shown(person, deal),
        "is_overdue": deal.decide_by is not None and deal.decide_by < now(),
    }


def _may_attach(person: Actor, deal: Deal) -> bool:
    return deals.takes_files(deal) and may(person, Can.REGISTER_DEAL, deal)


def possible(person: Actor, deal: Deal) -> dict[str, bool]:
    """What this person may do with the deal as it stands."""
    can = {
        verb: DEAL_MOVES.allows(verb, deal.status) and may(person, needed, deal)
        for verb, needed in NEEDS.items()
    }
    if can["approve"] or can["reject"]:
        is_asked = may_decide(person, deal)
        can |= {verb: can[verb] and is_asked for verb in ("approve", "reject", "ask")}
    has_asked, is_open = deal.extension_asked_at is not None, deal.status in deals.OPEN
    can["extend"] = can["refuse_extension"] = can["extend"] and has_asked
    can["ask_to_extend"] = can["ask_to_extend"] and not has_asked and not deal.extension_days
    for verb in ("lose", "withdraw", "revoke"):
        can[verb] = can[verb] and not deal.won_at  # a part that is won is not given up
    can["edit"] = can["submit"]
    can["comment"] = may(person, Can.COMMENT_DEAL, deal)
    can["comment_inside"] = person.is_staff
    can["stage"] = is_open and may(person, Can.CLOSE_DEAL, deal)
    can["follow"] = is_open and may(person, Can.FOLLOW_DEAL, deal)
    return can


def forms_of(deal: Deal) -> dict[str, Any]:
    """Empty forms for the dialogs; what is sent is judged by the views."""
    reject = RejectForm(formdata=None)
    return {
        "reject": reject.for_passive_sale() if deals.is_passive_sale(deal) else reject,
        "ask": AskForm(formdata=None),
        "reason": ReasonForm(formdata=None),
        "comment": CommentForm(formdata=None),
        "stage": StageForm(formdata=None, stage=deal.stage.value),
        "forecast": ForecastForm(formdata=None, category=deal.forecast_category.value),
    }


@dataclass(frozen=True)
class Told:
    """One line of the timeline."""

    at: datetime
    by: str
    done: str
    note: str
    is_internal: bool


def _story(person: Actor, deal: Deal) -> list[Told]:
    """The latest first."""
    events = deals.story_of(session, deal.id, with_notes=person.is_staff)
    return [_told(event) for event in reversed(events)]


def _told(event: Row) -> Told:
    reason = deals.reason_words(event.code) if event.verb in ("reject", "revoke") else ""
    note = ". ".join(part for part in (reason, event.note) if part)
    done = f"{VERBS_DONE[event.verb]} the deal"
    return Told(event.at, event.by_name, done, note, event.vendor_only)


def _territory(person: Actor, deal: Deal) -> str | None:
    """Only staff are told: a territory may be another partner's."""
    if not person.is_staff:
        return None
    territory = session.get(Territory, deal.territory_id) if deal.territory_id else None
    return territory.name if territory else "None; the default managers look after it"


def _names(deal: Deal) -> dict[str, str | None]:
    wanted = {"channel": deal.channel_manager_id, "sales": deal.sales_manager_id}
    rows = session.execute(
        select(Person.id, Person.name).where(Person.id.in_([id for id in wanted.values() if id]))
    )
    names = {row.id: row.name for row in rows}
    return {who: names.get(person_id) for who, person_id in wanted.items()}
