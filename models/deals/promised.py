"""What is promised to a deal's partner, and whether it was kept: columns of the deal."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column


class Promised:
    """The decision's clock and who is called, what was approved, signs of life."""

    missed_at: Mapped[datetime | None]
    """When the decision became late; None while it is in time.  From then on the provisional
    protection is one until we decide."""
    escalated_to_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """The next manager, who was called because nobody decided; None before that."""
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    approved_minor: Mapped[int | None] = mapped_column(BigInteger)
    """The value that was last approved, in the deal's currency; None before that."""
    direct_since: Mapped[datetime | None]
    """Since when our own team leads it, with the partner's consent; None: the partner leads."""
    stale_warned_at: Mapped[datetime | None]
    """When the partner was last warned that nothing is heard of the deal; None: never."""
