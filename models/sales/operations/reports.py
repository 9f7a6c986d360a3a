"""What can happen to a file that was handed in: its report is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models.people import Actor
from models.sales.tables import SalesImport

MOST_PROBLEMS = 1_000


def keep_report(
    session: Session,
    *,
    kind: str,
    file_name: str,
    row_count: int,
    loaded: int,
    unchanged: int,
    refused: int,
    problems: Sequence[dict[str, Any]],
    by: Actor,
    now: datetime,
) -> SalesImport:
    """Keep what one file brought.  Of very many problems only the first are kept."""
    report = SalesImport(
        kind=kind,
        file_name=file_name[:200],
        at=now,
        by_id=by.id,
        by_name=by.name,
        row_count=row_count,
        loaded=loaded,
        unchanged=unchanged,
        refused=refused,
        problem_count=len(problems),
        problems=list(problems[:MOST_PROBLEMS]),
    )
    session.add(report)
    session.flush()
    return report
