"""A file of leads, one row each: the good rows, and what is wrong with the others.

Each row stands in a savepoint of its own.  The same file again changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models import catalog, leads
from models.errors import Refused
from models.leads import LeadDetails
from models.people import Actor
from portal.imports import ImportColumn, ImportFile, ImportRow, Problem

MOST_ROWS = 500
"""Of one file handed in by page, so that nobody waits longer than a page may take."""

COLUMNS = (
    ImportColumn("company", "text", "Name of the company."),
    ImportColumn("country", "text", "ISO code of its country, such as DE."),
    ImportColumn("subdivision", "text", "State or province, such as US-WA.", required=False),
    ImportColumn("postal_code", "text", "Format the column as text.", required=False),
    ImportColumn("web_address", "text", "Its web site.", required=False),
    ImportColumn("family", "text", "Code or name of the product family.", required=False),
    ImportColumn("contact", "text", "Who to ask for.", required=False),
    ImportColumn("email", "text", "Their e-mail address.", required=False),
    ImportColumn("phone", "text", "Their phone.", required=False),
    ImportColumn("note", "text", "What they want.", required=False),
)


@dataclass
class Loaded:
    """What one file brought."""

    new: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def left_out(self) -> int:
        return len({problem.row for problem in self.problems})


def load(session: Session, content: bytes, *, by: Actor, now: datetime) -> Loaded:
    """Raises Refused when the file cannot be read as a whole."""
    file, loaded = ImportFile(content, COLUMNS), Loaded()
    if file.total > MOST_ROWS:
        raise Refused(f"The file has {file.total:,} rows; a page takes {MOST_ROWS:,}. Split it.")
    families: dict[str, UUID] = {}
    together = leads.Together()
    for each in session.execute(catalog.families()):
        families[each.code.casefold()] = families[each.name.casefold()] = each.id
    for row in file:
        if row.problems:
            loaded.problems.extend(row.problems)
            continue
        try:
            with session.begin_nested():
                details = _details(row, families)
                leads.enter(session, details, by=by, now=now, together=together)
        except Refused as refusal:
            what, _, remedy = str(refusal).partition(". ")
            loaded.problems.append(Problem(row.number, "", f"{what.rstrip('.')}.", remedy))
        else:
            loaded.new += 1
    leads.tell(session, together, now=now)
    return loaded


def _details(row: ImportRow, families: dict[str, UUID]) -> LeadDetails:
    said = {name: value or "" for name, value in row.values.items()}
    family = said["family"].casefold()
    if family and family not in families:
        raise Refused(f"“{said['family']}” is no product family. Write its code or name.")
    return LeadDetails(
        company=said["company"], country=said["country"], subdivision=said["subdivision"],
        postal_code=said["postal_code"], domain=said["web_address"],
        family_id=families.get(family), contact_name=said["contact"],
        contact_email=said["email"], contact_phone=said["phone"], note=said["note"],
    )  # fmt: skip
