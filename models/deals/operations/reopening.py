"""Taking back a no: a rejected or revoked deal waits for a decision again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from models import vendor
from models.base import lock
from models.deals.operations.approving import plan_approvals
from models.deals.operations.clock import start_clock
from models.deals.operations.steps import move, require, tidy
from models.deals.tables import Deal
from models.people import Actor


def reinstate(session: Session, deal: Deal, *, text: str, by: Actor, now: datetime) -> None:
    """Let the deal wait for a decision again, with a clock of its own.

    It keeps the instant at which it was first complete.  Whoever asked for it (an appeal, a
    conflict case) tells the partner.
    """
    lock(session, deal)
    require(session, deal, "reinstate", now=now)
    text = tidy(text, what="why the decision is taken back", least=3)
    programme = vendor.settings(session)
    deal.decided_at, deal.decided_by_name = None, ""
    deal.reject_code, deal.reject_text = None, ""
    deal.approved_on = deal.protected_through = None
    start_clock(session, deal, programme, since=now)
    move(session, deal, "reinstate", by=by, now=now, note=text)
    plan_approvals(session, deal, now=now)
