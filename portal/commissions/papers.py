"""A statement as a paper: the same words and totals as its page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from models.commissions import Statement
from models.partners import Partner
from models.vendor import Vendor
from portal import documents
from portal.commissions.shown import ShownLine, equation, total_of
from portal.documents import Paper, Party, StatementLine, Step, Term, Total
from portal.formats import country, day, money, month


def statement(
    statement: Statement,
    lines: Sequence[ShownLine],
    *,
    vendor: Vendor,
    partner: Partner,
    now: datetime,
) -> bytes:
    """The PDF of one statement."""
    parts, (label, payable) = equation(statement, lines, "Payable")
    paper = Paper(
        title=f"Commission statement, {month(statement.period)}",
        number=statement.number,
        vendor=_party(vendor),
        partner=_party(partner),
        facts=[
            ("Statement", statement.number),
            ("Month", month(statement.period)),
            ("Closed", day(statement.closed_at)),
            ("Currency", statement.currency),
        ],
        equation=[
            *(Term(name, money(amount), sign) for sign, name, amount in parts),
            Term(label, money(payable), "="),
        ],
        lines=[_line(line) for line in lines],
        total=Total("Sum of the lines", money(total_of(lines, statement.currency))),
        notes=_notes(lines),
    )
    return documents.statement(paper, now=now)


def _line(line: ShownLine) -> StatementLine:
    return StatementLine(
        source=line.source,
        source_detail=line.source_detail,
        about=line.about if line.about == line.name else f"{line.about}: {line.name}",
        base=money(line.basis),
        amount=money(line.amount),
        working=[Step(words, amount) for words, amount in line.steps],
    )


def _notes(lines: Sequence[ShownLine]) -> list[str]:
    notes = list(dict.fromkeys(line.footnote for line in lines))
    return [*notes, "A closed month never changes; corrections are made in the open month."]


def _party(company: Vendor | Partner) -> Party:
    street = " ".join(filter(None, [company.street, company.building]))
    place = " ".join(filter(None, [company.postal_code, company.town]))
    lines = [line for line in (street, place, country(company.country)) if line]
    return Party(company.legal_name or company.name, lines)
