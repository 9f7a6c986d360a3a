"""What operations keep in the audit; what merely says that something was asked for is left out."""

from sqlalchemy import select

from models.audit import AuditEntry

OF_REQUESTS = ("refused:%", "done:%")


def changes(session) -> list[AuditEntry]:
    """The entries of real changes, in their order."""
    kept = select(AuditEntry).order_by(AuditEntry.at, AuditEntry.id)
    for pattern in OF_REQUESTS:
        kept = kept.where(AuditEntry.action.not_like(pattern))
    return list(session.scalars(kept))
