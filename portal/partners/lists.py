"""Lists of partners: what the address asks for, in which order, and as which file."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import request
from sqlalchemy import Row, case
from sqlalchemy.orm import Session
from werkzeug import Response

from models import partners
from models.partners import Filter, Partner, PartnerRole, PartnerStatus, Tier
from portal.paging import Key
from portal.sheets import Column, sheet_response

TIER_RANK = case({tier: rank for rank, tier in enumerate(Tier)}, value=Partner.tier)
"""A tier's place, so that platinum does not stand before registered."""

SORTS = {
    "name": Partner.name,
    "country": Partner.country,
    "tier": TIER_RANK,
    "since": Partner.created_at,
}

COLUMNS = [
    Column("Number", lambda row: row.number),
    Column("Name", lambda row: row.name),
    Column("Role", lambda row: row.role.value),
    Column("Tier", lambda row: row.tier.value),
    Column("Status", lambda row: row.status.value),
    Column("Country", lambda row: row.country),
    Column("Town", lambda row: row.town),
    Column("Currency", lambda row: row.currency),
    Column("Distributor", lambda row: row.distributor),
    Column("Channel manager", lambda row: row.manager),
    Column("Since", lambda row: row.created_at, "instant"),
]


def chosen() -> Filter:
    """From the address; what cannot be read does not narrow."""
    given = request.args
    return Filter(
        text=given.get("q", "")[:100],
        status=given.get("status", type=PartnerStatus),
        role=given.get("role", type=PartnerRole),
        tier=given.get("tier", type=Tier),
        country=given.get("country", "")[:2].upper(),
        distributor_id=given.get("distributor", type=UUID),
        manager_id=given.get("manager", type=UUID),
    )


def sort() -> str:
    key = request.args.get("sort", "name")
    return key if key.removeprefix("-") in SORTS else "name"


def keys(key: str) -> list[Key]:
    down = key.startswith("-")
    return [Key(SORTS[key.removeprefix("-")], down), Key(Partner.id, down)]


def export(session: Session, name: str, narrowed: Filter, day: date) -> Response:
    order = [k.column.desc() if k.descending else k.column for k in keys(sort())]
    found = partners.listed(narrowed, day=day).order_by(*order)
    rows: Any = session.execute(found.execution_options(yield_per=1000))
    return sheet_response(f"{name} {day}", COLUMNS, rows, request.args.get("as", ""))


def choices(rows: list[Row] | list[tuple[UUID, str]], nobody: str) -> dict[str, str]:
    """Names by id for a select, with a first line for none."""
    return {"": nobody} | {str(row[0]): row[1] for row in rows}
