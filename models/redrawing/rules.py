"""What a redrawing of territories comes to: who wins, who loses, what nobody owns.  Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID

from models.deals import OPEN, DealStatus
from models.territories import Facts, Index, Key, Rule, assigned


@dataclass(frozen=True, slots=True)
class Standing:
    """Where something belongs under one drawing of the territories."""

    territory: Key | None = None
    """None: no territory holds it."""
    owner: Key | None = None
    """The partner whose territory it is; None: nobody's."""
    channel_manager: Key | None = None
    sales_manager: Key | None = None
    tied: tuple[Key, ...] = ()
    """Other territories that hold equally."""
    owners: frozenset[Key] = frozenset()
    """Partners of the territory and of those that hold equally."""

    @property
    def is_doubly_owned(self) -> bool:
        return len(self.owners) > 1


@dataclass(frozen=True, slots=True)
class _Move:
    before: Standing
    after: Standing

    @property
    def changes_owner(self) -> bool:
        return self.before.owner != self.after.owner

    @property
    def changes_manager(self) -> bool:
        """Either manager."""
        return (self.before.channel_manager, self.before.sales_manager) != (
            self.after.channel_manager,
            self.after.sales_manager,
        )

    @property
    def changes(self) -> bool:
        return self.before.territory != self.after.territory or (
            self.changes_owner or self.changes_manager
        )

    @property
    def becomes_nobodys(self) -> bool:
        return self.before.owner is not None and self.after.owner is None


@dataclass(frozen=True, slots=True)
class DealMove(_Move):
    """One deal, where it belongs today and where it would."""

    id: UUID
    number: str
    customer_name: str
    partner_id: UUID
    """Who registered it; that never changes."""
    status: DealStatus
    value_minor: int
    """In the vendor's base currency; 0 where no rate is kept."""
    country: str
    subdivision: str

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def is_won(self) -> bool:
        return self.status is DealStatus.WON


@dataclass(frozen=True, slots=True)
class CustomerMove(_Move):
    """One customer, where it belongs today and where it would."""

    id: UUID
    name: str
    revenue_minor: int
    """Invoiced in the window less what was credited; in the vendor's base currency."""
    country: str
    subdivision: str


@dataclass(frozen=True, slots=True)
class Balance:
    """What one partner, or one manager, has under one drawing.  Base currency."""

    deals: int = 0
    open_minor: int = 0
    won_minor: int = 0
    customers: int = 0
    revenue_minor: int = 0


@dataclass(frozen=True)
class Redrawing:
    """Everything that was asked, and its sums."""

    on: date
    """The day for which both drawings were asked."""
    since: date
    """First day of the window of deals and invoices."""
    currency: str
    deals: Sequence[DealMove]
    customers: Sequence[CustomerMove]
    territory_names: Mapping[Key, str]
    """As they would be called."""
    names_today: Mapping[Key, str]
    without_rate: frozenset[str]
    """Currencies whose amounts count as nothing, because no rate is kept."""

    @cached_property
    def moved_deals(self) -> list[DealMove]:
        return [move for move in self.deals if move.changes]

    @cached_property
    def moved_customers(self) -> list[CustomerMove]:
        return [move for move in self.customers if move.changes]

    @cached_property
    def nobodys_customers(self) -> list[CustomerMove]:
        """Those that no partner would own."""
        return [move for move in self.customers if move.after.owner is None]

    @cached_property
    def doubly_owned_deals(self) -> list[DealMove]:
        return [move for move in self.deals if move.after.is_doubly_owned]

    @cached_property
    def doubly_owned_customers(self) -> list[CustomerMove]:
        return [move for move in self.customers if move.after.is_doubly_owned]

    def by_owner(self) -> dict[Key | None, tuple[Balance, Balance]]:
        """(today, then) of each partner that owns anything in either; None: nobody's."""
        return self._balances(lambda standing: standing.owner)

    def by_channel_manager(self) -> dict[Key | None, tuple[Balance, Balance]]:
        return self._balances(lambda standing: standing.channel_manager)

    def by_sales_manager(self) -> dict[Key | None, tuple[Balance, Balance]]:
        return self._balances(lambda standing: standing.sales_manager)

    def _balances(
        self, whose: Callable[[Standing], Key | None]
    ) -> dict[Key | None, tuple[Balance, Balance]]:
        before = balance(self.deals, self.customers, lambda move: whose(move.before))
        after = balance(self.deals, self.customers, lambda move: whose(move.after))
        everybody = sorted(before.keys() | after.keys(), key=lambda key: (key is None, str(key)))
        empty = Balance()
        return {key: (before.get(key, empty), after.get(key, empty)) for key in everybody}


def balance(
    deals: Iterable[DealMove],
    customers: Iterable[CustomerMove],
    whose: Callable[[DealMove | CustomerMove], Key | None],
) -> dict[Key | None, Balance]:
    sums: dict[Key | None, list[int]] = defaultdict(lambda: [0] * 5)
    for deal in deals:
        sum_ = sums[whose(deal)]
        sum_[0] += 1
        sum_[1] += deal.value_minor if deal.is_open else 0
        sum_[2] += deal.value_minor if deal.is_won else 0
    for customer in customers:
        sum_ = sums[whose(customer)]
        sum_[3] += 1
        sum_[4] += customer.revenue_minor
    return {key: Balance(*sum_) for key, sum_ in sums.items()}


class Drawing:
    """One drawing of the territories, asked for many places."""

    def __init__(
        self,
        index: Index,
        *,
        present: frozenset[UUID],
        default_channel_manager: Key | None,
        default_sales_manager: Key | None,
    ) -> None:
        """present: staff who may be given work; whoever has left is passed over."""
        self.index, self._present = index, present
        self._defaults = (default_channel_manager, default_sales_manager)
        self._managers: dict[Key | None, tuple[Key | None, Key | None]] = {}

    def standing(self, facts: Facts) -> Standing:
        found = self.index.resolve(facts)
        rule = found.winner.rule if found.winner else None
        channel, sales = self._managers_of(rule, facts)
        if rule is None:
            return Standing(channel_manager=channel, sales_manager=sales)
        best = (rule, *(match.rule for match in found.tied))
        return Standing(
            territory=rule.id,
            owner=rule.owner,
            channel_manager=channel,
            sales_manager=sales,
            tied=tuple(match.rule.id for match in found.tied),
            owners=frozenset(each.owner for each in best if each.owner is not None),
        )

    def _managers_of(self, rule: Rule | None, facts: Facts) -> tuple[Key | None, Key | None]:
        key = rule.id if rule else None
        if key not in self._managers:
            self._managers[key] = (
                self._manager(rule, facts, lambda each: each.channel_manager, self._defaults[0]),
                self._manager(rule, facts, lambda each: each.sales_manager, self._defaults[1]),
            )
        return self._managers[key]

    def _manager(
        self,
        rule: Rule | None,
        facts: Facts,
        manager_of: Callable[[Rule], Key | None],
        default: Key | None,
    ) -> Key | None:
        """Whose it is when nobody is away."""
        assert facts.on is not None
        return assigned(
            rule,
            rules=self.index.rules,
            manager_of=lambda each: manager_of(each) if manager_of(each) in self._present else None,
            default=default,
            absences={},
            on=facts.on,
        ).manager
