"""Commission plans, and sales that have earned, as tests want them."""

from datetime import date
from typing import Any

from models import commissions
from models.commissions import Plan, PlanDraft
from models.people import SYSTEM, Actor
from models.sales import Invoice
from tests.factories_sales import SalesFactories

TEN_PERCENT = {"base": {"type": "flat", "rate": "0.10"}, "clawback": {"days": 90}}
TWELVE_PERCENT = {"base": {"type": "flat", "rate": "0.12"}, "clawback": {"days": 90}}
SINCE = date(2025, 1, 1)


class CommissionFactories(SalesFactories):
    def plan(self, rules: dict[str, Any] | None = None, *, assigned: bool = True, **said) -> Plan:
        """A plan in EUR that pays ten per cent to everybody since 2025, unless more is said."""
        self.programme()
        usual = {
            "name": f"Plan {self.number}",
            "currency": "EUR",
            "time_zone": "Europe/Berlin",
            "by": SYSTEM,
            "now": self.now,
        }
        plan = commissions.make_plan(self.session, **(usual | said))
        self.version(plan, rules or TEN_PERCENT)
        if assigned:
            commissions.assign(self.session, plan, from_on=SINCE, by=SYSTEM, now=self.now)
        return plan

    def version(self, plan: Plan, rules: dict[str, Any], from_on: date = SINCE, **said):
        return commissions.add_version(
            self.session, plan, rules=rules, from_on=from_on, by=SYSTEM, now=self.now, **said
        )

    def plan_draft(
        self, plan: Plan, rules: dict[str, Any] | None = None, *, by: Actor, **said
    ) -> PlanDraft:
        """A version that nobody has proposed yet, from 1 December 2026 unless said otherwise."""
        usual = {"from_on": date(2026, 12, 1), "now": self.now}
        return commissions.begin_draft(
            self.session, plan, rules=rules or TWELVE_PERCENT, by=by, **(usual | said)
        )

    def earned(self, net: int = 1_000_00, **said) -> Invoice:
        """An invoice that is paid and rated.  `paid` says what of the payment."""
        paid = said.pop("paid", {})
        invoice = self.invoice(net=net, **said)
        self.payment(invoice, **paid)
        self.rate_all()
        return invoice

    def rate_all(self) -> commissions.Caught:
        return commissions.catch_up(self.session, now=self.now)
