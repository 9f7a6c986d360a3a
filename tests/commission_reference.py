"""An independent, slow reading of the commission rules, with Decimal, for the engine's tests.

It keeps no counters: whatever it must know of the past it adds up anew from all that happened.
One currency, UTC, nothing closed.  It reads the plan's JSON itself and shares no code with the
engine.  Amounts are minor units.
"""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from tests.commission_reference_back import Back
from tests.commission_reference_bases import ZERO, later, parts

PERCENT = ("base", "dealreg_uplift", "floor_adjustment", "cap_adjustment", "override")


class Reference(Back):
    def __init__(self, rules, currency_factor=100):
        self.rules, self.factor = rules, currency_factor
        self.sales = []
        """What earned: {deal, on, basis, amount, key, partner, lines, trued, customer, units}."""
        self.back = defaultdict(list)
        """{deal: [(partner, amount, bonus)] taken back}."""
        self.refunded = defaultdict(Decimal)
        self.came_back = defaultdict(list)
        """{(deal, sale): [(what was refunded of it, how much of that counts)]}."""
        self.given_back = []
        """[sale entry, volume] in the order in which counters fell."""
        self.holds = []
        """{deal, partner, left, due}."""

    def event(self, sale, happened):
        """[(partner, code, amount)] of one event."""
        on = happened.at.date()
        lines = self._released(sale.deal, on)
        if happened.kind == "refund":
            return lines + self._refund(sale, on, happened.amount_minor)
        return lines + self._earn(sale, on, happened)

    def _earn(self, sale, on, happened):
        whole = Decimal(sum(line.amount_minor for line in sale.lines if line.commissionable))
        net = Decimal(sale.net_minor)
        amount = net if happened.amount_minor is None else Decimal(happened.amount_minor)
        exact = (whole, Decimal(1)) if amount == net else (whole * amount, net)
        entry = {
            "sale": sale, "deal": sale.deal, "on": on, "amount": amount,
            "basis": self._plainly(*exact), "counts": exact[0], "lines": [], "rate": None,
            "trued": ZERO, "partner": sale.partner, "pool": ZERO, "bounded": ZERO,
        }  # fmt: skip
        pool = self._base(entry, exact)
        pool += self._uplift(entry, exact)
        pool += self._bounds(entry, sum(one for _, one in pool), whole)
        lines = self._split(sale, pool)
        lines += self._month_cap(entry, lines)
        lines += self._overrides(sale, exact, lines)
        held = self._holdback(lines)
        lines += self._new_logo(entry) + self._spiffs(entry)
        lines = [line for line in lines if line[2]]
        trued = self._true_up(entry)
        entry["lines"] = lines
        self.sales.append(entry)
        for partner, _, minor in held:
            due = on + timedelta(days=self.rules["holdback"]["days"])
            self.holds.append({"deal": sale.deal, "partner": partner, "left": -minor, "due": due,
                               "whole": -minor})  # fmt: skip
        return lines + held + trued

    def _uplift(self, entry, exact):
        registration, sale = entry["sale"].registration, entry["sale"]
        if "dealreg_uplift" not in self.rules or registration is None:
            return []
        won_on = sale.won_at.date()
        days = registration.protection_days + registration.extension_days
        if not registration.approved_on <= won_on <= registration.approved_on + timedelta(days):
            return []
        if self.rules.get("uplift_for") == "fulfilling" and any(
            partner != sale.partner for partner, _ in sale.splits
        ):
            return []
        basis = entry.get("margin", exact)
        points = Decimal(self.rules["dealreg_uplift"])
        return (
            [("dealreg_uplift", self.rounded(self.rounded(*basis) * points))]
            if ("margin" in entry)
            else [("dealreg_uplift", self.rounded(basis[0] * points, basis[1]))]
        )

    def _bounds(self, entry, raw, whole):
        floor, cap = (self.rules.get(name) for name in ("deal_floor", "deal_cap"))
        if floor is None and cap is None:
            return []
        before = [one for one in self.sales if one["deal"] == entry["deal"]]
        entry["pool"] = raw
        so_far = sum((one["pool"] for one in before), ZERO) + raw
        bounded = sum((one["bounded"] for one in before), ZERO)
        target, code = so_far, "floor_adjustment"
        if floor is not None:
            sold, least = self._sold(entry["deal"]) + entry["basis"], self.minor(floor)
            target = max(target, least if sold >= whole else self._plainly(least * sold, whole))
        if cap is not None and target > self.minor(cap):
            target, code = self.minor(cap), "cap_adjustment"
        entry["bounded"] = target - bounded
        return [(code, target - bounded - raw)]

    def _split(self, sale, pool):
        shares = sale.splits or ((sale.partner, Decimal(1)),)
        whole = sum(weight for _, weight in shares)
        found = []
        for code, amount in pool:
            for (partner, _), part in zip(shares, parts(amount, shares, whole), strict=True):
                found.append((partner, code, part))
        return [line for line in found if line[2]]

    def _month_cap(self, entry, lines):
        if "period_cap" not in self.rules:
            return []
        cap, cuts, month = self.minor(self.rules["period_cap"]), [], f"{entry['on']:%Y-%m}"
        entry["capped"] = {}
        for partner in dict.fromkeys(partner for partner, _, _ in lines):
            gained = sum(minor for who, _, minor in lines if who == partner)
            before = sum(
                (one["capped"].get(partner, ZERO) for one in self.sales
                 if f"{one['on']:%Y-%m}" == month), ZERO
            )  # fmt: skip
            over = min(max(before + gained - cap, ZERO), max(gained, ZERO))
            entry["capped"][partner] = gained - over
            if over:
                cuts.append((partner, "cap_adjustment", -over))
        return cuts

    def _overrides(self, sale, exact, lines):
        listed = self.rules.get("override", [])
        found = []
        for distributor, rule in zip(
            sale.distributors, listed if isinstance(listed, list) else [listed], strict=False
        ):
            basis = exact
            if rule["basis"] == "commission":
                basis = (sum((minor for _, _, minor in lines), ZERO), Decimal(1))
            amount = self.rounded(basis[0] * Decimal(rule["rate"]), basis[1])
            found.append((distributor, "override", amount))
        return [line for line in found if line[2]]

    def _holdback(self, lines):
        rule, held = self.rules.get("holdback"), []
        if rule is None:
            return held
        for partner in dict.fromkeys(partner for partner, _, _ in lines):
            total = sum(minor for who, code, minor in lines if who == partner and code in PERCENT)
            amount = self.rounded(total * Decimal(rule["pct"]))
            if amount > 0:
                held.append((partner, "holdback", -amount))
        return held

    def _new_logo(self, entry):
        rule, sale = self.rules.get("new_logo_bonus"), entry["sale"]
        if rule is None or not entry["counts"]:
            return []
        if any(one["deal"] == entry["deal"] and one["lines"] for one in self.sales):
            return []
        bought = [one["on"] for one in self.sales if one["sale"].customer == sale.customer]
        if bought and later(max(bought), rule["lookback_months"]) > entry["on"]:
            return []
        return [(sale.partner, "new_logo_bonus", self.minor(rule["amount"]))]

    def _spiffs(self, entry):
        found = []
        for number, rule in enumerate(self.rules.get("spiffs", [])):
            sale = entry["sale"]
            sold = sum(line.quantity for line in sale.lines if line.sku == rule["sku"])
            before = [one for one in self.sales if one["deal"] == entry["deal"]]
            paid = sum((one["amount"] for one in before), ZERO) + entry["amount"]
            complete = sold if paid >= sale.net_minor else int(sold * paid // sale.net_minor)
            due = complete - max((one["complete"][number] for one in before), default=0)
            entry.setdefault("complete", {})[number] = max(
                complete, max((one["complete"][number] for one in before), default=0)
            )
            used = sum(one.get("units", {}).get(number, 0) for one in self.sales
                       if one["partner"] == sale.partner)  # fmt: skip
            count = min(due, rule["max_units"] - used)
            inside = (
                date.fromisoformat(rule["from"]) <= entry["on"] <= date.fromisoformat(rule["to"])
            )
            if count > 0 and inside:
                entry.setdefault("units", {})[number] = count
                found.append((sale.partner, "spiff", count * self.minor(rule["per_unit"])))
        return found
