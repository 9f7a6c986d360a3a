"""Rows 24 and 25: eight processes approve 200 deals and overlapping claims; nothing twice."""

import time
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from models import commissions, deals
from models import engine as engines
from models.commissions import CommissionLine
from models.deals import Deal, DealEvent, Line
from models.errors import Refused
from models.people import Actor
from models.scope import Scope, open_session
from tests.channel import customer
from tests.drills.served import at
from tests.models.test_claims_at_once import PLACES, UNTOLD, compete
from tests.processes import at_once
from tests.rush import insist

MANY, DEALS, ROUNDS, PATIENCE_SECONDS = 8, 200, 60, 900


def approve_all(url: str, ids: list[UUID], by: Actor, now: datetime, gate: Any, answers: Any):
    """Every deal in the same order as the seven others."""
    engine, told, took = engines.connect(url), [], []
    gate.wait(PATIENCE_SECONDS)
    for deal_id in ids:
        began = time.monotonic()
        told.append(insist(engine, _approve, deal_id, by, now)[0])
        took.append(time.monotonic() - began)
    answers.put((told, took))
    engine.dispose()


def _approve(engine: Any, deal_id: UUID, by: Actor, now: datetime) -> str:
    with open_session(engines.for_writing(engine), Scope.vendor()) as session:
        try:
            deals.approve(session, session.get_one(Deal, deal_id), by=by, now=now)
            session.commit()
            return "approved"
        except Refused as refusal:
            return str(refusal)


def rate_all(url: str, now: datetime, gate: Any, answers: Any) -> None:
    engine = engines.connect(url)
    gate.wait(PATIENCE_SECONDS)
    answers.put(insist(engine, _rate, now)[0])
    engine.dispose()


def _rate(engine: Any, now: datetime) -> int:
    with open_session(engines.for_writing(engine), Scope.vendor()) as session:
        rated = commissions.catch_up(session, now=now).rated
        session.commit()
        return rated


def test_row_24_eight_processes_approve_200_deals_and_200_commissions_come_of_them(
    session, a, database_url, now
):
    a.programme().minimum_deal_minor = 0
    a.plan()
    lines = (Line(a.sold().id, 1, 10_000_00),)
    partner = a.partner()
    by = a.seller(partner).actor()
    ids = [
        a.submitted(partner=partner, by=by, customer_name=customer(n), lines=lines).id
        for n in range(DEALS)
    ]
    managers = [a.decider()] * MANY
    session.commit()
    told = at_once(
        approve_all, [(database_url, ids, one, now) for one in managers], patience=PATIENCE_SECONDS
    )
    assert sum(said.count("approved") for said, _ in told) == DEALS
    took = [seconds for _, all_of_them in told for seconds in all_of_them]
    session.expire_all()
    approvals = select(func.count()).where(DealEvent.verb == "approve")
    assert session.scalar(approvals) == DEALS
    for number, deal_id in enumerate(ids):
        deal = session.get_one(Deal, deal_id)
        a.order(deal, number=f"SO-{number}")
        a.payment(a.invoice(deal=deal, net=1_000_00, number=f"INV-{number}"))
    session.commit()
    rated = at_once(rate_all, [(database_url, now)] * MANY, patience=PATIENCE_SECONDS)
    session.expire_all()
    kept = session.execute(
        select(func.count(), func.count(CommissionLine.source_id.distinct()))
    ).one()
    assert sum(rated) == 2 * DEALS, "each order and each payment by one of them"
    assert tuple(kept) == (DEALS, DEALS)
    print(
        f"\nrow 24: {MANY} processes, {DEALS} deals, {len(took)} presses: p50 {at(0.5, took):.3f},"
        f" p99 {at(0.99, took):.3f}, longest {max(took):.3f} s; {DEALS} commissions, none twice"
    )


def test_row_25_eight_processes_confirm_60_rounds_of_overlapping_claims(
    session, a, database_url, now
):
    took = compete(session, a, database_url, now, [PLACES, UNTOLD] * (ROUNDS // 2))
    print(
        f"\nrow 25: {ROUNDS} rounds of {MANY} overlapping claims, one each: p50 "
        f"{at(0.5, took):.3f},"
        f" p99 {at(0.99, took):.3f} s; nobody was left without an answer"
    )
