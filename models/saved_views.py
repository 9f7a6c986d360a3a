"""Saved views: the filters of a list under a name, for oneself or for all one's colleagues.

Colleagues are the people of the same company, or the vendor's staff.  A view is an address of
a list, not its rows: everybody sees through it only what they may see anyway.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Row, String, Text, UniqueConstraint, delete, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.errors import Refused
from models.people import Actor, Person
from models.scope import Scope, SeenBy

MOST = 30
"""Views of one person on one page; more would be a list of its own."""
LONGEST = 2_000


class SavedView(SeenBy, Base):
    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("owner_id", "page", "name"),)

    owner_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    partner_id: Mapped[UUID | None] = mapped_column(ForeignKey("partner.id"), index=True)
    """The owner's company; None for the vendor's staff."""
    page: Mapped[str] = mapped_column(String(60))
    """The endpoint of the list, such as deals.index."""
    name: Mapped[str] = mapped_column(String(60))
    query: Mapped[str] = mapped_column(Text)
    """What stands behind the question mark of its address."""
    is_shared: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]

    @classmethod
    def seen_in(cls, scope: Scope) -> Any:
        return cls.partner_id == scope.owner


def on_page(session: Session, person: Actor, page: str) -> list[Row]:
    """(id, name, query, is_shared, owner_id, owner): one's own first, then the colleagues'."""
    return list(
        session.execute(
            select(
                SavedView.id, SavedView.name, SavedView.query, SavedView.is_shared,
                SavedView.owner_id, Person.name.label("owner"),
            )
            .outerjoin(Person, Person.id == SavedView.owner_id)
            .where(
                SavedView.page == page,
                SavedView.partner_id == person.partner_id,
                or_(SavedView.owner_id == person.id, SavedView.is_shared.is_(True)),
            )
            .order_by(SavedView.owner_id != person.id, SavedView.name, SavedView.id)
        )
    )  # fmt: skip


def save(
    session: Session,
    page: str,
    name: str,
    query: str,
    *,
    is_shared: bool,
    by: Actor,
    now: datetime,
) -> None:
    """Keep it under this name; the same name again replaces what stood there."""
    name = " ".join(name.split())
    if not name or len(name) > 60:
        raise Refused("Give the view a name of at most 60 letters.")
    if len(query) > LONGEST:
        raise Refused("This view has more filters than can be kept. Take some out.")
    own = session.scalars(
        select(SavedView).where(SavedView.owner_id == by.id, SavedView.page == page)
    ).all()
    known = next((view for view in own if view.name == name), None)
    if known is not None:
        known.query, known.is_shared = query, is_shared
        return
    if len(own) >= MOST:
        raise Refused(f"You have {MOST} views here. Delete one before you save another.")
    assert by.id is not None
    session.add(
        SavedView(
            owner_id=by.id, partner_id=by.partner_id, page=page, name=name, query=query,
            is_shared=is_shared, created_at=now,
        )
    )  # fmt: skip


def remove(session: Session, view_id: UUID, *, by: Actor) -> None:
    """One's own only.  Harmless when sent twice."""
    session.execute(delete(SavedView).where(SavedView.id == view_id, SavedView.owner_id == by.id))
