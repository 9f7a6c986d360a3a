"""The head of the audit's chain, kept outside the database: one line a day and at each close.

Whoever cuts off the chain's tail, or writes all of it anew, would have to change this file too.
Copy it to where the database's administrators cannot write.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from flask import current_app
from sqlalchemy.orm import Session

from models import audit, notices
from models.audit import AuditAnchor, Head
from models.errors import Refused

KEEP = "Keep this line. `portal audit verify --heads` takes a file of such lines."


def file() -> Path:
    settings = current_app.extensions["settings"]
    return Path(settings.audit_heads or settings.instance / "audit-heads.txt")


def keep_when_due(session: Session, now: datetime) -> None:
    """Once a day (UTC), and whenever a month was closed since."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if audit.is_closed_since_anchor(session):
        keep(session, "a month was closed", now)
    elif not audit.anchored_since(session, today):
        keep(session, "the day", now)


def keep(session: Session, why: str, now: datetime) -> AuditAnchor | None:
    """In the database, and as a line of the file; None when the head is kept already."""
    kept = audit.anchor(session, why, now=now)
    if kept is not None:
        line = f"{now.isoformat(timespec='seconds')} {kept.seq} {kept.hash} {why}\n"
        _write(line)
        _mail(session, line, now)
    return kept


def _mail(session: Session, line: str, now: datetime) -> None:
    """To who cannot write in the database: a mailbox keeps what a file may lose."""
    for email in current_app.extensions["settings"].audit_heads_mail.split(","):
        if email.strip():
            notices.write_to(
                session,
                email.strip(),
                "audit-head",
                title="Head of the audit",
                body=f"{KEEP}\n\n{line}",
                link="/audit",
                now=now,
            )


def kept_outside(path: Path | None = None) -> list[Head]:
    """Every head in the file.  Raises Refused for a line that cannot be read."""
    path = path or file()
    if not path.exists():
        return []
    heads = []
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        words = line.split()
        if len(words) < 3 or not words[1].isdigit() or len(words[2]) != 64:
            raise Refused(f"{path}: line {number} is no head of the audit; was it edited?")
        heads.append(Head(int(words[1]), words[2], _instant(words[0])))
    return heads


def _instant(word: str) -> datetime | None:
    try:
        return datetime.fromisoformat(word)
    except ValueError:
        return None


def _write(line: str) -> None:
    path = file()
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "a") as out:
        out.write(line)
        out.flush()
        os.fsync(descriptor)
