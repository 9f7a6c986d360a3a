"""The wall between partners, walked along: every path, every list, every file, as a rival."""

import re
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from models.applications import Application
from models.claims import TerritoryClaim
from models.commissions import CommissionLine, Dispute, Plan, PlanAssignment, Statement
from models.complaints import Complaint
from models.customers import Customer, CustomerLink
from models.deals import Deal, DealMatch
from models.deals.conflicts import Conflict, ConflictSide
from models.engagements import Touch
from models.leads import Lead, LeadOffer
from models.notices import Notice
from models.partners import Partner
from models.partners.destinations import PayoutDestination
from models.payouts import Payout, PayoutRun
from models.people import Person, PersonStatus, Role, UserSession
from models.sales import CreditNote, Invoice
from models.sellthrough import PosLine, PosReport
from models.wins import DealOrder, SharingSide
from portal.permissions import may

pytestmark = pytest.mark.demo

OWNER = "seller@enterprise-center.example"
READS = ("GET", "POST")
UNLIKE = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[\w.-]{60,}")
"""Ids, and the tokens of forms."""
OPEN_TO_PARTNERS = {"product_id", "price_list_id"}
"""Reference data that every partner may read."""

AMONG_ONES_OWN = {"notices.read": 303, "account.end_session": 303}
"""These look among one's own rows only; what is not among them is left alone, without a word."""


@pytest.fixture
def theirs(session) -> dict[str, UUID]:
    """The owner's rows, by the name that paths give to their id."""
    owner = session.scalars(select(Person).where(Person.email == OWNER)).one()
    partner_id = owner.partner_id

    def first(column, *where):
        return session.scalars(select(column).where(*where).limit(1)).first() or uuid4()

    shared = select(CustomerLink.customer_id).where(CustomerLink.partner_id != partner_id)
    own = (CustomerLink.partner_id == partner_id, CustomerLink.customer_id.not_in(shared))
    return {
        "deal_id": first(Deal.id, Deal.partner_id == partner_id),
        "match_id": first(DealMatch.id),
        "order_id": first(DealOrder.id, DealOrder.partner_id == partner_id),
        "side_id": first(SharingSide.id, SharingSide.partner_id == partner_id),
        "conflict_id": first(Conflict.id),
        "conflict_side_id": first(ConflictSide.id, ConflictSide.partner_id == partner_id),
        "touch_id": first(Touch.id),
        "invoice_id": first(Invoice.id, Invoice.partner_id == partner_id),
        "statement_id": first(Statement.id, Statement.partner_id == partner_id),
        "line_id": first(CommissionLine.id, CommissionLine.partner_id == partner_id),
        "dispute_id": first(Dispute.id, Dispute.partner_id == partner_id),
        "payout_id": first(Payout.id, Payout.partner_id != partner_id),
        "run_id": first(PayoutRun.id),
        "destination_id": first(PayoutDestination.id, PayoutDestination.partner_id == partner_id),
        "partner_id": partner_id,
        "person_id": owner.id,
        "customer_id": first(CustomerLink.customer_id, *own),
        "notice_id": first(Notice.id, Notice.person_id == owner.id),
        "session_id": first(UserSession.id, UserSession.person_id == owner.id),
        "plan_id": first(Plan.id),
        "assignment_id": first(PlanAssignment.id),
        "claim_id": first(TerritoryClaim.id, TerritoryClaim.partner_id == partner_id),
        "application_id": first(Application.id),
        "lead_id": first(Lead.id),
        "offer_id": first(LeadOffer.id, LeadOffer.partner_id == partner_id),
        "complaint_id": first(Complaint.id, Complaint.partner_id == partner_id),
        "pos_report_id": first(PosReport.id),
        "pos_line_id": first(PosLine.id),
    }


@pytest.fixture
def rival(session):
    """A seller and an administrator of another partner of the same country."""
    owner = session.scalars(select(Person).where(Person.email == OWNER)).one()
    people = session.scalars(
        select(Person)
        .join(Partner, Partner.id == Person.partner_id)
        .where(Partner.name == "Off-Price Bike Center")
        .order_by(Person.role)
    ).all()
    assert len(people) == 2 and all(one.partner_id != owner.partner_id for one in people)
    return people


def test_every_path_to_another_partners_row_is_not_there(app, session, sign_in, theirs, rival):
    sign_in(OWNER)
    walked, wrong, before = 0, [], _kept(session, theirs)
    for person in rival:
        client = sign_in(person)
        for rule in app.url_map.iter_rules():
            if not _leads_to_a_row(rule):
                continue
            ids = {name: theirs.get(name, uuid4()) for name in rule.arguments}
            path = app.url_map.bind("localhost").build(rule.endpoint, ids)
            nowhere = app.url_map.bind("localhost").build(rule.endpoint, _nobodys(rule))
            for method in rule.methods & set(READS):
                walked += 1
                foreign, missing = _told(client, method, path), _told(client, method, nowhere)
                if foreign[0] != _expected(app, rule, person) or foreign != missing:
                    wrong.append((person.role.value, method, path, rule.endpoint, foreign[0]))
    assert wrong == []
    assert walked > 100
    assert _kept(session, theirs) == before


@pytest.mark.parametrize("role", Role)
def test_each_role_reaches_the_views_of_its_permissions_and_no_others(app, session, sign_in, role):
    """Every view with ids that are nobody's: forbidden, or not there, as the table says."""
    people = select(Person).where(Person.role == role, Person.status == PersonStatus.ACTIVE)
    person = session.scalars(people.limit(1)).one()
    wrong, client = [], sign_in(person)
    for rule in app.url_map.iter_rules():
        permission = app.view_functions[rule.endpoint].permission if _is_ours(rule) else None
        if permission is None:
            continue
        path = app.url_map.bind("localhost").build(rule.endpoint, _nobodys(rule))
        for method in rule.methods & ({"POST"} if not rule.arguments else set(READS)):
            answer = client.open(path, method=method)
            if "/sign-in" in answer.headers.get("Location", ""):  # the press before signed out
                client = sign_in(person)
                answer = client.open(path, method=method)
            status = answer.status_code
            if (status == 403) is may(person.actor(), permission) or status >= 500:
                wrong.append((method, rule.endpoint, status))
    assert wrong == []


def test_the_owner_does_get_there(app, sign_in, theirs):
    client = sign_in(OWNER)
    for path in (
        f"/deals/{theirs['deal_id']}",
        f"/statements/{theirs['statement_id']}",
        f"/customers/{theirs['customer_id']}",
        f"/commissions/{theirs['line_id']}",
        f"/disputes/{theirs['dispute_id']}",
        f"/invoices/{theirs['invoice_id']}",
    ):
        assert client.get(path).status_code == 200, path


def test_no_list_and_no_file_names_what_is_another_partners(app, session, sign_in, rival):
    secrets = _secrets(session, rival[0].partner_id)
    assert len(secrets) > 300
    told = []
    for person in rival:
        client = sign_in(person)
        for rule in app.url_map.iter_rules():
            if rule.arguments or "GET" not in rule.methods:
                continue
            for suffix in ("", "?as=csv", "?q=a", "?search=a"):
                text = client.get(rule.rule + suffix).text
                told += [(rule.rule + suffix, secret) for secret in secrets if secret in text]
    assert told == []


def _is_ours(rule) -> bool:
    return rule.endpoint != "static"


def _nobodys(rule) -> dict[str, object]:
    """Ids of nothing, and a word or a month where the path wants one."""
    usual = {"IntegerConverter": 1, "MonthConverter": "2026-10", "WordConverter": "x"}
    kinds = {name: type(kind).__name__ for name, kind in rule._converters.items()}
    return {name: usual.get(kind) or uuid4() for name, kind in kinds.items()}


def _told(client, method, path) -> tuple[int, str, list[tuple[str, str]]]:
    """Everything that an answer says, but for the ids that were asked for."""
    with client.session_transaction() as cookie:
        cookie.pop("_flashes", None)  # what the request before had to say
    answer = client.open(path, method=method)
    text = UNLIKE.sub("…", answer.text)
    headers = [
        (name, UNLIKE.sub("…", value)) for name, value in answer.headers if name != "Set-Cookie"
    ]
    return answer.status_code, text, sorted(headers)


def _kept(session, theirs) -> list:
    """What a rival's press of a button must leave as it is."""
    session.expire_all()
    notice = session.get(Notice, theirs["notice_id"])
    deal = session.get_one(Deal, theirs["deal_id"])
    ended = select(UserSession.id).where(UserSession.ended_at.is_not(None))
    return [notice and notice.read_at, deal.status, deal.stage, session.scalars(ended).all()]


def _leads_to_a_row(rule) -> bool:
    uuids = {
        name for name, kind in rule._converters.items() if type(kind).__name__ == "UUIDConverter"
    }
    return bool(uuids) and uuids - OPEN_TO_PARTNERS != set() and "token_id" not in uuids


def _expected(app, rule, person) -> int:
    """Not there, where such people have pages of the kind; forbidden, where they have none."""
    if rule.endpoint in AMONG_ONES_OWN:
        return AMONG_ONES_OWN[rule.endpoint]
    permission = app.view_functions[rule.endpoint].permission
    if permission is None:  # directories want a token of their own; to strangers nothing is there
        return 401 if rule.rule.startswith("/scim/") else 404
    return 404 if may(person.actor(), permission) else 403


def _secrets(session, partner_id) -> set[str]:
    """Numbers and names that a partner may never read: deals, invoices, statements, customers."""
    secrets = set(session.scalars(select(Deal.number).where(Deal.partner_id != partner_id)))
    secrets |= set(session.scalars(select(Invoice.number).where(Invoice.partner_id != partner_id)))
    secrets |= set(
        session.scalars(select(Statement.number).where(Statement.partner_id != partner_id))
    )
    secrets |= set(
        session.scalars(
            select(CommissionLine.number).where(CommissionLine.partner_id != partner_id)
        )
    )
    secrets |= set(
        session.scalars(select(CreditNote.number).where(CreditNote.partner_id != partner_id))
    )
    secrets |= set(session.scalars(select(Payout.number).where(Payout.partner_id != partner_id)))
    secrets |= set(session.scalars(select(Dispute.number).where(Dispute.partner_id != partner_id)))
    own = select(CustomerLink.customer_id).where(CustomerLink.partner_id == partner_id)
    secrets |= set(session.scalars(select(Customer.name).where(Customer.id.not_in(own))))
    secrets |= set(session.scalars(select(Person.email).where(Person.partner_id != partner_id)))
    return secrets
