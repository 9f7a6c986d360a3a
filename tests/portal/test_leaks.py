"""Nothing that a partner receives names a rival: everything is collected, and searched."""

from dataclasses import replace
from io import BytesIO
from types import SimpleNamespace
from uuid import uuid4

import pytest
from sqlalchemy import or_, select

from models import deals
from models.claims import TerritoryClaim
from models.commissions import CommissionLine, Dispute, Statement
from models.commissions.disputes import DisputeNote
from models.complaints import Complaint
from models.customers import CustomerLink
from models.deals import Deal, DealBatch, PrecheckAsked, RenewalNotice, Visibility
from models.deals.conflicts import Conflict, ConflictEvidence, ConflictSide
from models.engagements import Touch
from models.files import StoredFile
from models.leads import Lead, LeadOffer
from models.notices import Notice
from models.partners import Partner, PartnerParent
from models.payouts import Payout
from models.people import Person
from models.sales import Invoice
from models.sellthrough import PosLine, PosReport
from models.wins import SharingSide
from portal import documents, sheets
from tests.leaks import amount_words, content_text, everything, found_in, text_of
from tests.portal.test_documents import NOW, STATEMENT

RESELLER = "seller@enterprise-center.example"
RIVAL = "seller@off-price-bike-center.example"
DISTRIBUTOR = "seller@global-bike-retailers.example"
SECRET = "D-LEAKED7"
LOOK = {"button": "look"}
WALKED = ("/leads/offers", "/complaints", "/account/export", "/shared-deals", "/deals/renewals",
          "/claims", "/disputes", "/notices", "/search", "/deals/export?as=xlsx")  # fmt: skip
"""Some of what must be among the pages that were collected."""


@pytest.mark.demo
@pytest.mark.parametrize("email", [RESELLER, RIVAL, DISTRIBUTOR])
def test_nothing_that_a_partner_receives_names_a_rival(app, session, sign_in, email):
    person = _person(session, email)
    secrets = _secrets(session, person)
    client = sign_in(email)
    received = everything(client, _addresses(app))
    _pre_check(client, session, person, received)
    _look_at_areas(client, received)
    _knock_at_others(app, client, session, person, received)
    _refusals(client, received)
    _mails(session, person, received)
    assert len(received.texts) > 80 and len(secrets) > 500
    assert {f"{path} (200)" for path in WALKED} <= set(received.texts)
    assert found_in(received, secrets) == []


@pytest.mark.demo
def test_a_leak_that_is_planted_is_found(app, session, sign_in):
    """In a comment on a page, in a mail, and in the name of a file."""
    person, rival = _person(session, RESELLER), _person(session, RIVAL)
    theirs = session.scalars(select(Deal).where(Deal.partner_id == rival.partner_id)).first()
    own = session.scalars(
        select(Deal).where(Deal.partner_id == person.partner_id, Deal.status == "approved")
    ).first()
    staff = session.get(Person, own.channel_manager_id).actor()
    said = f"We prefer {theirs.number} of Off-Price Bike Center."
    deals.comment(session, own, said, visibility=Visibility.ALL, by=staff, now=own.updated_at)
    secrets, client = _secrets(session, person), sign_in(RESELLER)
    received = everything(client, [f"/deals/{own.id}"])
    _mails(session, person, received)
    leaked = found_in(received, secrets)
    assert {theirs.number.casefold(), "off-price bike center"} <= {secret for _, secret in leaked}
    assert any(where.startswith("/deals/") for where, _ in leaked)
    assert any(where.startswith("mail") for where, _ in leaked)


def test_the_search_looks_into_headers_spreadsheets_and_papers():
    columns = [sheets.Column("Deal", lambda row: row), sheets.Column("Now", lambda row: None)]
    book, plain = BytesIO(), BytesIO()
    sheets.write_xlsx(book, columns, [SECRET, "D-OTHER"])
    sheets.write_csv(plain, columns, [SECRET])
    paper = documents.statement(replace(STATEMENT, number=SECRET), now=NOW)
    assert SECRET in content_text(book.getvalue(), "")
    assert SECRET in content_text(plain.getvalue(), "text/csv")
    assert SECRET in content_text(paper, "application/pdf")
    named = {"Content-Disposition": f'attachment; filename="{SECRET}.csv"'}
    answer = SimpleNamespace(headers=named, data=b"", mimetype="text/csv", status_code=200)
    assert SECRET in text_of(answer)


def _person(session, email) -> Person:
    return session.scalars(select(Person).where(Person.email == email)).one()


def _addresses(app) -> list[str]:
    """Every address without an id, and the lists among them as files."""
    plain = [
        rule.rule for rule in app.url_map.iter_rules()
        if "GET" in rule.methods and not rule.arguments
    ]  # fmt: skip
    files = [f"{path}?as={kind}" for path in plain if "export" in path for kind in ("csv", "xlsx")]
    return ["/", *plain, *files]


def _pre_check(client, session, person, received) -> None:
    """Asked about customers of others, live and on its page."""
    own = select(CustomerLink.customer_id).where(CustomerLink.partner_id == person.partner_id)
    foreign = session.scalars(
        select(Deal).where(Deal.customer_id.is_not(None), Deal.customer_id.not_in(own)).limit(3)
    ).all()
    assert len(foreign) == 3
    for deal in foreign:
        named = {"customer_name": deal.customer_name, "customer_country": deal.customer_country}
        received.says(
            f"asked live {deal.id}", _blind(client.post("/deals/check", data=named), deal)
        )
        named = {"name": deal.customer_name, "country": deal.customer_country}
        answer = client.post("/deals/pre-check", data=named, follow_redirects=True)
        received.says(f"asked {deal.id}", _blind(answer, deal))


def _blind(answer, deal) -> str:
    """Without the name that was asked about: the asker knows it."""
    return text_of(answer).replace(deal.customer_name, "")


def _look_at_areas(client, received) -> None:
    """What is held and what is free: wide, narrow, refused; with and without script."""
    year = {"from_on": "2027-01-01", "through": "2027-12-31", "country": "DE", "is_exclusive": "y"}
    for places in ("DE AT BE", "80*", "10-14", "80331", "US-WA US-OR", "LU"):
        said = year | {"places": places, "name": "Anything", "plan": "We go there. " * 9}
        received.add(f"looked at {places}", client.post("/claims/look", data=said))
        received.add(f"looked again at {places}", client.post("/claims", data=said | LOOK))
    bad = year | {"places": "DE", "through": "2020-01-01", "button": "save"}
    received.add("drawn badly", client.post("/claims", data=bad))
    for of in ("world", "DE", "US"):
        received.add(f"map of {of}", client.get(f"/claims/map?of={of}&places=DE-BY"))


def _knock_at_others(app, client, session, person, received) -> None:
    """Every address of a row of somebody else."""
    not_own = Partner.id != person.partner_id
    ids = {
        "deal_id": session.scalar(
            select(Deal.id).where(Deal.partner_id.not_in(_read(session, person)))
        ),
        "conflict_side_id": _first(session, ConflictSide, person),
        "side_id": _first(session, SharingSide, person),
        "conflict_id": session.scalar(select(Conflict.id)),
        "invoice_id": _first(session, Invoice, person),
        "statement_id": _first(session, Statement, person),
        "line_id": _first(session, CommissionLine, person),
        "dispute_id": _first(session, Dispute, person),
        "payout_id": _first(session, Payout, person),
        "file_id": _first(session, StoredFile, person),
        "partner_id": session.scalar(select(Partner.id).where(not_own)),
        "claim_id": _first(session, TerritoryClaim, person),
        "touch_id": session.scalar(select(Touch.id)),
        "lead_id": session.scalar(select(Lead.id)),
        "offer_id": _first(session, LeadOffer, person),
        "complaint_id": _first(session, Complaint, person),
        "pos_report_id": _first(session, PosReport, person),
        "pos_line_id": _first(session, PosLine, person),
        "notice_id": _first(session, RenewalNotice, person),
        "batch_id": _first(session, DealBatch, person),
        "precheck_id": _first(session, PrecheckAsked, person),
        "person_id": _first(session, Person, person),
        "customer_id": session.scalar(
            select(Deal.customer_id).where(Deal.partner_id.not_in(_read(session, person)))
        ),
    }
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or not set(rule.arguments) & set(ids):
            continue
        filled = {name: ids.get(name) or uuid4() for name in rule.arguments}
        path = app.url_map.bind("localhost").build(rule.endpoint, filled)
        answer = client.get(path)
        received.add(path, answer)
        assert answer.status_code >= 300, path


def _refusals(client, received) -> None:
    """What is said of mistakes: an address that is not there, a way that is not, empty forms."""
    received.add("nowhere", client.get("/nowhere"))
    received.add("no such way", client.delete("/deals"))
    for path in ("/deals/new", "/complaints/new", "/deals/pre-check", "/account/password"):
        received.add(f"empty {path}", client.post(path, data={}))


def _mails(session, person, received) -> None:
    """What the bell shows and the mails say, those of its company's other people included."""
    for notice in session.scalars(select(Notice).where(Notice.partner_id == person.partner_id)):
        received.says(f"mail {notice.id}", f"{notice.title}\n{notice.body}\n{notice.link}")


def _first(session, kind, person):
    mine = _read(session, person)
    return session.scalar(select(kind.id).where(kind.partner_id.not_in(mine)).limit(1))


def _read(session, person) -> set:
    """Whose rows this person may read: its company's, and its resellers'."""
    under = PartnerParent.distributor_id == person.partner_id
    return {person.partner_id, *session.scalars(select(PartnerParent.partner_id).where(under))}


def _secrets(session, person) -> set[str]:
    """Names, domains, people, numbers, evidence and amounts of every rival."""
    read = _read(session, person)
    known = or_(PartnerParent.partner_id == person.partner_id, PartnerParent.partner_id.in_(read))
    above = set(session.scalars(select(PartnerParent.distributor_id).where(known)))
    shown = read | above  # a reseller is told who its distributor is
    secrets: set[str] = set()
    for kind, columns in (
        (Partner, (Partner.name, Partner.legal_name, Partner.domain, Partner.number)),
        (Person, (Person.email, Person.name)),
    ):
        owner = kind.id if kind is Partner else kind.partner_id
        for row in session.execute(select(*columns).where(owner.not_in(shown))):
            secrets |= set(row)
    for kind in (Deal, Invoice, Statement, CommissionLine, Dispute, Payout, ConflictSide):
        secrets |= set(session.scalars(select(kind.number).where(kind.partner_id.not_in(read))))
    private = {person.partner_id}
    secrets |= set(session.scalars(select(Conflict.number)))
    for column, owner in (
        (ConflictSide.number, ConflictSide.partner_id),
        (ConflictEvidence.text, ConflictEvidence.partner_id),
        (TerritoryClaim.name, TerritoryClaim.partner_id),
        (TerritoryClaim.number, TerritoryClaim.partner_id),
        (DisputeNote.text, DisputeNote.partner_id),
        (Dispute.number, Dispute.partner_id),
        (StoredFile.name, StoredFile.partner_id),
        (LeadOffer.reason, LeadOffer.partner_id),
        (Complaint.number, Complaint.partner_id),
        (Complaint.text, Complaint.partner_id),
        (Complaint.answer, Complaint.partner_id),
        (RenewalNotice.comment, RenewalNotice.partner_id),
        (PosReport.number, PosReport.partner_id),
    ):
        secrets |= set(session.scalars(select(column).where(owner.not_in(private))))
    offered = select(LeadOffer.lead_id).where(LeadOffer.partner_id == person.partner_id)
    for column in (Lead.number, Lead.company, Lead.contact_email):
        secrets |= set(session.scalars(select(column).where(Lead.id.not_in(offered))))
    secrets -= _agreed(session, person)
    return {secret for secret in secrets if len(secret) > 3} | _amounts(session, read)


def _agreed(session, person) -> set[str]:
    """The names of partners with whom a deal is shared: both have agreed to that."""
    of_own = SharingSide.partner_id == person.partner_id
    return set(session.scalars(select(SharingSide.other_name).where(of_own)))


def _amounts(session, read) -> set[str]:
    """What rivals' deals and statements are worth, where nothing of one's own is as much."""
    worth = select(Deal.value_minor).where(Deal.value_minor > 10_000_00)
    net = select(Invoice.net_minor).where(Invoice.net_minor > 10_000_00)
    theirs = set(session.scalars(worth.where(Deal.partner_id.not_in(read))))
    theirs |= set(session.scalars(net.where(Invoice.partner_id.not_in(read))))
    own = set(session.scalars(worth.where(Deal.partner_id.in_(read))))
    own |= set(session.scalars(net.where(Invoice.partner_id.in_(read))))
    distinctive = {minor for minor in theirs - own if minor % 100}
    return {words for minor in distinctive for words in amount_words(minor)}
