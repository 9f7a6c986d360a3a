"""A sale that nobody registered gets managers too, so that no indirect sale is without one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import territories
from models.catalog import Product, ProductFamily
from models.customers import Customer
from models.partners import Partner
from models.sales.tables import Invoice, InvoiceLine
from models.territories import Facts


def route_unregistered(session: Session, invoice: Invoice, *, now: datetime) -> None:
    """By where the customer is; of a deal's invoice the deal's managers are known.

    The routing log keeps who they are.  On the vendor's side.
    """
    if invoice.deal_id is not None:
        return
    customer = session.get_one(Customer, invoice.customer_id)
    role = session.scalar(select(Partner.role).where(Partner.id == invoice.partner_id))
    family = (
        select(ProductFamily.code)
        .join(Product, Product.family_id == ProductFamily.id)
        .join(InvoiceLine, InvoiceLine.product_id == Product.id)
        .where(InvoiceLine.invoice_id == invoice.id)
        .order_by(InvoiceLine.amount_minor.desc(), InvoiceLine.id)
    )
    facts = Facts(
        country=customer.country,
        subdivision=customer.subdivision or None,
        postal=customer.postal_code or None,
        domain=customer.domain or None,
        account=str(customer.id),
        naics=customer.naics or None,
        employees=customer.employees,
        product=session.scalar(family.limit(1)),
        partner=invoice.partner_id,
        partner_role=role,
    )
    about = ("invoice", invoice.id)
    territories.route(session, facts, on=invoice.issued_on, about=about, now=now)
