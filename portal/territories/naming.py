"""What files of territories name: partners, people, families and other territories, found for
many rows at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, case, func, or_, select
from sqlalchemy.orm import Session, selectinload

from models import catalog, customers, vendor
from models.calendars import local_day
from models.errors import Refused
from models.partners import Partner
from models.people import Person, PersonStatus, Role
from models.territories import AreaKind, Territory, TerritoryDrawing, TerritoryStatus
from portal.clock import now
from portal.territories.units import Unit

NOT_YET = UUID(int=0)
"""Of a territory that stands in the file and is not there yet, while the file is looked at."""
ID_LENGTH = 36


class Names:
    """Of some units of a file.  Refused where a name means nothing, or several."""

    def __init__(
        self, session: Session, units: Sequence[Unit], drawing: TerritoryDrawing | None
    ) -> None:
        self._session, self._drawing = session, drawing
        self._partners = self._of_partners(self._said(units, "partner"))
        emails = self._said(units, "channel_manager") | self._said(units, "sales_manager")
        self._people = self._of_people({email.casefold() for email in emails})
        keys = {unit.key for unit in units}
        self._lands = self._of_lands(keys | self._said(units, "belongs_to"))
        self._copies = self._of_copies()
        self._families = {row.code.casefold() for row in session.execute(catalog.families())}
        self.customers = customers.named(session, _accounts(units))

    def land(self, key: str, *, by_name: bool = False) -> Territory | None:
        """The territory of that key, in the draft where one is changed."""
        found = self._lands.get(key) or (self._called(key) if by_name else None)
        return self._copies.get(found.id, found) if found else None

    def remember(self, key: str, land: Territory) -> None:
        """One that was taken just now, for those that stand below it."""
        self._lands.setdefault(key, land)

    def parent(self, key: str | None, before: UUID | None, coming: Collection[str]) -> UUID | None:
        """coming: keys of the file, of which some are not there yet."""
        if key is None:
            return None
        found = self._lands.get(key)
        if found is None:
            if key in coming:
                return NOT_YET
            raise Refused(f"No territory has the key {key}, which this one belongs to.")
        return before if before and self._last_of(before) == found.id else found.id

    def partner(self, text: str | None) -> UUID | None:
        if text is None:
            return None
        found = self._partners.get(text.upper(), self._partners.get(text, []))
        if len(found) != 1:
            many = "Several partners are" if found else "No partner is"
            raise Refused(f"{many} called {text}: write the number, such as P-7HM2KQV.")
        return found[0]

    def person(
        self, email: str | None, roles: Collection[Role], before: UUID | None
    ) -> UUID | None:
        if email is None:
            return None
        found = self._people.get(email.casefold())
        if found is None:
            raise Refused(f"Nobody here has the e-mail address {email}.")
        if found.id != before and (found.role not in roles or found.status is PersonStatus.LEFT):
            raise Refused(f"{found.name} may not look after territories, or has left.")
        return found.id

    def families(self, codes: Sequence[str], before: Collection[str]) -> list[str]:
        folded = sorted({code.casefold() for code in codes})
        for code in folded:
            if code not in self._families and code not in before:
                raise Refused(f"No product family has the code {code}.")
        return folded

    def _said(self, units: Sequence[Unit], column: str) -> set[str]:
        return {unit.said[column] for unit in units if unit.said.get(column)}

    def _of_partners(self, texts: set[str]) -> dict[str, list[UUID]]:
        numbers = {text.upper() for text in texts}
        query = select(Partner.id, Partner.number, Partner.name).where(
            or_(Partner.number.in_(numbers), Partner.name.in_(texts))
        )
        found: dict[str, list[UUID]] = {}
        for row in self._session.execute(query) if texts else ():
            for name in {row.number, row.name} & (numbers | texts):
                found.setdefault(name, []).append(row.id)
        return found

    def _of_people(self, emails: set[str]) -> dict[str, Row]:
        columns = (Person.id, Person.email, Person.name, Person.role, Person.status)
        query = select(*columns).where(
            Person.partner_id.is_(None), func.lower(Person.email).in_(emails)
        )
        found = self._session.execute(query) if emails else ()
        return {row.email.casefold(): row for row in found}

    def _of_lands(self, keys: set[str]) -> dict[str, Territory]:
        ids = {key: UUID(key) for key in keys if _is_id(key)}
        here = or_(Territory.drawing_id.is_(None), Territory.drawing_id == self._drawing_id)
        query = (
            select(Territory)
            .where(here, or_(Territory.external_id.in_(keys), Territory.id.in_(ids.values())))
            .options(selectinload(Territory.areas))
        )
        rows = self._session.scalars(query).all()
        by_id = {str(row.id): row for row in rows}
        by_key = {row.external_id: row for row in rows if row.external_id}
        return {key: row for key in keys if (row := by_key.get(key) or by_id.get(key))}

    def _of_copies(self) -> dict[UUID | None, Territory]:
        if self._drawing is None:
            return {}
        query = (
            select(Territory)
            .where(
                Territory.drawing_id == self._drawing.id,
                Territory.succeeds_id.in_([row.id for row in self._lands.values()]),
            )
            .options(selectinload(Territory.areas))
        )
        return {row.succeeds_id: row for row in self._session.scalars(query)}

    @property
    def _drawing_id(self) -> Any:
        return self._drawing.id if self._drawing else NOT_YET

    def _called(self, name: str) -> Territory | None:
        """The one of that name that holds last; one that has ended only where there is no other."""
        query = select(Territory).where(Territory.name == name, Territory.drawing_id.is_(None))
        today = local_day(now(), vendor.settings(self._session).time_zone)
        is_over = or_(Territory.status == TerritoryStatus.ENDED, Territory.to_on <= today)
        latest = (case((is_over, 1), else_=0), Territory.from_on.desc().nulls_last())
        return self._session.scalars(query.order_by(*latest, Territory.id).limit(1)).first()

    def _last_of(self, territory_id: UUID) -> UUID:
        """The one that took its place last."""
        last, after = territory_id, Territory
        while found := self._session.scalar(
            select(after.id).where(after.succeeds_id == last, after.drawing_id.is_(None))
        ):
            last = found
        return last


def _accounts(units: Sequence[Unit]) -> set[str]:
    return {
        area.value
        for unit in units
        for area in (*(unit.areas or ()), *(unit.cut_out or ()))
        if area.kind is AreaKind.ACCOUNT
    }


def _is_id(text: str) -> bool:
    try:
        return len(text) == ID_LENGTH and bool(UUID(text))
    except ValueError:
        return False
