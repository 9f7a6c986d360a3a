"""Makes valid things with as little said as possible; a test says only what it is about.

Each feature brings its own part in `tests/factories_<feature>.py`.
"""

from tests.factories_claims import ClaimFactories
from tests.factories_commissions import CommissionFactories
from tests.factories_conflicts import ConflictFactories
from tests.factories_deals import DealFactories
from tests.factories_payouts import PayoutFactories
from tests.factories_people import PeopleFactories
from tests.factories_places import PlacesFactories
from tests.factories_sales import SalesFactories
from tests.factories_sellthrough import SellthroughFactories


class Factories(
    ClaimFactories,
    CommissionFactories,
    SalesFactories,
    SellthroughFactories,
    ConflictFactories,
    DealFactories,
    PayoutFactories,
    PlacesFactories,
    PeopleFactories,
):
    """`a` in the tests: a.partner(tier=Tier.GOLD), a.manager(), …"""
