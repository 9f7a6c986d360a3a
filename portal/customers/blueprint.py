"""Where the pages of customers hang, and how a customer in an address is found."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort
from sqlalchemy import select

from models import customers
from models.customers import Customer
from models.people import Actor
from models.scope import vendor_side
from portal.database import session

pages = Blueprint("customers", __name__)


def customer_or_404(_person: Actor, customer_id: UUID) -> Customer:
    """The customer, if this person may see it; of a merged one, what it was merged into."""
    with vendor_side(session) as beside:
        survivor_id = customers.survivor_of(beside, customer_id)
    return session.scalar(select(Customer).where(Customer.id == survivor_id)) or abort(404)
