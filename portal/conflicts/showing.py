"""What the vendor's page of one case shows: the parties side by side, and what each filed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from models import deals, engagements, files
from models.deals import Deal, conflicts
from models.deals.conflicts import Conflict, ConflictEvidence, ConflictNote, ConflictSide
from models.deals.conflicts.operations.filing import CASE_FILES, SIDE_FILES
from models.deals.conflicts.queries import matches_between
from models.files import FileRow
from models.people import Person
from portal.conflicts.blueprint import TONES
from portal.database import session
from portal.formats import country, day, instant, money, words


@dataclass(frozen=True)
class Party:
    """One partner's part of a case."""

    side: ConflictSide
    deal: Deal
    partner: str
    evidence: list[ConflictEvidence]
    files: list[FileRow]
    story: list[Row]
    """The deal's history, the latest first."""


@dataclass(frozen=True)
class Case:
    conflict: Conflict
    tone: str
    rows: Sequence[Row]
    parties: list[Party]
    table: list[tuple[str, list[str]]]
    """(what, what it is with each party), one line for each field."""
    matches: list[str]
    touches: list[Row]
    our_files: list[FileRow]
    notes: Sequence[ConflictNote]
    manager: str | None


def opened(conflict: Conflict) -> Case:
    rows = conflicts.party_deals(session, conflict.id)
    sides = {side.id: side for side in conflicts.sides_of(session, conflict.id)}
    filed = conflicts.evidence_of(session, list(sides))
    parties = [_party(row, sides[row.side_id], filed) for row in rows]
    manager = session.get(Person, conflict.manager_id) if conflict.manager_id else None
    return Case(
        conflict=conflict,
        tone=TONES.get(conflict.status, "plain"),
        rows=rows,
        parties=parties,
        table=_side_by_side(rows, sides),
        matches=_matches(rows),
        touches=engagements.of_customer(session, conflict.customer_id, conflict.family_id),
        our_files=files.attached(session, CASE_FILES, conflict.id),
        notes=conflicts.notes_of(session, conflict.id),
        manager=manager.name if manager else None,
    )


def _party(row: Row, side: ConflictSide, filed: Sequence[ConflictEvidence]) -> Party:
    story = deals.story_of(session, row.Deal.id, with_notes=True)
    return Party(
        side=side,
        deal=row.Deal,
        partner=row.Partner.name,
        evidence=[each for each in filed if each.side_id == side.id],
        files=files.attached(session, SIDE_FILES, side.id),
        story=list(reversed(story)),
    )


def _side_by_side(
    rows: Sequence[Row], sides: dict[UUID, ConflictSide]
) -> list[tuple[str, list[str]]]:
    def line(name: str, said: Any) -> tuple[str, list[str]]:
        return name, [said(row) or "–" for row in rows]

    return [
        line("Deal", lambda row: row.Deal.number),
        line("Standing", lambda row: words(sides[row.side_id].standing)),
        line("Customer", lambda row: row.Customer.name),
        line("As written", lambda row: row.Deal.customer_name),
        line("Web site", lambda row: row.Deal.customer_domain),
        line("Country", lambda row: country(row.Deal.customer_country)),
        line("Postal code", lambda row: row.Deal.customer_postal_code),
        line("VAT number", lambda row: row.Deal.customer_vat_id),
        line("Product family", lambda row: row.family),
        line("Kind", lambda row: row.Deal.kind.words),
        line("Value", lambda row: money(row.Deal.value)),
        line("State", lambda row: row.Deal.status.words),
        line("First complete", lambda row: instant(row.Deal.submitted_at)),
        line("Protected through", lambda row: day(row.Deal.protected_through)),
        line("Evidence until", lambda row: instant(sides[row.side_id].evidence_by)),
    ]


def _matches(rows: Sequence[Row]) -> list[str]:
    """How alike the parties' customers are, in words."""
    names = {row.Customer.id: row.Customer.name for row in rows}
    numbers = {row.Deal.id: row.Deal.number for row in rows}
    own = {row.Deal.id: row.Deal.customer_id for row in rows}
    said = [
        f"{numbers[match.deal_id]} and {names[match.customer_id]}: {match.score_percent}% alike"
        + (f", equal in {', '.join(match.fields)}" if match.fields else "")
        + (f"; told apart by {match.cleared_by_name}" if match.cleared_at else "")
        for match in matches_between(session, [row.Deal for row in rows])
        if match.customer_id != own[match.deal_id]
    ]
    if len(names) < len(rows):
        said.insert(0, "The same customer record.")
    return said
