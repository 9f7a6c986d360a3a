"""Claims, as tests want them: drawn up, submitted and approved through the real operations."""

from datetime import date, timedelta

from models import claims
from models.claims import Ask, Terms, TerritoryClaim
from models.partners import Partner
from models.people import Actor, Role
from models.territories import Area
from tests.factories_deals import DealFactories

PLAN = "Two of our people visit every workshop of the area in the first half year, from Munich."


class ClaimFactories(DealFactories):
    def terms(self, *places, cut_out=(), **said) -> Terms:
        """Exclusive, for a year from today, unless said otherwise; ("postal", "80*", "DE")."""
        today = self.now.date()
        usual = {
            "places": tuple(Area.read(*place) for place in places or (("country", "DE"),)),
            "cut_out": tuple(Area.read(*place) for place in cut_out),
            "is_exclusive": True,
            "from_on": today,
            "to_on": date(today.year + 1, today.month, today.day),
        }
        return Terms(**(usual | said))

    def claim(self, *places, partner: Partner | None = None, **said) -> TerritoryClaim:
        """A draft."""
        self.programme()
        by = self.head_of(partner or self.partner())
        ask = Ask(name=f"Claim {self.number}", plan=PLAN, terms=self.terms(*places, **said))
        return claims.draft(self.session, ask, by=by, now=self.now)

    def claimed(self, *places, **said) -> TerritoryClaim:
        claim = self.claim(*places, **said)
        claims.submit(self.session, claim, by=self.head_of(claim), now=self.now)
        self.session.flush()
        return claim

    def holding(self, *places, **said) -> TerritoryClaim:
        """Approved, by two people where it is exclusive."""
        claim = self.claimed(*places, **said)
        claims.approve(self.session, claim, by=self.decider(), now=self.now)
        if claim.is_exclusive:
            claims.approve(self.session, claim, by=self.second(), now=self.now)
        self.session.flush()
        return claim

    def head_of(self, of: Partner | TerritoryClaim) -> Actor:
        """An administrator of the partner."""
        partner_id = of.id if isinstance(of, Partner) else of.partner_id
        return self.actor(role=Role.PARTNER_ADMINISTRATOR, partner_id=partner_id)

    def second(self) -> Actor:
        """Another channel manager."""
        return self.manager().actor()

    def later(self, **span):
        return self.now + timedelta(**span)
