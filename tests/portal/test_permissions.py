"""Who may do what, written out a second time: a change must be meant twice."""

from uuid import uuid4

import pytest

from models.people import PARTNER_ROLES, STAFF, Actor, Role
from portal.permissions import WHO_MAY, Can, may

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


class Thing:
    def __init__(self, partner_id):
        self.partner_id = partner_id


def somebody(role: Role, partner_id=None) -> Actor:
    return Actor(uuid4(), "N", "n@example.com", role, partner_id)


def test_every_permission_is_in_both_tables():
    assert set(WHO_MAY) == set(Can) == set(TABLE)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("permission", Can)
def test_each_role_may_do_exactly_this(role, permission):
    partner_id = uuid4() if role in PARTNER_ROLES else None
    assert may(somebody(role, partner_id), permission) is (role in TABLE[permission])


@pytest.mark.parametrize("role", sorted(PARTNER_ROLES))
def test_a_distributor_changes_nothing_of_its_resellers(role):
    own, resellers = uuid4(), uuid4()
    distributor = somebody(role, own)
    assert may(distributor, Can.CLOSE_DEAL, Thing(own))
    assert not may(distributor, Can.CLOSE_DEAL, Thing(resellers))
    assert not may(distributor, Can.REGISTER_DEAL, Thing(resellers))
