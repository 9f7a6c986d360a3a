"""Decisions of disputes: above the limit by two people; a missing sale is added by one."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from models import commissions
from models.commissions import Code, Dispute
from models.commissions.disputes import (
    Decision,
    DisputeStatus,
    Missing,
    decisions_of,
)
from models.errors import Refused
from models.money import Money
from models.notices import Notice
from models.partners import Partner
from models.people import Role
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


@pytest.fixture
def fay(a):
    return a.actor(role=Role.FINANCE, name="Fay Finance")


def test_a_large_decision_is_given_once_a_second_person_agrees(session, a, disputing, fay):
    sam = a.actor(role=Role.FINANCE, name="Sam Second")
    dispute = disputing(400_00)
    large = Decision("accept", "The higher rate was agreed.", Money(500_01, "EUR"))
    said = {"at": a.now, "now": a.now}
    assert commissions.decide_dispute(session, dispute, large, by=fay, **said) == []
    assert (dispute.status, dispute.decision_text) == (DisputeStatus.OPEN, "")
    with pytest.raises(Refused, match="a second person must agree"):
        commissions.confirm_decision(session, dispute, by=fay, **said)
    with pytest.raises(Refused, match="waits for a second person"):
        commissions.decide_dispute(session, dispute, large, by=sam, **said)
    commissions.send_back_decision(session, dispute, reason="Which mail?", by=sam, **said)
    told = session.scalars(select(Notice).where(Notice.person_id == fay.id)).all()
    assert "Which mail?" in [one.body for one in told]
    commissions.decide_dispute(session, dispute, large, by=fay, **said)
    commissions.confirm_decision(session, dispute, by=sam, **said)
    assert (dispute.status, dispute.added_minor) == (DisputeStatus.ACCEPTED, 500_01)
    given = decisions_of(session, dispute.id)[0]
    given.second_by_id = given.by_id
    with pytest.raises(IntegrityError):
        session.flush()


def test_small_decisions_and_adjustments_of_one_person_count_together(
    session, a, line, disputing, fay
):
    dispute = disputing(400_00)
    partner = session.get_one(Partner, line.partner_id)
    gift = {"amount": Money(300_00, "EUR"), "reason": "A gift.", "now": a.now}
    commissions.adjust(session, partner, by=fay, **gift)
    part = Decision("accept_in_part", "Half of it.", Money(300_00, "EUR"))
    assert not commissions.decide_dispute(session, dispute, part, by=fay, at=a.now, now=a.now)
    other = commissions.adjust(session, partner, by=a.actor(role=Role.FINANCE), **gift)
    assert other.state == "posted"


def test_a_decision_never_gives_more_than_the_partner_asks_for(session, disputing):
    dispute = disputing(400_00, claimed=1_050_00)
    for verb in ("accept", "accept_in_part"):
        with pytest.raises(Refused, match="more than the partner asks for"):
            decide(session, dispute, verb, 50_01)


def test_a_missing_sale_is_decided_and_added_to_the_next_statement(session, a, line):
    close(session)
    seller = a.actor(partner_id=line.partner_id)
    sale = Missing(
        "Invoice 4711, Müller GmbH", "2026-11", "It was paid on the 12th.", Money(90_00, "EUR"),
        line.deal_id,
    )  # fmt: skip
    said = {"partner_id": line.partner_id, "by": seller, "at": DECEMBER, "now": DECEMBER}
    dispute = session.get_one(Dispute, commissions.miss_sale(session, sale, **said))
    with pytest.raises(Refused, match=f"{dispute.number} is open about this sale"):
        commissions.miss_sale(session, sale, **said)
    for wrong, words in (
        (replace(sale, sale="x", month="2026-07"), "for 90 days after its statement"),
        (replace(sale, sale="x", expected=Money(0, "EUR")), "what it should have earned, in EUR"),
        (replace(sale, sale=" "), "Say which sale it is"),
    ):
        with pytest.raises(Refused, match=words):
            commissions.miss_sale(session, wrong, **said)
    assert (dispute.hold_line_id, dispute.line_id) == (None, None)
    decide(session, dispute, "accept")
    close(session, "2026-12", now=JANUARY)
    [added] = lines(session, code=Code.ADJUSTMENT)
    assert (added.payout_minor, added.source_id, added.deal_id) == (
        90_00, dispute.id, line.deal_id,
    )  # fmt: skip
    assert statements(session)[-1].payable_minor == 90_00
