"""A statement as a paper: the same words and totals as its page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from models.commissions import Code, Statement, words
from models.money import Money
from models.partners import Partner
from models.vendor import Vendor
from portal import documents
from portal.commissions.shown import ShownLine, equation
from portal.documents import Paper, Party, StatementLine, Step, Term, Total
from portal.formats import country, day, money, month

MOST = 5_000
"""Lines on a paper; a longer statement is told by kind of line."""
TOO_MANY = "The lines are too many for a paper: they stand in the CSV file and the spreadsheet."
CLOSED = "A closed month never changes; corrections are made in the open month."


def statement(
    statement: Statement,
    lines: Sequence[ShownLine],
    sums: Mapping[Code, tuple[int, int]],
    *,
    vendor: Vendor,
    partner: Partner,
    now: datetime,
) -> bytes:
    """The PDF of one statement.  lines: none where they are too many for a paper; sums: by kind."""
    parts, (label, payable) = equation(statement, sums, "Payable")
    total = Money(statement.net_minor, statement.currency)
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
        lines=[_line(line) for line in lines] or _kinds(sums, statement.currency),
        total=Total("Sum of the lines", money(total)),
        notes=_notes(lines) if lines else [TOO_MANY, CLOSED],
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
    return [*notes, CLOSED]


def _kinds(sums: Mapping[Code, tuple[int, int]], currency: str) -> list[StatementLine]:
    return [
        StatementLine(
            source=f"{count:,} line{'' if count == 1 else 's'}",
            source_detail="",
            about=words.name_of(code),
            base="",
            amount=money(Money(minor, currency)),
            working=[],
        )
        for code, (count, minor) in sums.items()
    ]


def _party(company: Vendor | Partner) -> Party:
    street = " ".join(filter(None, [company.street, company.building]))
    place = " ".join(filter(None, [company.postal_code, company.town]))
    lines = [line for line in (street, place, country(company.country)) if line]
    return Party(company.legal_name or company.name, lines)
