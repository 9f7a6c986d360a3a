"""The nightly backup: a job where BACKUP_FOLDER names a folder, and an entry of the audit."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit, jobs, vendor
from models.jobs import Job
from models.people import SYSTEM
from portal import backups
from portal.backups import Backup
from portal.clock import now
from portal.database import engine, transaction

BACK_UP = "database.backup"


def every_night(session: Session, at: datetime) -> None:
    """Once a day of the vendor's, where a folder is named."""
    if not current_app.extensions["settings"].backup_folder:
        return
    key = f"{BACK_UP} {vendor.settings(session).calendar.day_of(at)}"
    if session.scalar(select(Job.id).where(Job.key == key)) is None:
        jobs.enqueue(session, BACK_UP, key, {}, run_at=at)


def nightly(_payload: dict[str, Any]) -> None:
    settings = current_app.extensions["settings"]
    folder = Path(settings.backup_folder)
    write(folder)
    backups.forget_older(folder, keep=settings.backups_kept)


def write(folder: Path) -> Backup:
    """One backup, and an entry of the audit that says so."""
    kept = backups.backup(engine(), current_app.extensions["settings"], folder, at=now())
    told = {
        "file": Path(kept.file).name, "bytes": kept.size, "rows": sum(kept.rows.values()),
        "seconds": kept.seconds, "sha256": kept.sha256,
    }  # fmt: skip
    with transaction() as session:
        audit.record(session, SYSTEM, audit.BACKED_UP, None, now=now(), detail=told)
    return kept


ERRANDS = {BACK_UP: nightly}
