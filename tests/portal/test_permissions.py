"""Who may do what, written out a second time: a change must be meant twice."""

from datetime import timedelta
from uuid import uuid4

import pytest
from flask_login import login_user
from werkzeug.exceptions import HTTPException

from models.people import PARTNER_ROLES, STAFF, Actor, Role, Stage
from portal import clock
from portal.barriers import MustSign, ProofNeeded
from portal.database import session as portal_session
from portal.identity import Asking, SignedIn
from portal.permissions import WHO_MAY, Can, allow, anyone, everybody, may

EVERYBODY = STAFF | PARTNER_ROLES
A, C, S, F = Role.ADMINISTRATOR, Role.CHANNEL_MANAGER, Role.SALES_MANAGER, Role.FINANCE
P = Role.PARTNER_ADMINISTRATOR

TABLE = {
    Can.SEE_HOME: EVERYBODY,
    Can.PROVE_ONESELF: EVERYBODY,
    Can.SIGN_AGREEMENTS: PARTNER_ROLES,
    Can.SEE_SIGNATURES: EVERYBODY,
    Can.KEEP_ACCOUNT: EVERYBODY,
    Can.SAVE_VIEWS: EVERYBODY,
    Can.SEE_NOTICES: EVERYBODY,
    Can.COMPLAIN: EVERYBODY,
    Can.HEAR_COMPLAINT: STAFF,
    Can.SEE_OUTBOX: STAFF,
    Can.OPEN_MAILED_LINKS: {A},
    Can.SEE_STYLEGUIDE: STAFF,
    Can.SEE_PEOPLE: {A, P},
    Can.VISIT: {A},
    Can.SEE_VISITS: {A} | PARTNER_ROLES,
    Can.INVITE_PEOPLE: {A, P},
    Can.SEE_PARTNERS: STAFF,
    Can.EDIT_PARTNER: {A, C},
    Can.SEE_COMPANY: PARTNER_ROLES,
    Can.EDIT_COMPANY: {P},
    Can.REVIEW_APPLICATION: {A, C},
    Can.SEE_CUSTOMERS: EVERYBODY,
    Can.EDIT_CUSTOMER: {A, C},
    Can.SEE_TERRITORIES: STAFF,
    Can.EDIT_TERRITORY: {A, C},
    Can.SEE_ROUTING: {A, C, S},
    Can.ROUTE: {A, C, S},
    Can.HAND_WORK_OVER: {A},
    Can.PUBLISH_TERRITORIES: {A},
    Can.SEE_CLAIMS: {A, C, S} | PARTNER_ROLES,
    Can.DRAW_CLAIM: PARTNER_ROLES,
    Can.AGREE_CLAIM: {P},
    Can.DECIDE_CLAIM: {A, C},
    Can.SEE_CATALOG: EVERYBODY,
    Can.SEE_PRICES: STAFF,
    Can.EDIT_CATALOG: {A, F},
    Can.SEE_DEALS: EVERYBODY,
    Can.REGISTER_DEAL: PARTNER_ROLES,
    Can.DECIDE_DEAL: {A, C},
    Can.APPROVE_DEAL: STAFF,
    Can.NAME_CHOICE: {A, C} | PARTNER_ROLES,
    Can.FOLLOW_DEAL: {C, S},
    Can.SEE_CONFLICTS: {A, C, S},
    Can.DECIDE_CONFLICT: {A, C},
    Can.SEE_OWN_CONFLICT: PARTNER_ROLES,
    Can.FILE_EVIDENCE: PARTNER_ROLES,
    Can.SEE_ENGAGEMENTS: {A, C, S},
    Can.RECORD_ENGAGEMENT: {A, S},
    Can.SHARE_DEAL: {A, C} | PARTNER_ROLES,
    Can.CLOSE_DEAL: {C, S} | PARTNER_ROLES,
    Can.COMMENT_DEAL: EVERYBODY,
    Can.SEE_FILES: EVERYBODY,
    Can.SEE_INSIGHTS: {A, C, S},
    Can.SEE_SALES: EVERYBODY,
    Can.RECORD_SALES: {F},
    Can.SEE_POS: EVERYBODY,
    Can.REPORT_POS: {A, C} | PARTNER_ROLES,
    Can.SEE_COMMISSIONS: EVERYBODY,
    Can.ASK_WHAT_IF: PARTNER_ROLES,
    Can.SEE_TAKEN_BACK: {F, A} | PARTNER_ROLES,
    Can.DISPUTE_LINE: PARTNER_ROLES,
    Can.JOIN_DISPUTE: {F, A} | PARTNER_ROLES,
    Can.DECIDE_DISPUTE: {F, A},
    Can.SEE_PLANS: {A, C, F},
    Can.EDIT_PLAN: {A, F},
    Can.APPROVE_PLAN: {A, F},
    Can.CLOSE_MONTH: {F},
    Can.SEE_ADJUSTMENTS: {A, F},
    Can.ADJUST: {F},
    Can.DECIDE_ADJUSTMENT: {A, F},
    Can.SEE_PAYOUTS: {A, F} | PARTNER_ROLES,
    Can.RUN_PAYOUTS: {F},
    Can.KEEP_TAXES: {F},
    Can.SETTLE_LEAVERS: {A, F},
    Can.SEE_AUDIT: {A},
    Can.SEE_OWN_AUDIT: {P},
    Can.SEE_PROGRAMME: STAFF,
    Can.EDIT_PROGRAMME: {A},
    Can.KEEP_PROVIDERS: {A},
    Can.KEEP_PERSONAL_DATA: {A},
}

OF_ONES_OWN = {
    Can.DRAW_CLAIM, Can.AGREE_CLAIM, Can.REGISTER_DEAL, Can.NAME_CHOICE, Can.FILE_EVIDENCE,
    Can.SHARE_DEAL, Can.CLOSE_DEAL, Can.COMMENT_DEAL, Can.DISPUTE_LINE, Can.JOIN_DISPUTE,
    Can.REPORT_POS,
}  # fmt: skip
"""What a distributor does to its own rows only, although it reads its resellers'."""

NOT_THROUGH_OTHERS_EYES = {
    Can.KEEP_ACCOUNT, Can.PROVE_ONESELF, Can.SEE_PAYOUTS, Can.EDIT_COMPANY, Can.OPEN_MAILED_LINKS,
    Can.COMPLAIN, Can.SEE_NOTICES,
}  # fmt: skip

BEFORE_SIGNING = {
    Can.SIGN_AGREEMENTS, Can.SEE_SIGNATURES, Can.KEEP_ACCOUNT, Can.PROVE_ONESELF, Can.COMPLAIN,
}  # fmt: skip


class Thing:
    def __init__(self, partner_id):
        self.partner_id = partner_id


def somebody(role: Role, partner_id=None, *, visitor="") -> Actor:
    own = partner_id or (uuid4() if role in PARTNER_ROLES else None)
    return Actor(uuid4(), "N", "n@example.com", role, own, visitor=visitor)


@pytest.fixture
def ask(built_portal):
    """ask(person, permission, …): what a view guarded so answers: 200, or why not."""

    def told_to(person, permission, *, thing=None, method="GET", stage=Stage.IN, must_sign=False,
               proven=timedelta(), **guards):  # fmt: skip
        known = person and Asking(
            person, uuid4(), 0, None, "V", stage, clock.now(), None, clock.now() - proven, None,
            must_sign,
        )  # fmt: skip
        if thing is not None:
            guards["find"] = lambda who, thing_id: thing if who is person else thing_id
        told = []
        view = allow(permission, **guards)(
            lambda *found, **ids: told.append((found, ids)) or "seen"
        )
        with built_portal.test_request_context("/", method=method):
            if known:
                login_user(SignedIn("token", known))
            try:
                answer = view(thing_id=4126)
            except HTTPException as no:
                return no.code
            except (MustSign, ProofNeeded) as no:
                return type(no)
            found = (person, thing) if thing is not None else (person,)
            assert told == [(found, {} if thing is not None else {"thing_id": 4126})]
            assert answer.get_data(as_text=True) == "seen"
            assert portal_session.scope.owner == person.partner_id
            return 200

    return told_to


def test_every_permission_is_in_both_tables():
    assert set(WHO_MAY) == set(Can) == set(TABLE)


@pytest.mark.parametrize("role", Role)
def test_a_view_answers_each_role_as_the_table_says_whosever_the_row_is(role, ask):
    """Every permission, without a row, of one's own and of somebody else, and by a visitor."""
    wrong, asked = [], 0
    for permission, roles in TABLE.items():
        person = somebody(role)
        seen = somebody(role, person.partner_id, visitor="Kim Ralls")
        foreign = role in roles and not (role in PARTNER_ROLES and permission in OF_ONES_OWN)
        looked = role in roles and permission not in NOT_THROUGH_OTHERS_EYES
        for who, thing, expected in (
            (person, None, role in roles),
            (person, Thing(person.partner_id), role in roles),
            (person, Thing(uuid4()), foreign),
            (seen, None, looked),
            (seen, Thing(uuid4()), looked and foreign),
        ):
            asked += 1
            answers = (ask(who, permission, thing=thing), may(who, permission, thing))
            if answers != (200 if expected else 403, expected):
                wrong.append((permission, thing, answers))
    assert wrong == [] and asked == 5 * len(Can)


def test_before_signing_little_is_open(ask):
    for permission, roles in TABLE.items():
        expected = 200 if permission in BEFORE_SIGNING else MustSign
        assert ask(somebody(min(roles)), permission, must_sign=True) == expected, permission


def test_a_visitor_presses_only_what_is_meant_for_visitors(ask):
    seen = somebody(Role.SELLER, visitor="Kim Ralls")
    assert ask(seen, Can.SEE_DEALS, method="HEAD") == 200
    assert ask(seen, Can.SEE_DEALS, method="POST") == 403
    assert ask(seen, Can.SEE_DEALS, method="POST", visitors=True) == 200
    assert ask(seen, Can.EDIT_CATALOG, method="POST", visitors=True) == 403
    assert ask(somebody(Role.SELLER), Can.SEE_DEALS, method="POST") == 200


def test_who_is_not_all_the_way_in_reaches_what_is_open_to_that_stage(ask):
    seller = somebody(Role.SELLER)
    assert ask(None, Can.SEE_HOME) == 401
    for stage in (Stage.COMPANY, Stage.FACTOR, Stage.ENROL):
        assert ask(seller, Can.KEEP_ACCOUNT, stage=stage) == 401
        assert ask(seller, Can.KEEP_ACCOUNT, stage=stage, stages=(stage,)) == 200
    assert ask(seller, Can.KEEP_ACCOUNT, stage=Stage.FACTOR, stages=(Stage.ENROL,)) == 401


def test_a_proof_of_the_last_five_minutes_is_asked_of_whom_it_is_asked(ask):
    seller, late = somebody(Role.SELLER), timedelta(minutes=5)
    nobody = lambda who, thing: who is not seller or thing is not None  # noqa: E731
    only = lambda who, thing: who is seller and thing is None  # noqa: E731
    assert ask(seller, Can.SEE_DEALS, fresh=everybody) == 200
    assert ask(seller, Can.SEE_DEALS, fresh=only, proven=late) is ProofNeeded
    assert ask(seller, Can.SEE_DEALS, fresh=everybody, proven=late) is ProofNeeded
    assert ask(seller, Can.SEE_DEALS, fresh=nobody, proven=late) == 200
    assert ask(seller, Can.SEE_DEALS, proven=late) == 200


def test_a_view_carries_what_it_asks_for(built_portal):
    def view(**ids):
        return {"is_vendor": portal_session.scope.is_vendor, **ids}

    guarded = allow(Can.SEE_DEALS, fresh=may)(view)
    assert (guarded.permission, guarded.fresh, guarded.__name__) == (Can.SEE_DEALS, may, "view")
    assert anyone(view).permission is None and anyone(view).__name__ == "view"
    with built_portal.test_request_context("/"):
        assert anyone(view)(number=7).json == {"is_vendor": True, "number": 7}
