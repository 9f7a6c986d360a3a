"""Between the form of a territory and the business: choices, partner by number, details."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Row, or_, select
from wtforms.validators import ValidationError

from models import catalog
from models.money import Money
from models.partners import Partner
from models.people import STAFF, Person, PersonStatus, Role
from models.territories import Territory, TerritoryDetails, TerritoryStatus
from portal.database import session
from portal.territories.forms import TerritoryForm, base_currency

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
    query = (
        select(Territory.id, Territory.name)
        .where(Territory.drawing_id.is_(None), Territory.status != TerritoryStatus.ENDED)
        .order_by(Territory.name, Territory.id)
    )
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
            "quota": money_a_year(territory).quota,
            "minimum": money_a_year(territory).minimum,
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


@dataclass(frozen=True)
class MoneyAYear:
    quota: Money | None
    minimum: Money | None


def money_a_year(territory: Territory) -> MoneyAYear:
    return MoneyAYear(
        *(
            None if minor is None else Money(minor, base_currency())
            for minor in (territory.quota_minor, territory.minimum_minor)
        )
    )


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
        quota_minor=form.quota.data.minor if form.quota.data else None,
        minimum_minor=form.minimum.data.minor if form.minimum.data else None,
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
