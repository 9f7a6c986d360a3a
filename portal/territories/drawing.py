"""Between the form of a territory and the business: choices, partner by number, details."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Row, or_, select
from wtforms.validators import ValidationError

from models import catalog
from models.partners import Partner
from models.people import STAFF, Person, PersonStatus, Role
from models.territories import Territory, TerritoryDetails, TerritoryStatus
from portal.database import session
from portal.territories.forms import TerritoryForm

CHANNEL = (Role.CHANNEL_MANAGER, Role.ADMINISTRATOR)
SALES = (Role.SALES_MANAGER, Role.CHANNEL_MANAGER, Role.ADMINISTRATOR)


def staff(roles: Sequence[Role] = tuple(STAFF)) -> list[tuple[UUID, str]]:
    """Staff of these roles who are still here."""
    query = (
        select(Person.id, Person.name)
        .where(Person.role.in_(roles), Person.status != PersonStatus.LEFT)
        .order_by(Person.name, Person.id)
    )
    return [(row.id, row.name) for row in session.execute(query)]


def families() -> dict[str, str]:
    """Names by code, as territories keep the code."""
    return {row.code.casefold(): row.name for row in session.execute(catalog.families())}


def offered(form: TerritoryForm, *, but_not: UUID | None = None) -> TerritoryForm:
    """The form with its choices; a territory is not offered to stand above itself."""
    query = select(Territory.id, Territory.name).order_by(Territory.name, Territory.id)
    form.offer(
        parents=[(row.id, row.name) for row in session.execute(query) if row.id != but_not],
        channel_managers=staff(CHANNEL),
        sales_managers=staff(SALES),
        families=families(),
    )
    return form


def form_of(territory: Territory) -> TerritoryForm:
    """The form filled with what is kept."""
    form = TerritoryForm(
        data={name: getattr(territory, name) for name in PLAIN}
        | {
            "status": territory.status.value,
            "owner": _number_of(territory.owner_id),
            "naics": " ".join(territory.naics),
            "areas": [
                {
                    "kind": area.kind.value,
                    "value": area.value,
                    "country": area.country,
                    "is_exclusion": area.is_exclusion,
                }
                for area in territory.areas
            ],
        }
    )
    offered(form, but_not=territory.id).leave_room()
    return form


PLAIN = (
    "name", "parent_id", "channel_manager_id", "sales_manager_id", "is_exclusive", "from_on",
    "to_on", "priority", "products", "partner_roles", "employees_from", "employees_to",
)  # fmt: skip


def details_of(form: TerritoryForm) -> TerritoryDetails | None:
    """What was drawn; None when the partner is not known, which the form then says."""
    try:
        owner_id = _partner_called(form.owner.data)
    except ValidationError as error:
        form.owner.errors = [str(error)]
        return None
    return TerritoryDetails(
        **{name: getattr(form, name).data for name in PLAIN if name != "priority"},
        priority=form.priority.data or 0,
        status=TerritoryStatus(form.status.data),
        owner_id=owner_id,
        naics=form.naics.data.split(),
        areas=form.drawn(excluded=False),
        excluded=form.drawn(excluded=True),
    )


def _partner_called(text: str) -> UUID | None:
    if not text:
        return None
    query = select(Partner.id).where(or_(Partner.number == text.upper(), Partner.name == text))
    found: Sequence[Row] = session.execute(query.limit(2)).all()
    if len(found) != 1:
        raise ValidationError(
            "Several partners are called so: enter the number, such as P-7HM2KQV."
            if found
            else "No partner has this number or name."
        )
    return found[0].id


def _number_of(partner_id: UUID | None) -> str:
    found = session.scalar(select(Partner.number).where(Partner.id == partner_id))
    return found or ""
