"""What we can ask about wins.  Reads only."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from models.catalog import ProductFamily
from models.deals import Deal, DealStatus
from models.files import FileRow, StoredFile
from models.partners import Partner
from models.wins.rules import ABOUT, OrderState
from models.wins.tables import DealOrder, EarlyWin, WinEvidence


@dataclass(frozen=True)
class Progress:
    """How far the orders of a deal have come, in minor units of its value's currency."""

    accepted: int
    """How many orders count."""
    accepted_minor: int
    waiting: int
    waiting_minor: int

    @classmethod
    def of(cls, orders: Iterable[DealOrder]) -> Progress:
        """Of orders that were read already."""
        by_state: dict[OrderState, list[int]] = {state: [] for state in OrderState}
        for order in orders:
            by_state[order.state].append(order.amount.minor)
        accepted, waiting = by_state[OrderState.ACCEPTED], by_state[OrderState.WAITING]
        return cls(len(accepted), sum(accepted), len(waiting), sum(waiting))

    @property
    def counted_minor(self) -> int:
        return self.accepted_minor + self.waiting_minor


@dataclass(frozen=True)
class WinFilter:
    """Which wins the vendor looks at; what is None does not narrow it."""

    channel_manager_id: UUID | None = None
    only: str = ""
    """“waiting” for re-approval, or “early”; empty: both."""


def orders_of(session: Session, deal_id: UUID) -> Sequence[DealOrder]:
    """The orders of a deal, in the order in which they were recorded."""
    return session.scalars(
        select(DealOrder)
        .where(DealOrder.deal_id == deal_id)
        .order_by(DealOrder.recorded_at, DealOrder.id)
    ).all()


def progress_of(session: Session, deal_id: UUID) -> Progress:
    return Progress.of(orders_of(session, deal_id))


def evidence_of(session: Session, deal_id: UUID) -> Sequence[WinEvidence]:
    """All evidence of a deal's orders, oldest first."""
    return session.scalars(
        select(WinEvidence)
        .join(DealOrder, DealOrder.id == WinEvidence.order_id)
        .where(DealOrder.deal_id == deal_id)
        .order_by(WinEvidence.at, WinEvidence.id)
    ).all()


def files_of(session: Session, evidence_ids: Collection[UUID]) -> dict[UUID, list[FileRow]]:
    """The files of each piece of evidence, with one question for all."""
    rows = session.execute(
        select(StoredFile.about_id, *(getattr(StoredFile, name) for name in FileRow._fields))
        .where(StoredFile.about_kind == ABOUT, StoredFile.about_id.in_(evidence_ids))
        .where(StoredFile.removed_at.is_(None))
        .order_by(StoredFile.kept_at, StoredFile.id)
    )
    found: dict[UUID, list[FileRow]] = {}
    for about_id, *told in rows:
        found.setdefault(about_id, []).append(FileRow(*told))
    return found


def early_of(session: Session, deal_id: UUID) -> Sequence[EarlyWin]:
    """Nothing on a partner's side: what we look at twice is our own affair."""
    return session.scalars(select(EarlyWin).where(EarlyWin.deal_id == deal_id)).all()


def to_look_at(wanted: WinFilter) -> Select:
    """Orders that wait for re-approval, and early ones that nobody has looked at yet.

    Without an order; keys for paging are DealOrder.recorded_at and DealOrder.id.
    """
    waits = (DealOrder.state == OrderState.WAITING) & (Deal.status == DealStatus.APPROVED)
    early = EarlyWin.id.is_not(None) & (DealOrder.state != OrderState.RETURNED)
    query = (
        select(
            DealOrder.id,
            DealOrder.deal_id,
            DealOrder.state,
            DealOrder.reference,
            DealOrder.amount,
            DealOrder.ordered_on,
            DealOrder.recorded_at,
            DealOrder.recorded_by_name,
            DealOrder.differs,
            DealOrder.customer_name.label("ordered_by"),
            Deal.number,
            Deal.customer_name,
            Deal.value,
            Deal.channel_manager_id,
            Partner.name.label("partner"),
            ProductFamily.name.label("family"),
            EarlyWin.hours.label("early_hours"),
        )
        .join(Deal, Deal.id == DealOrder.deal_id)
        .join(Partner, Partner.id == DealOrder.partner_id)
        .outerjoin(ProductFamily, ProductFamily.id == DealOrder.family_id)
        .outerjoin(EarlyWin, (EarlyWin.order_id == DealOrder.id) & EarlyWin.cleared_at.is_(None))
        .where({"waiting": waits, "early": early}.get(wanted.only, or_(waits, early)))
    )
    if wanted.channel_manager_id is not None:
        query = query.where(Deal.channel_manager_id == wanted.channel_manager_id)
    return query
