"""Customers, products, prices and territories, as tests want them."""

from datetime import date
from decimal import Decimal

from models import customers
from models.catalog.tables import ExchangeRate, Price, PriceList, Product, ProductFamily
from models.customers import Customer, CustomerDetails, CustomerKind
from models.money import Money
from models.territories.rules import Area, TerritoryStatus
from models.territories.tables import Territory, TerritoryArea
from tests.factories_base import BaseFactories


class PlacesFactories(BaseFactories):
    def customer(self, name: str = "", **said) -> Customer:
        """A business in Germany unless said otherwise; findable like any other."""
        usual = {"name": name or f"Customer {self.number}", "country": "DE"}
        return customers.add(self.session, CustomerDetails(**(usual | said)), now=self.now)

    def consumer(self, **said) -> Customer:
        return self.customer(**({"kind": CustomerKind.CONSUMER} | said))

    def family(self, **said) -> ProductFamily:
        number = self.number
        usual = {"code": f"family-{number}", "name": f"Family {number}"}
        return self.keep(ProductFamily(**(usual | said)))

    def product(self, *, family: ProductFamily | None = None, **said) -> Product:
        number = self.number
        usual = {
            "sku": f"SKU-{number}",
            "name": f"Product {number}",
            "family_id": (family or self.family()).id,
        }
        return self.keep(Product(**(usual | said)))

    def price_list(self, **said) -> PriceList:
        """Euros for every tier since 2020, without end."""
        usual = {"name": "Dealer prices", "currency": "EUR", "from_on": date(2020, 1, 1)}
        return self.keep(PriceList(**(usual | said)))

    def price(self, product: Product, unit: Money, **said) -> Price:
        """On a list of its currency; `said` is about the list."""
        on = self.price_list(**({"currency": unit.currency} | said))
        return self.keep(Price(price_list_id=on.id, product_id=product.id, unit_minor=unit.minor))

    def rate(self, base: str, quote: str, rate: str, on: date = date(2026, 1, 1)) -> ExchangeRate:
        return self.keep(
            ExchangeRate(base=base, quote=quote, on=on, rate=Decimal(rate), source="test")
        )

    def territory(self, *places, excluded=(), **said) -> Territory:
        """`places` as Area.read takes them: ("country", "DE"), ("postal", "80*", "DE")."""
        usual = {
            "name": f"Territory {self.number}",
            "status": TerritoryStatus.ACTIVE,
            "created_at": self.now,
        }
        territory = Territory(**(usual | said))
        for is_exclusion, listed in ((False, places), (True, excluded)):
            for place in listed:
                area = Area.read(*place)
                territory.areas.append(
                    TerritoryArea(
                        kind=area.kind,
                        value=area.value,
                        country=area.country or "",
                        is_exclusion=is_exclusion,
                    )
                )
        return self.keep(territory)
