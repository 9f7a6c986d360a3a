"""Who may do what: the whole answer on one page.

A permission is granted when every condition of any one of its rows holds.  A
view is guarded by `allow`, which also opens the request's session with the
scope of who is asking: another partner's row is not forbidden, it is not there.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any

from flask import abort, request

from models.people import STAFF, Actor, Role, Stage
from portal import database, footprints
from portal.barriers import must_be_fresh, must_have_signed
from portal.identity import person_asking


class Can(StrEnum):
    SEE_HOME = "see home"
    PROVE_ONESELF = "prove who one is"
    SIGN_AGREEMENTS = "read and sign agreements"
    SEE_SIGNATURES = "see the papers of signatures"
    KEEP_ACCOUNT = "keep one's own account"
    SAVE_VIEWS = "keep views of lists"
    SEE_NOTICES = "see notices"
    COMPLAIN = "complain, and read the answer"
    HEAR_COMPLAINT = "hear a complaint"
    SEE_OUTBOX = "see the outbox"
    OPEN_MAILED_LINKS = "open links that were mailed to others"
    SEE_STYLEGUIDE = "see the style guide"
    SEE_PEOPLE = "see people"
    VISIT = "look at the portal through a partner's eyes"
    SEE_VISITS = "see who looked through whose eyes"
    INVITE_PEOPLE = "invite people"
    SEE_PARTNERS = "see partners"
    EDIT_PARTNER = "edit a partner"
    SEE_COMPANY = "see one's own company"
    EDIT_COMPANY = "edit one's own company"
    REVIEW_APPLICATION = "review an application"
    SEE_CUSTOMERS = "see customers"
    EDIT_CUSTOMER = "edit a customer"
    SEE_TERRITORIES = "see territories"
    EDIT_TERRITORY = "edit a territory"
    SEE_ROUTING = "see what came to whom and why"
    ROUTE = "give a deal to others"
    HAND_WORK_OVER = "hand over the work of somebody who leaves"
    PUBLISH_TERRITORIES = "publish drafted territories"
    SEE_CLAIMS = "see claims of territories"
    DRAW_CLAIM = "draw up a claim of a territory"
    AGREE_CLAIM = "submit a claim, and answer an offer"
    DECIDE_CLAIM = "decide a claim of a territory"
    SEE_CATALOG = "see the catalogue"
    SEE_PRICES = "see everybody's prices"
    EDIT_CATALOG = "edit the catalogue"
    SEE_DEALS = "see deals"
    REGISTER_DEAL = "register a deal"
    DECIDE_DEAL = "decide a deal"
    APPROVE_DEAL = "approve a deal where a rule names one"
    NAME_CHOICE = "hand in a customer's letter"
    FOLLOW_DEAL = "follow a deal as sales manager"
    SEE_CONFLICTS = "see conflict cases"
    DECIDE_CONFLICT = "decide a conflict case"
    SEE_OWN_CONFLICT = "see one's own side of a conflict case"
    FILE_EVIDENCE = "file evidence, and appeal"
    SEE_ENGAGEMENTS = "see our own sales"
    RECORD_ENGAGEMENT = "record our own sales"
    SHARE_DEAL = "share a deal with another partner"
    CLOSE_DEAL = "say a deal is won or lost"
    COMMENT_DEAL = "comment on a deal"
    SEE_FILES = "see attached files"
    SEE_INSIGHTS = "see how deals are decided"
    SEE_SALES = "see invoices"
    RECORD_SALES = "record invoices and payments"
    SEE_POS = "see point-of-sale reports"
    REPORT_POS = "hand in a point-of-sale report"
    SEE_COMMISSIONS = "see commissions"
    ASK_WHAT_IF = "ask what open deals would earn"
    SEE_TAKEN_BACK = "see what is still to be taken back"
    DISPUTE_LINE = "dispute a commission line"
    JOIN_DISPUTE = "write in a dispute"
    DECIDE_DISPUTE = "decide a dispute"
    SEE_PLANS = "see plans"
    EDIT_PLAN = "edit a plan"
    APPROVE_PLAN = "put another's plan version into force"
    CLOSE_MONTH = "close a month"
    SEE_ADJUSTMENTS = "see adjustments"
    ADJUST = "adjust a partner's commission"
    DECIDE_ADJUSTMENT = "decide about another's adjustment"
    SEE_PAYOUTS = "see payouts"
    RUN_PAYOUTS = "prepare and release payouts"
    KEEP_TAXES = "look at tax forms and rates"
    SETTLE_LEAVERS = "settle with partners who leave or owe us"
    SEE_AUDIT = "see the audit"
    SEE_OWN_AUDIT = "see what one's own people did"
    SEE_PROGRAMME = "see the programme's settings"
    EDIT_PROGRAMME = "edit the programme's settings"
    KEEP_PROVIDERS = "set up companies' own sign-ins"
    KEEP_PERSONAL_DATA = "tell somebody what we know of them, and erase them"


Condition = Callable[[Actor, Any], bool]


def everybody(_person: Actor, _thing: Any) -> bool:
    return True


def staff(person: Actor, _thing: Any) -> bool:
    return person.role in STAFF


def partner(person: Actor, _thing: Any) -> bool:
    return person.partner_id is not None


def partner_administrator(person: Actor, _thing: Any) -> bool:
    return person.role is Role.PARTNER_ADMINISTRATOR


def administrator(person: Actor, _thing: Any) -> bool:
    return person.role is Role.ADMINISTRATOR


def channel_manager(person: Actor, _thing: Any) -> bool:
    return person.role is Role.CHANNEL_MANAGER


def sales_manager(person: Actor, _thing: Any) -> bool:
    return person.role is Role.SALES_MANAGER


def finance(person: Actor, _thing: Any) -> bool:
    return person.role is Role.FINANCE


def their_own(person: Actor, thing: Any) -> bool:
    """A distributor reads its resellers' rows, and changes only its own."""
    return thing is None or thing.partner_id == person.partner_id


WHO_MAY: dict[Can, list[list[Condition]]] = {
    Can.SEE_HOME: [[staff], [partner]],
    Can.PROVE_ONESELF: [[staff], [partner]],
    Can.SIGN_AGREEMENTS: [[partner]],
    Can.SEE_SIGNATURES: [[staff], [partner]],
    Can.KEEP_ACCOUNT: [[staff], [partner]],
    Can.SAVE_VIEWS: [[staff], [partner]],
    Can.SEE_NOTICES: [[staff], [partner]],
    Can.COMPLAIN: [[staff], [partner]],
    Can.HEAR_COMPLAINT: [[staff]],
    Can.SEE_OUTBOX: [[staff]],
    Can.OPEN_MAILED_LINKS: [[administrator]],
    Can.SEE_STYLEGUIDE: [[staff]],
    Can.SEE_PEOPLE: [[administrator], [partner_administrator]],
    Can.VISIT: [[administrator]],
    Can.SEE_VISITS: [[administrator], [partner]],
    Can.INVITE_PEOPLE: [[administrator], [partner_administrator]],
    Can.SEE_PARTNERS: [[staff]],
    Can.EDIT_PARTNER: [[administrator], [channel_manager]],
    Can.SEE_COMPANY: [[partner]],
    Can.EDIT_COMPANY: [[partner_administrator]],
    Can.REVIEW_APPLICATION: [[administrator], [channel_manager]],
    Can.SEE_CUSTOMERS: [[staff], [partner]],
    Can.EDIT_CUSTOMER: [[administrator], [channel_manager]],
    Can.SEE_TERRITORIES: [[staff]],
    Can.EDIT_TERRITORY: [[administrator], [channel_manager]],
    Can.SEE_ROUTING: [[administrator], [channel_manager], [sales_manager]],
    Can.ROUTE: [[administrator], [channel_manager], [sales_manager]],
    Can.HAND_WORK_OVER: [[administrator]],
    Can.PUBLISH_TERRITORIES: [[administrator]],
    Can.SEE_CLAIMS: [[administrator], [channel_manager], [sales_manager], [partner]],
    Can.DRAW_CLAIM: [[partner, their_own]],
    Can.AGREE_CLAIM: [[partner_administrator, their_own]],
    Can.DECIDE_CLAIM: [[administrator], [channel_manager]],
    Can.SEE_CATALOG: [[staff], [partner]],
    Can.SEE_PRICES: [[staff]],
    Can.EDIT_CATALOG: [[administrator], [finance]],
    Can.SEE_DEALS: [[staff], [partner]],
    Can.REGISTER_DEAL: [[partner, their_own]],
    Can.DECIDE_DEAL: [[channel_manager], [administrator]],
    Can.APPROVE_DEAL: [[staff]],
    Can.NAME_CHOICE: [[channel_manager], [administrator], [partner, their_own]],
    Can.FOLLOW_DEAL: [[sales_manager], [channel_manager]],
    Can.SEE_CONFLICTS: [[channel_manager], [sales_manager], [administrator]],
    Can.DECIDE_CONFLICT: [[channel_manager], [administrator]],
    Can.SEE_OWN_CONFLICT: [[partner]],
    Can.FILE_EVIDENCE: [[partner, their_own]],
    Can.SEE_ENGAGEMENTS: [[channel_manager], [sales_manager], [administrator]],
    Can.RECORD_ENGAGEMENT: [[sales_manager], [administrator]],
    Can.SHARE_DEAL: [[channel_manager], [administrator], [partner, their_own]],
    Can.CLOSE_DEAL: [[channel_manager], [sales_manager], [partner, their_own]],
    Can.COMMENT_DEAL: [[staff], [partner, their_own]],
    Can.SEE_FILES: [[staff], [partner]],
    Can.SEE_INSIGHTS: [[administrator], [channel_manager], [sales_manager]],
    Can.SEE_SALES: [[staff], [partner]],
    Can.RECORD_SALES: [[finance]],
    Can.SEE_POS: [[staff], [partner]],
    Can.REPORT_POS: [[administrator], [channel_manager], [partner, their_own]],
    Can.SEE_COMMISSIONS: [[staff], [partner]],
    Can.ASK_WHAT_IF: [[partner]],
    Can.SEE_TAKEN_BACK: [[finance], [administrator], [partner]],
    Can.DISPUTE_LINE: [[partner, their_own]],
    Can.JOIN_DISPUTE: [[finance], [administrator], [partner, their_own]],
    Can.DECIDE_DISPUTE: [[finance], [administrator]],
    Can.SEE_PLANS: [[administrator], [channel_manager], [finance]],
    Can.EDIT_PLAN: [[finance], [administrator]],
    Can.APPROVE_PLAN: [[finance], [administrator]],
    Can.CLOSE_MONTH: [[finance]],
    Can.SEE_ADJUSTMENTS: [[finance], [administrator]],
    Can.ADJUST: [[finance]],
    Can.DECIDE_ADJUSTMENT: [[finance], [administrator]],
    Can.SEE_PAYOUTS: [[finance], [administrator], [partner]],
    Can.RUN_PAYOUTS: [[finance]],
    Can.KEEP_TAXES: [[finance]],
    Can.SETTLE_LEAVERS: [[finance], [administrator]],
    Can.SEE_AUDIT: [[administrator]],
    Can.SEE_OWN_AUDIT: [[partner_administrator]],
    Can.SEE_PROGRAMME: [[staff]],
    Can.EDIT_PROGRAMME: [[administrator]],
    Can.KEEP_PROVIDERS: [[administrator]],
    Can.KEEP_PERSONAL_DATA: [[administrator]],
}

HIDDEN_FROM_VISITORS = {
    Can.KEEP_ACCOUNT, Can.PROVE_ONESELF, Can.SEE_PAYOUTS, Can.EDIT_COMPANY, Can.OPEN_MAILED_LINKS,
    Can.COMPLAIN, Can.SEE_NOTICES,
}  # fmt: skip
"""What the vendor's administrator does not even see through a partner's eyes."""


def may(person: Actor, permission: Can, thing: Any = None) -> bool:
    """Whether `person` may, for views that decide which buttons to show."""
    if person.visitor and permission in HIDDEN_FROM_VISITORS:
        return False
    return any(all(condition(person, thing) for condition in row) for row in WHO_MAY[permission])


BEFORE_SIGNING = {
    Can.SIGN_AGREEMENTS, Can.SEE_SIGNATURES, Can.KEEP_ACCOUNT, Can.PROVE_ONESELF, Can.COMPLAIN,
}  # fmt: skip
"""What a partner may do before it has signed what shuts the portal."""


def allow(
    permission: Can,
    *,
    find: Callable[..., Any] | None = None,
    fresh: Condition | None = None,
    stages: tuple[Stage, ...] = (),
    visitors: bool = False,
) -> Callable:
    """Guard a view, and tell it who is asking and about what.

    `find(person, **ids)` turns the ids in the URL into the thing, or answers 404.
    `fresh`: who must have proved in the last minutes to be there, such as `everybody`.
    `visitors`: whether who looks through somebody else's eyes may do it; they only look.
    `stages`: further stages of coming in at which it may be used.
    """

    def guard(view: Callable) -> Callable:
        @wraps(view)
        def guarded(**ids: Any) -> Any:
            person = person_asking(*stages)
            footprints.name_who_asks(person)
            if not may(person, permission) or (
                person.visitor and not (visitors or request.method in database.READS)
            ):
                abort(403)
            if permission not in BEFORE_SIGNING:
                must_have_signed()
            footprints.open_session(person)
            things = [find(person, **ids)] if find else []
            if things and not may(person, permission, *things):
                abort(403)
            if fresh and fresh(person, None):
                must_be_fresh()
            return database.flushed(view(person, *things) if find else view(person, **ids))

        guarded.permission = permission  # type: ignore[attr-defined]
        guarded.fresh = fresh  # type: ignore[attr-defined]
        return guarded

    return guard


def anyone(view: Callable) -> Callable:
    """Mark a view that needs no permission; every other view must have one."""

    @wraps(view)
    def open_to_all(**ids: Any) -> Any:
        footprints.open_session(None)
        return database.flushed(view(**ids))

    open_to_all.permission = None  # type: ignore[attr-defined]
    return open_to_all
