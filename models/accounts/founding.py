"""Founding: the vendor and its first administrator, once, in an empty portal."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import available_timezones

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import audit
from models.accounts.rules import FACTOR_AT_FIRST, tidy_email
from models.errors import Refused
from models.money import is_currency
from models.people import SYSTEM, Person, Role, passwords
from models.vendor import Vendor


def found(
    session: Session,
    *,
    company: str,
    country: str,
    currency: str,
    time_zone: str,
    name: str,
    email: str,
    password: str,
    now: datetime,
) -> Person:
    """Make the vendor and its administrator.  Raises Refused when there is a vendor already."""
    _must_be_first(session)
    _must_exist(country, currency, time_zone)
    passwords.judge(password, names=[company, name, email])
    administrator = Person(
        email=tidy_email(email),
        name=name,
        role=Role.ADMINISTRATOR,
        password_hash=passwords.hashed(password),
        time_zone=time_zone,
        created_at=now,
    )
    session.add(administrator)
    session.flush()
    session.add(
        Vendor(
            name=company,
            legal_name=company,
            country=country.upper(),
            base_currency=currency,
            time_zone=time_zone,
            factor_roles=list(FACTOR_AT_FIRST),
            default_channel_manager_id=administrator.id,
            default_sales_manager_id=administrator.id,
        )
    )
    audit.record(session, SYSTEM, "portal set up", administrator, now=now)
    return administrator


def _must_be_first(session: Session) -> None:
    if session.scalar(select(func.count(Vendor.id))):
        raise Refused("This portal is set up already. Sign in as its administrator.")


def _must_exist(country: str, currency: str, time_zone: str) -> None:
    if not is_currency(currency):
        raise Refused(f"{currency} is no currency. Use an ISO 4217 code such as EUR.")
    if time_zone not in available_timezones():
        raise Refused(f"{time_zone} is no time zone. Use a name such as Europe/Berlin.")
    if len(country) != 2 or not country.isalpha():
        raise Refused(f"{country} is no country. Use an ISO 3166 code such as DE.")
