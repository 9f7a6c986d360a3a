"""What was rated as it came is what replay makes of the same plan, orders and split."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from models import engine as engines
from models.commissions import CommissionLine, Trigger
from models.commissions.replay import replay
from models.schema import metadata
from models.scope import Scope, open_session
from tests.models.test_wins_shared import shared

RULES = {
    "base": {"type": "flat", "rate": "0.0833"},
    "dealreg_uplift": "0.02",
    "clawback": {"days": 90},
}


def of_replay(case, tmp_path):
    engine = engines.connect(f"sqlite:///{tmp_path}/scratch.sqlite")
    metadata().create_all(engines.for_writing(engine))
    with open_session(engines.for_writing(engine), Scope.vendor()) as scratch:
        replay(scratch, case)
        told = scratch.execute(
            select(CommissionLine.partner_id, CommissionLine.code, CommissionLine.amount_minor)
            .order_by(CommissionLine.id)
        ).all()  # fmt: skip
    engine.dispose()
    return told


@pytest.mark.parametrize("percent", ["60", "33.33"])
def test_orders_and_shares_are_rated_live_as_in_replay(session, a, tmp_path, percent):
    a.plan(RULES, earning_event=Trigger.WON)
    deal, _other = shared(session, a, percent, value=10_000_00)
    for minor in (3_333_33, 4_166_67, 2_500_00):
        a.order(deal, amount_minor=minor, is_complete=minor == 2_500_00)
        a.rate_all()
    live = session.execute(
        select(CommissionLine.partner_id, CommissionLine.code, CommissionLine.amount_minor)
        .order_by(CommissionLine.id)
    ).all()  # fmt: skip
    at = a.now.isoformat()
    share = str(Decimal(percent) / 100)
    case = {
        "plan": {"currency": "EUR", "timezone": "Europe/Berlin", "earning_event": "won",
                 "rules": RULES},
        "deals": {
            "D": {
                "partner": "A", "customer": "C", "net": "10000.00", "won_at": at,
                "type": "new_business",
                "registration": {"approved_on": f"{a.now.date()}", "protection_days": 90},
                "splits": [["A", share], ["B", str(1 - Decimal(share))]],
            }
        },
        "events": [
            {"type": "won", "deal": "D", "at": at, "amount": amount}
            for amount in ("3333.33", "4166.67", "2500.00")
        ],
    }  # fmt: skip
    replayed = of_replay(case, tmp_path)
    assert [tuple(row[1:]) for row in live] == [tuple(row[1:]) for row in replayed]
    assert [row.partner_id == deal.partner_id for row in live] == [
        row.partner_id == replayed[0].partner_id for row in replayed
    ]
    assert len(live) == 12
