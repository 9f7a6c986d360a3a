"""Disputes: a line is held and the rest is paid, a clock runs, a decision posts its own lines."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from models import commissions, files, vendor
from models.audit import AuditEntry
from models.commissions import Code, Dispute
from models.commissions.disputes import (
    DISPUTE_FILES,
    DisputeNote,
    DisputeStatus,
    notes_of,
    why_not,
)
from models.commissions.operations import OVERDUE, handle_overdue
from models.errors import Refused
from models.files import Upload
from models.jobs import Job
from models.notices import Notice
from models.people import Role
from models.scope import Scope, open_session
from tests.disputing import (
    DECEMBER,
    JANUARY,
    close,
    decide,
    earned_line,
    lines,
    of_line,
    statements,
)


@pytest.fixture
def line(a, session):
    return earned_line(a, session)


@pytest.fixture
def disputing(a, session, line):
    return of_line(a, session, line)


def test_a_disputed_amount_is_held_and_the_rest_is_paid(session, disputing):
    dispute = disputing(400_00, claimed=1_050_00)
    close(session)
    decide(session, dispute, "accept")
    close(session, "2026-12", now=JANUARY)
    assert [one.payable_minor for one in statements(session)] == [600_00, 450_00]
    held, released, added = lines(session)[1:]
    assert (held.code, released.code, added.code) == (
        Code.DISPUTE_HOLD, Code.DISPUTE_RELEASE, Code.ADJUSTMENT,
    )  # fmt: skip
    assert released.corrects == [held.id.hex]
    assert (dispute.status, dispute.added_minor) == (DisputeStatus.ACCEPTED, 50_00)


def test_a_line_of_a_closed_month_is_held_in_the_open_one_and_nothing_is_edited(
    session, a, line, disputing
):
    close(session)
    before = statements(session)[0].payable_minor
    a.now = DECEMBER
    a.earned(5_000_00, partner_id=line.partner_id, paid={"paid_at": DECEMBER})
    disputing(400_00, now=DECEMBER)
    close(session, "2026-12", now=JANUARY)
    first, second = statements(session)
    assert (first.payable_minor, before) == (1_000_00, 1_000_00)
    assert second.payable_minor == 500_00 - 400_00


@pytest.mark.parametrize(
    ("verb", "added", "paid"),
    [("accept", 100_00, 1_100_00), ("accept_in_part", 20_00, 1_020_00), ("deny", None, 1_000_00)],
)
def test_whatever_is_decided_what_was_held_is_released_once(session, disputing, verb, added, paid):
    dispute = disputing(1_000_00)
    decide(session, dispute, verb, added, now=dispute.opened_at)
    with pytest.raises(Refused, match=r"You cannot .* this dispute"):
        decide(session, dispute, verb, added, now=dispute.opened_at)
    close(session)
    assert statements(session)[0].payable_minor == paid


def test_what_the_decision_adds_fits_to_what_it_is_called(session, disputing):
    dispute = disputing(400_00, claimed=1_050_00)
    for verb, added, said in (
        ("accept", 10_00, "accept it in part"),
        ("accept_in_part", None, "Say how much"),
        ("accept_in_part", -1_00, "more than nothing"),
    ):
        with pytest.raises(Refused, match=said):
            decide(session, dispute, verb, added)
    assert dispute.status is DisputeStatus.OPEN


def test_a_line_is_disputed_once_at_a_time_and_never_for_more_than_is_left(
    session, a, line, disputing
):
    for minor in (0, 1_000_01):
        with pytest.raises(Refused, match=r"at most 1,000\.00 EUR"):
            disputing(minor)
    with pytest.raises(Refused, match="more than what it is"):
        disputing(1_00, claimed=999_00)
    first = disputing(1_00)
    with pytest.raises(Refused, match=f"{first.number} is open about this line"):
        disputing(1_00)
    twin = {c.key: getattr(first, c.key) for c in Dispute.__table__.columns}
    session.add(Dispute(**(twin | {"id": None, "number": "Q-TWIN"})))
    with pytest.raises(IntegrityError):
        session.flush()


def test_what_was_taken_back_stays_so_until_the_decision_gives_it_back(session, a, disputing):
    a.credit_note(a.earned(1_000_00), 500_00)
    a.rate_all()
    [taken] = lines(session, code=Code.CLAWBACK)
    dispute = disputing(50_00, about=taken)
    assert dispute.hold_line_id is None
    decide(session, dispute, "accept", 50_00, now=a.now)
    [given] = lines(session, code=Code.ADJUSTMENT)
    assert (given.amount_minor, given.corrects) == (50_00, [taken.id.hex])


def test_a_line_can_be_disputed_for_ninety_days_after_its_statement(session, disputing):
    close(session)  # on 1 December
    last = datetime(2027, 3, 1, 12, tzinfo=UTC)
    with pytest.raises(Refused, match="until 1 March 2027"):
        disputing(now=last + timedelta(days=1))
    assert disputing(now=last).status is DisputeStatus.OPEN


def test_what_only_moves_the_day_is_not_disputed():
    today = date(2026, 12, 1)
    said = {"closed_on": today, "today": today, "window_days": 90}
    assert "released on its day" in why_not(Code.HOLDBACK, **said)
    assert "dispute the clawback itself" in why_not(Code.CLAWBACK_DEFERRED, **said)
    assert why_not(Code.BASE, **said) is None


def test_clock_and_window_are_settings_of_the_programme(session, a, disputing):
    house = vendor.settings(session)
    house.dispute_business_days, house.dispute_window_days = 5, 30
    close(session)  # on 1 December
    with pytest.raises(Refused, match="for 30 days after its statement"):
        disputing(now=datetime(2027, 1, 1, 12, tzinfo=UTC))
    at = datetime(2026, 12, 31, 12, tzinfo=UTC)
    assert disputing(now=at).decide_by == at + timedelta(days=8)  # 1 January is a holiday


def test_the_clock_is_ten_business_days_of_the_vendor_and_its_end_is_told_once(
    session, a, line, disputing
):
    admin, fay = a.person(role=Role.ADMINISTRATOR), a.finance()
    dispute = disputing()
    assert dispute.decide_by == a.now + timedelta(days=14)  # ten without two week-ends
    job = session.scalars(select(Job).where(Job.topic == OVERDUE)).one()
    assert job.run_at == dispute.decide_by
    for _ in range(2):
        handle_overdue(session, job.payload, dispute.decide_by)
    session.flush()
    told = session.scalars(select(Notice.person_id).where(Notice.kind == OVERDUE)).all()
    assert sorted(told) == sorted([admin.id, fay.id, *_people_of(session, line)])
    assert dispute.overdue_at == dispute.decide_by


def test_a_dispute_decided_in_time_is_not_overdue(session, disputing):
    dispute = disputing()
    decide(session, dispute, "deny", now=dispute.opened_at)
    handle_overdue(session, {"dispute_id": str(dispute.id)}, dispute.decide_by)
    assert dispute.overdue_at is None


def test_both_sides_write_and_the_other_is_told(session, a, line, disputing):
    fay = a.finance()
    dispute = disputing(uploads=[Upload("mail.txt", b"You get 12 percent.")])
    [kept] = files.attached(session, DISPUTE_FILES, dispute.id)
    assert (kept.name, kept.partner_id) == ("mail.txt", line.partner_id)
    commissions.write_in_dispute(
        session, dispute.id, text="Who promised it?", by=fay.actor(), now=a.now
    )
    told = session.scalars(select(Notice).where(Notice.kind == "dispute-written")).first()
    assert (told.partner_id, told.body) == (line.partner_id, "Who promised it?")
    decide(session, dispute, "deny", now=a.now)
    decided = session.scalars(select(Notice).where(Notice.kind == "dispute-decided")).first()
    assert "We looked it up." in decided.body
    assert [note.verb for note in notes_of(session, dispute.id)] == ["deny", "write", "open"]
    with pytest.raises(Refused, match="nothing can be added"):
        commissions.write_in_dispute(session, dispute.id, text="Late", by=fay.actor(), now=a.now)
    acts = session.scalars(select(AuditEntry.action).where(AuditEntry.about_kind == "dispute"))
    assert sorted(acts) == ["dispute denied", "dispute opened"]


def test_the_partner_may_withdraw_and_gets_what_was_held(session, a, disputing):
    dispute = disputing(400_00)
    close(session)
    by = a.actor(partner_id=dispute.partner_id)
    commissions.withdraw_dispute(session, dispute.id, by=by, at=DECEMBER, now=DECEMBER)
    close(session, "2026-12", now=JANUARY)
    assert [one.payable_minor for one in statements(session)] == [600_00, 400_00]
    with pytest.raises(Refused, match="it is withdrawn"):
        commissions.withdraw_dispute(session, dispute.id, by=by, at=DECEMBER, now=DECEMBER)


def test_neither_a_rival_nor_a_distributor_sees_a_dispute(session, a, line, disputing):
    dispute = disputing()
    session.commit()
    rival, parent = a.partner(), a.distributor()
    session.commit()
    reads = frozenset({line.partner_id})
    for scope in (Scope.partner(rival.id), Scope.partner(parent.id, reads=reads)):
        with open_session(session.get_bind(), scope) as own:
            assert commissions.disputes.find(own, dispute.id) is None
            assert own.scalars(select(DisputeNote)).all() == []
    with open_session(session.get_bind(), Scope.partner(line.partner_id)) as own:
        assert commissions.disputes.find(own, dispute.id).number == dispute.number


def test_what_was_written_in_a_dispute_is_never_changed(session, disputing):
    disputing()
    session.commit()
    for change in (update(DisputeNote).values(text="Nothing"), delete(DisputeNote)):
        with pytest.raises(DatabaseError, match="never changed"):
            session.execute(change)
        session.rollback()


def _people_of(session, line):
    return session.scalars(
        select(Notice.person_id).where(
            Notice.kind == "dispute-opened", Notice.partner_id == line.partner_id
        )
    ).all()
