"""Partners, people and the vendor, as tests want them."""

from datetime import date

from models.base import human_number, new_id
from models.partners import Partner, PartnerParent, PartnerRole, PartnerStatus
from models.people import Actor, Person, Role
from models.vendor import Vendor
from tests.factories_base import BaseFactories


class PeopleFactories(BaseFactories):
    def vendor(self, **said) -> Vendor:
        """The vendor's one row, in euros and in Berlin unless said otherwise."""
        usual = {
            "name": "Adventure Works Cycles",
            "legal_name": "Adventure Works Cycles GmbH",
            "country": "DE",
            "town": "Berlin",
            "base_currency": "EUR",
            "time_zone": "Europe/Berlin",
            "iban": "DE89370400440532013000",
            "bic": "COBADEFFXXX",
        }
        return self.keep(Vendor(**(usual | said)))

    def partner(self, **said) -> Partner:
        """An active reseller in Germany, paid in euros unless said otherwise."""
        partner_id = new_id()
        usual = {
            "id": partner_id,
            "number": human_number("P", partner_id),
            "name": f"Partner {self.number}",
            "role": PartnerRole.RESELLER,
            "status": PartnerStatus.ACTIVE,
            "country": "DE",
            "currency": "EUR",
            "created_at": self.now,
        }
        return self.keep(Partner(**(usual | said)))

    def distributor(self, **said) -> Partner:
        return self.partner(**({"role": PartnerRole.DISTRIBUTOR} | said))

    def parent(
        self,
        partner: Partner,
        distributor: Partner,
        *,
        from_on: date = date(2020, 1, 1),
        to_on: date | None = None,
    ) -> PartnerParent:
        """`partner` buys through `distributor` from that day on."""
        return self.keep(
            PartnerParent(
                partner_id=partner.id, distributor_id=distributor.id, from_on=from_on, to_on=to_on
            )
        )

    def person(self, **said) -> Person:
        """Staff when only a staff role is said; a partner's seller otherwise."""
        number = self.number
        partner = said.pop("partner", None)
        said.setdefault("role", Role.SELLER)
        if said["role"] in (Role.SELLER, Role.PARTNER_ADMINISTRATOR):
            said.setdefault("partner_id", (partner or self.partner()).id)
        usual = {
            "email": f"person{number}@example.com",
            "name": f"Person {number}",
            "created_at": self.now,
        }
        return self.keep(Person(**(usual | said)))

    def administrator(self, **said) -> Person:
        return self.person(**({"role": Role.ADMINISTRATOR} | said))

    def manager(self, **said) -> Person:
        """A channel manager."""
        return self.person(**({"role": Role.CHANNEL_MANAGER} | said))

    def sales_manager(self, **said) -> Person:
        return self.person(**({"role": Role.SALES_MANAGER} | said))

    def finance(self, **said) -> Person:
        return self.person(**({"role": Role.FINANCE} | said))

    def seller(self, partner: Partner | None = None, **said) -> Person:
        return self.person(partner=partner, **said)

    def actor(self, **said) -> Actor:
        """Somebody who does something; the same words as for a person."""
        return self.person(**said).actor()
