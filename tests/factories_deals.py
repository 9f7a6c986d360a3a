"""Deals, as tests want them: registered, approved and won through the real operations."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from models import deals, wins
from models.catalog import Product, ProductFamily
from models.deals import Deal, Line, Registration
from models.partners import Partner
from models.people import Actor, Person
from models.vendor import Vendor
from models.wins import DealOrder, HandOver, Order
from tests.factories_people import PeopleFactories
from tests.factories_places import PlacesFactories

TREES = ["Alder", "Birch", "Cypress", "Dogwood", "Elm", "Fir", "Ginkgo", "Hazel", "Juniper"]
TRADES = ["Motors", "Bakery", "Pharma", "Shipping", "Textiles", "Foundry", "Optics", "Dairy"]


def customer_name(number: int) -> str:
    """Names that nobody takes for one another."""
    return f"{TREES[number % len(TREES)]} {TRADES[number // len(TREES) % len(TRADES)]}"


class DealFactories(PlacesFactories, PeopleFactories):
    def programme(self, **said) -> Vendor:
        """The vendor with its two default managers; made once, then found."""
        known = self.session.scalars(select(Vendor)).first()
        vendor = known or self.vendor(**said)
        if vendor.default_channel_manager_id is None:
            vendor.default_channel_manager_id = self.manager(name="Rosa Kim").id
            vendor.default_sales_manager_id = self.sales_manager(name="Linda Mitchell").id
            self.session.flush()
        return vendor

    def sold(self, family: str = "Bikes") -> Product:
        """A product of the family of that name."""
        found = select(ProductFamily).where(ProductFamily.name == family)
        known = self.session.scalars(found).first()
        return self.product(family=known or self.family(name=family))

    def registration(self, *, family: str = "Bikes", value: int = 10_000_00, **said):
        """A complete registration of one product of that family, worth `value` minor units."""
        usual = {
            "customer_name": customer_name(self.number),
            "customer_country": "DE",
            "expected_close_on": self.now.date() + timedelta(days=60),
            "problem": "Couriers lose an hour a day because the old cargo bikes break down.",
            "contact_name": "Ruth Okafor",
            "contact_email": "ruth@example.com",
        }
        if "lines" not in said:
            said["lines"] = (Line(self.sold(family).id, 1, value),)
        return Registration(**(usual | said))

    def draft(self, *, partner: Partner | None = None, by: Actor | None = None, **said) -> Deal:
        self.programme()
        partner = partner or self.partner()
        by = by or self.seller(partner).actor()
        deal = deals.draft(
            self.session,
            self.registration(**said),
            partner_id=partner.id,
            by=by,
            now=self.now,
        )
        self.session.flush()
        return deal

    def submitted(self, **said) -> Deal:
        deal = self.draft(**said)
        deals.submit(self.session, deal, by=self.registrant(deal), now=self.now)
        self.session.flush()
        return deal

    def approved(self, **said) -> Deal:
        deal = self.submitted(**said)
        deals.approve(self.session, deal, by=self.decider(), now=self.now)
        self.session.flush()
        return deal

    def won(self, *, order_number: str = "SO-1", **said) -> Deal:
        deal = self.approved(**said)
        self.order(deal, number=order_number)
        self.session.flush()
        return deal

    def order(self, deal: Deal, *, by: Actor | None = None, hand_over=None, **said) -> DealOrder:
        """An order of the customer, of the whole registered value unless something else is said."""
        usual = {"number": f"SO-{self.number}", "ordered_at": self.now}
        kept = wins.record(
            self.session,
            deal,
            Order(**(usual | said)),
            hand_over or self.hand_over(),
            by=by or self.registrant(deal),
            now=self.now,
        )
        self.session.flush()
        return kept

    def hand_over(self, **said) -> HandOver:
        today = self.now.date()
        usual = {
            "support_contact": "support@example.com",
            "starts_on": today + timedelta(days=14),
            "renews_on": today + timedelta(days=379),
        }
        return HandOver(**(usual | said))

    def registrant(self, deal: Deal) -> Actor:
        """Who registered the deal."""
        return self._actor(deal.registered_by_id)

    def decider(self) -> Actor:
        """The vendor's channel manager."""
        return self._actor(self.programme().default_channel_manager_id)

    def seller_of_vendor(self) -> Actor:
        """The vendor's sales manager."""
        return self._actor(self.programme().default_sales_manager_id)

    def _actor(self, person_id: UUID | None) -> Actor:
        return self.session.get_one(Person, person_id).actor()
