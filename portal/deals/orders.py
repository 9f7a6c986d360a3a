"""The orders and the sharing of a deal, as its page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from models import files, wins
from models.deals import DEAL_MOVES, OPEN, Deal, DealStatus
from models.people import Actor
from models.wins import DealOrder, EarlyWin, OrderState, ShareState, WinEvidence
from portal.database import session
from portal.deals.win_forms import ProposalForm
from portal.permissions import Can, may


@dataclass(frozen=True)
class Proof:
    """One piece of evidence with its files."""

    said: WinEvidence
    files: list[files.FileRow]


@dataclass(frozen=True)
class Shown:
    """One order as the page of its deal shows it."""

    order: DealOrder
    tone: str
    differs: str
    proofs: list[Proof]
    early: EarlyWin | None
    can_judge: bool
    can_look: bool


TONES = {OrderState.ACCEPTED: "good", OrderState.WAITING: "warn", OrderState.RETURNED: "bad"}


def orders_shown(person: Actor, deal: Deal) -> dict[str, Any]:
    """Everything about the deal's wins; nothing is asked of deals that cannot have any."""
    if deal.status not in (DealStatus.APPROVED, DealStatus.WON) and not deal.win_asked_at:
        return {"orders": [], "sharing": _sharing(person, deal), "can_complete": False}
    orders = wins.orders_of(session, deal.id)
    proofs: dict[UUID, list[Proof]] = {}
    shown_so_far = wins.evidence_of(session, deal.id) if orders else []
    attached = wins.files_of(session, [said.id for said in shown_so_far]) if orders else {}
    for said in shown_so_far:
        proof = Proof(said, attached.get(said.id, []))
        proofs.setdefault(said.order_id, []).append(proof)
    early = {one.order_id: one for one in wins.early_of(session, deal.id)} if orders else {}
    shown = [_shown(person, deal, one, proofs.get(one.id, []), early.get(one.id)) for one in orders]
    progress = wins.Progress.of(orders)
    can_close = DEAL_MOVES.allows("win", deal.status) and may(person, Can.CLOSE_DEAL, deal)
    return {
        "orders": shown,
        "progress": progress,
        "can_complete": can_close and progress.accepted > 0 and not progress.waiting,
        "can_prove": may(person, Can.CLOSE_DEAL, deal),
        "sharing": _sharing(person, deal),
    }


def _shown(
    person: Actor, deal: Deal, order: DealOrder, proofs: list[Proof], early: EarlyWin | None
) -> Shown:
    decides = may(person, Can.DECIDE_DEAL, deal)
    waits = order.state is OrderState.WAITING and deal.status is DealStatus.APPROVED
    return Shown(
        order,
        TONES[order.state],
        wins.in_words(order.differs),
        proofs,
        early,
        can_judge=decides and waits and person.id != order.recorded_by_id,
        can_look=decides and early is not None and early.cleared_at is None,
    )


def _sharing(person: Actor, deal: Deal) -> dict[str, Any]:
    """What this person may know of the split, and do about it."""
    live = wins.sharing_of(session, deal.id) if person.is_staff else None
    side = None if person.is_staff else wins.side_of(session, deal.id)
    state = live.state if live else side.state if side else None
    is_open = deal.status in OPEN and deal.won_at is None
    decides = is_open and may(person, Can.DECIDE_DEAL, deal)
    registers = is_open and may(person, Can.REGISTER_DEAL, deal)
    if not (decides or registers or deal.won_at):
        return {"state": None}
    return {
        "live": live,
        "side": side,
        "state": state,
        "can_propose": registers and state is None and deal.submitted_at is not None,
        "can_offer": decides and state in (None, ShareState.ASKED),
        "can_end": state is not None and (decides or (registers and state != ShareState.AGREED)),
        "proposal": ProposalForm(formdata=None),
    }
