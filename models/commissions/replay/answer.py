"""The answer to a replayed case, in the format of `expected`.  Reads only."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.commissions.replay.case import PlanCase
from models.commissions.replay.scratch import Scratch
from models.commissions.tables import CommissionLine, Statement
from models.money import Money


def answer(session: Session, scratch: Scratch, plan: PlanCase) -> dict[str, Any]:
    lines = session.scalars(select(CommissionLine).order_by(CommissionLine.id)).all()
    statements = session.scalars(select(Statement)).all()
    totals: dict[str, int] = {}
    for line in lines:
        name = _partner(scratch, line)
        totals[name] = totals.get(name, 0) + line.payout_minor
    return {
        "lines": [_line(scratch, line) for line in lines],
        "statements": sorted(
            (_statement(scratch, statement) for statement in statements),
            key=lambda told: (told["partner"], told["period"]),
        ),
        "totals": {
            name: _amount(minor, plan.payout_currency) for name, minor in sorted(totals.items())
        },
    }


def _line(scratch: Scratch, line: CommissionLine) -> dict[str, Any]:
    return {
        "period": line.period,
        "partner": _partner(scratch, line),
        "deal": scratch.name_of(scratch.deals, line.deal_id),
        "code": line.code.value,
        "amount": _amount(line.amount_minor, line.currency),
        "currency": line.currency,
        "payout_amount": _amount(line.payout_minor, line.payout_currency),
    }


def _statement(scratch: Scratch, statement: Statement) -> dict[str, Any]:
    unit = statement.currency
    told = {
        "partner": _partner(scratch, statement),
        "period": statement.period,
        "opening": _plain(statement.opening_minor, unit),
        "earned": _plain(statement.net_minor, unit),
        "payout": _plain(statement.payable_minor, unit),
        "closing": _plain(statement.closing_minor, unit),
    }
    if statement.vat_minor is not None:
        told["vat"] = _amount(statement.vat_minor, unit)
    if statement.withheld_minor is not None:
        told["withheld"] = _amount(statement.withheld_minor, unit)
    if statement.vat_minor is not None or statement.withheld_minor is not None:
        told["transfer"] = _amount(statement.transfer_minor, unit)
    if statement.draw_balance_minor is not None:
        told["draw_balance"] = _amount(statement.draw_balance_minor, unit)
    return told


def _partner(scratch: Scratch, row: CommissionLine | Statement) -> str:
    name = scratch.name_of(scratch.partners, row.partner_id)
    assert name is not None
    return name


def _amount(minor: int, currency: str) -> str:
    """Major units with the currency's decimals."""
    return str(Money(minor, currency).major)


def _plain(minor: int, currency: str) -> str:
    """The same, but "0" for nothing."""
    return _amount(minor, currency) if minor else "0"
