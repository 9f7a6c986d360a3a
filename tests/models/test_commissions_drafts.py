"""A plan version is written by one person and put into force by another; a change voids it."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DatabaseError

from models import commissions
from models.commissions import DraftState, Plan, PlanDraft, PlanVersion, drafts
from models.commissions.plan_files import read_plan, written_plan
from models.commissions.replay.case import plan_case
from models.errors import Refused
from models.notices import Notice
from models.people import SYSTEM, Role
from tests.factories_commissions import SINCE, TEN_PERCENT, TWELVE_PERCENT

GOLDEN = Path(__file__).parents[1] / "golden" / "commissions.json"
FIFTEEN = {"base": {"type": "flat", "rate": "0.15"}}


@pytest.fixture
def author(a):
    return a.actor(role=Role.FINANCE, name="Ada Author")


@pytest.fixture
def second(a):
    return a.actor(role=Role.FINANCE, name="Sam Second")


def propose(session, a, draft, by):
    commissions.propose_draft(session, draft, by=by, now=a.now)


LONG_AGO = {"from_on": date(2020, 1, 1), "to_on": date(2020, 2, 1)}


def approve(session, a, draft, by):
    return commissions.approve_draft(session, draft, seen=drafts.seen_of(draft), by=by, now=a.now)


def approved(session, a, author, second, plan=None, **said):
    draft = a.plan_draft(plan or a.plan(), by=author, **said)
    propose(session, a, draft, author)
    return draft, approve(session, a, draft, second)


def edit(session, a, draft, by, rules=None, **said):
    days = {"from_on": draft.from_on, "to_on": draft.to_on, "was": draft.state}
    commissions.edit_draft(
        session, draft, rules=rules or FIFTEEN, by=by, now=a.now, **(days | said)
    )


def test_a_draft_rates_nothing_until_a_second_person_puts_it_into_force(session, a, author, second):
    plan = a.plan()
    draft = a.plan_draft(plan, by=author, from_on=date(2026, 11, 1))
    assert [row.number for row in session.scalars(select(PlanVersion))] == [1]
    propose(session, a, draft, author)
    version = approve(session, a, draft, second)
    assert (version.author_id, version.approved_by_id) == (author.id, second.id)
    first = session.scalars(select(PlanVersion).where(PlanVersion.number == 1)).one()
    assert (first.to_on, version.from_on) == (date(2026, 11, 1), date(2026, 11, 1))
    told = session.scalars(select(Notice.person_id).where(Notice.kind == "plan-proposed")).all()
    assert second.id in told and author.id not in told
    assert session.scalars(select(Notice).where(Notice.kind == "plan-decided")).one()


def test_nobody_who_wrote_on_a_version_approves_it(session, a, author, second):
    draft = a.plan_draft(a.plan(), by=second)
    edit(session, a, draft, author)
    propose(session, a, draft, author)
    for writer in (author, second):
        with pytest.raises(Refused, match="a second person must approve"):
            approve(session, a, draft, writer)
    with pytest.raises(Refused, match="a second person must approve"):
        approve(session, a, draft, SYSTEM)
    assert approve(session, a, draft, a.actor(role=Role.ADMINISTRATOR))


def test_the_database_refuses_an_author_who_approves(session, a, author, second):
    draft, version = approved(session, a, author, second)
    with pytest.raises(DatabaseError, match="needs_a_second_person"), session.begin_nested():
        session.execute(update(PlanDraft).values(approved_by_id=author.id))
    told = {column.key: getattr(version, column.key) for column in PlanVersion.__table__.columns}
    alone = told | {"id": draft.id, "number": 9, "approved_by_id": author.id} | LONG_AGO
    with pytest.raises(DatabaseError, match="needs_a_second_person"), session.begin_nested():
        session.execute(PlanVersion.__table__.insert().values(alone))


def test_the_database_refuses_to_change_what_is_proposed_or_approved(session, a, author):
    draft = a.plan_draft(a.plan(), by=author)
    propose(session, a, draft, author)
    with pytest.raises(DatabaseError, match="back to a draft"), session.begin_nested():
        session.execute(update(PlanDraft).values(from_on=date(2027, 1, 1)))


def test_what_is_approved_is_what_was_looked_at(session, a, author, second):
    draft = a.plan_draft(a.plan(), by=author)
    seen = drafts.seen_of(draft)
    edit(session, a, draft, author)
    propose(session, a, draft, author)
    with pytest.raises(Refused, match="changed since you looked"):
        commissions.approve_draft(session, draft, seen=seen, by=second, now=a.now)


def test_a_change_takes_a_proposal_back(session, a, author, second):
    draft = a.plan_draft(a.plan(), by=author)
    propose(session, a, draft, author)
    edit(session, a, draft, author)
    assert draft.state is DraftState.DRAFT
    with pytest.raises(Refused, match="cannot approve this version: it is draft"):
        approve(session, a, draft, second)
    assert drafts.events_of(session, draft.id)[0].verb == "void"


def test_the_frame_is_changed_until_a_version_is_approved_and_takes_proposals_back(
    session, a, author, second
):
    plan = commissions.make_plan(
        session, name="Frame", currency="EUR", time_zone="UTC", by=author, now=a.now
    )
    frame = {
        "name": "Frame", "currency": "JPY", "time_zone": "Asia/Tokyo", "payout_currency": "JPY",
        "earning_event": "won", "fx_policy": "period_end",
    }  # fmt: skip
    cents = {"base": {"type": "flat", "rate": "0.1"}, "deal_cap": "10.50"}
    draft = a.plan_draft(plan, cents, by=author)
    with pytest.raises(Refused, match=r"rules\.deal_cap"):
        commissions.edit_frame(session, plan, **frame, by=author, now=a.now)
    edit(session, a, draft, author)
    propose(session, a, draft, author)
    commissions.edit_frame(session, plan, **frame, by=author, now=a.now)
    assert (plan.currency, plan.fx_policy, draft.state) == ("JPY", "period_end", DraftState.DRAFT)
    propose(session, a, draft, author)
    approve(session, a, draft, second)
    with pytest.raises(Refused, match="what was promised stays"):
        commissions.edit_frame(session, plan, **frame, by=author, now=a.now)
    with pytest.raises(DatabaseError, match="keeps its frame"):
        session.execute(update(Plan).where(Plan.id == plan.id).values(currency="EUR"))


def test_a_change_after_the_approval_voids_it_and_the_version_before_goes_on(
    session, a, author, second
):
    draft, version = approved(session, a, author, second)
    edit(session, a, draft, author)
    assert (draft.state, draft.version_id) == (DraftState.DRAFT, None)
    (only,) = session.scalars(select(PlanVersion))
    assert (only.number, only.to_on) == (1, None)
    assert only.id != version.id


def test_two_versions_are_never_in_force_at_once_when_one_between_is_voided(
    session, a, author, second
):
    plan = a.plan()
    open_ended, _ = approved(session, a, author, second, plan, from_on=date(2026, 12, 1))
    approved(session, a, author, second, plan, from_on=date(2027, 3, 1))
    edit(session, a, open_ended, author)
    session.expire_all()
    versions = session.scalars(select(PlanVersion).order_by(PlanVersion.from_on)).all()
    assert [(one.from_on, one.to_on) for one in versions] == [
        (SINCE, date(2027, 3, 1)),
        (date(2027, 3, 1), None),
    ]
    with pytest.raises(DatabaseError), session.begin_nested():
        session.execute(
            update(PlanVersion).where(PlanVersion.id == versions[0].id).values(to_on=None)
        )


def test_a_version_that_has_begun_is_never_changed(session, a, author, second):
    draft, _ = approved(session, a, author, second, from_on=a.now.date())
    with pytest.raises(Refused, match="is in force and never changes"):
        edit(session, a, draft, author)


def test_it_is_sent_back_with_a_reason_that_its_author_reads(session, a, author, second):
    draft = a.plan_draft(a.plan(), by=author)
    propose(session, a, draft, author)
    with pytest.raises(Refused, match="Say why"):
        commissions.send_back_draft(session, draft, reason=" ", by=second, now=a.now)
    commissions.send_back_draft(session, draft, reason="Too dear.", by=second, now=a.now)
    assert draft.state is DraftState.DRAFT
    told = session.scalars(select(Notice).where(Notice.kind == "plan-decided")).one()
    assert (told.person_id, told.body) == (author.id, "Too dear.")


def test_what_must_be_mended_first_is_not_proposed(session, a, author):
    plan = a.plan()
    a.version(plan, TWELVE_PERCENT, date(2027, 1, 1))
    draft = a.plan_draft(plan, by=author, from_on=date(2026, 12, 1))
    with pytest.raises(Refused, match=r"Version 2 is in force .* End before 1 January 2027"):
        propose(session, a, draft, author)


def findings(session, a, rules, plan=None, from_on=date(2026, 12, 1), to_on=None):
    found = commissions.findings(
        session, plan or a.plan(), rules, from_on, to_on, today=a.now.date()
    )
    return " ".join(one.text for one in found)


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({"type": "recurring", "schedule": [[1, 12, "0.2"], [14, None, "0.1"]]}, "Month 13 of a"),
        ({"type": "by_category", "rates": {"sofware": "0.1"}}, "has the category “sofware”"),
        ({"type": "by_deal_type", "rates": {"gift": "0.1"}}, "No deal is of the type “gift”"),
        (
            {"type": "tier", "mode": "deal_slab", "tiers": [["0", "0.1"], ["10", "0.1"]]},
            "the upper one changes nothing",
        ),
    ],
)
def test_rules_that_do_nothing_are_found_and_it_is_said_how_to_mend_them(session, a, rules, said):
    assert said in findings(session, a, {"base": rules})


def test_spiffs_that_meet_or_miss_the_version_are_found(session, a):
    spiff = {"sku": "FW-1", "per_unit": "25.00", "from": "2026-12-01", "to": "2026-12-31"}
    before = spiff | {"from": "2026-10-01", "to": "2026-10-31"}
    said = findings(session, a, TEN_PERCENT | {"spiffs": [spiff, spiff, before]})
    assert "Two SPIFFs for FW-1 hold on the same days" in said
    assert "The catalogue has no product FW-1" in said
    assert "when this version is not in force" in said


def test_the_hole_behind_a_version_with_a_last_day_is_found_until_another_follows(session, a):
    plan, hole = a.plan(), "From 1 January 2027 on this plan has no version"
    december = {"plan": plan, "from_on": date(2026, 12, 1), "to_on": date(2027, 1, 1)}
    assert hole in findings(session, a, TEN_PERCENT, **december)
    assert hole not in findings(session, a, TEN_PERCENT, plan)
    a.version(plan, TWELVE_PERCENT, date(2027, 1, 1))
    assert hole not in findings(session, a, TEN_PERCENT, **december)


def test_a_tax_that_only_replays_work_out_is_found(session, a):
    assert "in replays only" in findings(session, a, TEN_PERCENT | {"tax": {"vat_rate": "0.19"}})


def test_a_currency_without_a_rate_is_found_as_long_as_somebody_is_paid_in_it(session, a):
    plan = a.plan()
    a.partner(currency="JPY")
    assert "no exchange rate from EUR to JPY" in findings(session, a, TEN_PERCENT, plan)
    a.rate("EUR", "JPY", "163.2", a.now.date() - timedelta(days=3))
    assert "exchange rate" not in findings(session, a, TEN_PERCENT, plan)


def test_a_version_that_begins_in_the_past_says_what_keeps_its_lines(session, a):
    plan = a.plan()
    a.earned()
    assert "keeps its lines" in findings(session, a, TEN_PERCENT, plan, from_on=date(2026, 11, 1))
    assert "keeps its lines" not in findings(session, a, TEN_PERCENT, plan)


def test_every_golden_plan_loads_and_comes_out_as_it_went_in(session, a):
    a.vendor()
    for case in json.loads(GOLDEN.read_text())["cases"]:
        told = case["plan"] | {"name": case["id"]}
        loaded = commissions.load_plan(session, read_plan(told), by=SYSTEM, now=a.now)
        for draft in loaded.drafts:
            commissions.add_version(
                session, loaded.plan, rules=draft.rules, from_on=draft.from_on, to_on=draft.to_on,
                by=SYSTEM, now=a.now,
            )  # fmt: skip
        out = written_plan(session, loaded.plan)
        before, after = plan_case({"plan": told}), plan_case({"plan": out})
        same = ("name", "currency", "payout_currency", "time_zone", "trigger", "fx_policy")
        assert [getattr(before, one) for one in same] == [getattr(after, one) for one in same]
        assert before.versions == after.versions, case["id"]
        again = commissions.load_plan(session, read_plan(out), by=SYSTEM, now=a.now)
        assert (again.drafts, again.known) == ([], len(before.versions))
        assert written_plan(session, again.plan) == out


def test_a_file_does_not_change_the_frame_of_a_plan_that_is_known(session, a):
    plan = a.plan(name="Gold")
    told = written_plan(session, plan) | {"currency": "USD"}
    with pytest.raises(Refused, match="with another currency"):
        commissions.load_plan(session, read_plan(told), by=SYSTEM, now=a.now)


def test_a_version_needs_a_second_person_by_whatever_door(session, a, author):
    plan = a.plan()
    for second in (None, author):
        with pytest.raises(Refused, match="needs a second person"):
            commissions.add_version(
                session, plan, rules=FIFTEEN, from_on=SINCE, by=author, approved_by=second,
                now=a.now,
            )  # fmt: skip
