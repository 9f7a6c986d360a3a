"""A draft over what really happened: partner by partner, as a page and as files; never booked."""

import csv
import io
from datetime import date

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from models import commissions
from models.commissions import (
    CommissionLine,
    DraftState,
    PlanSimulation,
    Statement,
    simulations,
    together,
)
from models.commissions.operations import simulating
from models.commissions.rated import RatedEvent, RatingState
from models.ledger import Posting
from models.partners import Partner
from models.people import SYSTEM, Role
from tests.months import work

TIERED = {
    "base": {
        "type": "tier",
        "mode": "marginal",
        "window": "quarter",
        "tiers": [["0", "0.05"], ["1000", "0.20"]],
    },
    "clawback": {"days": 90},
}
BOOKED = (CommissionLine, Statement, Posting, RatedEvent, RatingState)


@pytest.fixture
def finance(a, sign_in):
    a.programme()
    return sign_in(a.finance(name="Fay Finance"))


@pytest.fixture
def draft(a):
    """Two partners on ten per cent for all; the draft has tiers over the quarter."""
    plan = a.plan()
    large, small = a.partner(name="Large AG"), a.partner(name="Small KG")
    for _ in range(2):
        a.earned(2_000_00, partner_id=large.id, issued_on=date(2026, 11, 2))
    invoice = a.earned(500_00, partner_id=small.id, issued_on=date(2026, 11, 3))
    a.credit_note(invoice, 100_00)
    a.rate_all()
    return a.plan_draft(plan, TIERED, by=a.actor(role=Role.FINANCE))


def booked(session):
    return [session.scalar(select(func.count()).select_from(table)) for table in BOOKED]


def rows(session, draft):
    found = simulations.latest(session, draft.id)
    return {row.name: (row.then_minor, row.would_minor)
            for row in session.execute(simulations.rows_of(found.id))}  # fmt: skip


WORKED_OUT = {"Large AG": (400_00, 650_00), "Small KG": (40_00, 20_00)}


def test_each_partner_has_what_was_paid_and_what_would_be(a, session, finance, draft):
    before = booked(session)
    finance.post(f"/plans/drafts/{draft.id}/simulation")
    assert rows(session, draft) == WORKED_OUT
    page = finance.get(f"/plans/drafts/{draft.id}/simulation").text
    for shown in ("Large AG", "€400.00", "€650.00", "€250.00", "+62.5%", "−50.0%", "€670.00"):
        assert shown in page, shown
    assert "Partners by how much more or less they would get" in page
    assert booked(session) == before
    assert simulations.distribution(session, simulations.latest(session, draft.id).id) == [
        1, 0, 0, 0, 0, 0, 1, 0,
    ]  # fmt: skip


def test_the_files_say_what_the_screen_says(session, finance, draft):
    finance.post(f"/plans/drafts/{draft.id}/simulation")
    address = f"/plans/drafts/{draft.id}/simulation/export"
    text = finance.get(f"{address}?as=csv").data.decode("utf-8-sig")
    listed = {row["Partner"]: row for row in csv.DictReader(io.StringIO(text))}
    assert (listed["Large AG"]["Would be paid"], listed["Large AG"]["Difference"]) == (
        "650.00", "250.00",
    )  # fmt: skip
    sheet = load_workbook(io.BytesIO(finance.get(f"{address}?as=xlsx").data)).active
    head, *cells = list(sheet.iter_rows(values_only=True))
    at = head.index("Difference")
    assert [(row[0], row[at]) for row in cells] == [("Large AG", 250), ("Small KG", -20)]


def test_a_large_one_is_left_to_the_worker_and_shows_how_far_it_is(
    a, app, session, finance, draft, monkeypatch
):
    monkeypatch.setattr(simulating, "AT_ONCE", 2)
    finance.post(f"/plans/drafts/{draft.id}/simulation")
    assert "0 of 4 payments" in finance.get(f"/plans/drafts/{draft.id}/simulation").text
    assert "0 of 4 payments" in finance.get(f"/plans/drafts/{draft.id}/simulation/progress").text
    before = booked(session)
    work(app, session)
    assert rows(session, draft) == WORKED_OUT
    assert session.scalars(select(PlanSimulation.done_count)).one() == 4
    assert booked(session) == before
    answer = finance.get(f"/plans/drafts/{draft.id}/simulation/progress")
    assert answer.headers["HX-Refresh"] == "true"


def test_a_version_that_was_changed_since_says_so(a, session, finance, draft):
    finance.post(f"/plans/drafts/{draft.id}/simulation")
    sent = {"from_on": "2026-12-01", "rules": '{"base": {"type": "flat", "rate": "0.2"}}'}
    finance.post(f"/plans/drafts/{draft.id}/json", data=sent)
    assert "Simulate again" in finance.get(f"/plans/drafts/{draft.id}/simulation").text


def test_only_what_is_not_in_force_is_simulated(a, session, finance, draft):
    draft.state = DraftState.DISCARDED
    session.commit()
    finance.post(f"/plans/drafts/{draft.id}/simulation")
    assert session.scalars(select(PlanSimulation)).all() == []


def test_a_plan_that_begins_later_is_simulated_for_whom_it_is_assigned_to(
    a, session, finance, draft
):
    large = session.scalars(select(Partner).where(Partner.name == "Large AG")).one()
    fresh = a.plan(assigned=False)
    commissions.assign(
        session, fresh, partner_id=large.id, from_on=date(2027, 1, 1), by=SYSTEM, now=a.now
    )
    other = a.plan_draft(fresh, TIERED, by=a.actor(role=Role.FINANCE))
    finance.post(f"/plans/drafts/{other.id}/simulation")
    assert rows(session, other) == {"Large AG": WORKED_OUT["Large AG"]}


def test_partners_that_share_customers_or_deals_are_worked_out_together_all_others_apart(
    a, session, finance, monkeypatch
):
    """One customer bought from two; a third shares a deal with a fourth; the month has a cap."""
    plan = a.plan()
    one, two, three, four, alone = (a.partner(name=name) for name in "12345")
    customer = a.customer()
    bought = {"issued_on": date(2026, 11, 2), "customer_id": customer.id}
    for partner in (one, two):
        a.earned(1_000_00, partner_id=partner.id, **bought)
    for partner in (three, four, alone):
        a.earned(1_000_00, partner_id=partner.id, issued_on=date(2026, 11, 2))
    monkeypatch.setattr(together, "shared_pairs", lambda _session: [(three.id, four.id)])
    rules = {
        "base": {"type": "flat", "rate": "0.10"},
        "new_logo_bonus": {"amount": "50.00", "lookback_months": 12},
        "period_cap": "120.00",
    }
    draft = a.plan_draft(plan, rules, by=a.actor(role=Role.FINANCE))
    parts = []
    monkeypatch.setattr(simulations, "AT_ONCE", 1)
    whole = simulations._work_out_some

    def counted(*words):
        parts.append(len(words[4]))
        whole(*words)

    monkeypatch.setattr(simulations, "_work_out_some", counted)
    finance.post(f"/plans/drafts/{draft.id}/simulation")
    assert sorted(parts) == [1, 2, 2]
    assert sorted(rows(session, draft).items())[:2] == [
        ("1", (100_00, 150_00)), ("2", (100_00, 100_00)),
    ]  # fmt: skip


def test_a_plan_that_nobody_is_on_yet_is_simulated_for_everybody(a, session, finance, draft):
    fresh = a.plan(assigned=False)
    other = a.plan_draft(fresh, TIERED, by=a.actor(role=Role.FINANCE))
    finance.post(f"/plans/drafts/{other.id}/simulation")
    assert rows(session, other) == WORKED_OUT
