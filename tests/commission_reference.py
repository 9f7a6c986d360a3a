"""An independent, slow reading of the commission rules, with Decimal, for the engine's tests.

It keeps no counters: whatever it must know of the past it adds up anew from all that happened.
One currency, UTC, nothing closed.  It reads the plan's JSON itself and shares no code with the
engine.  Amounts are minor units.
"""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal, localcontext

ZERO = Decimal(0)
PERCENT = ("base", "dealreg_uplift", "floor_adjustment", "cap_adjustment", "override")
BONUS = ("new_logo_bonus", "spiff")


class Reference:
    def __init__(self, rules, currency_factor=100):
        self.rules, self.factor = rules, currency_factor
        self.sales = []
        """What earned: {deal, on, basis, amount, key, partner, lines, trued, customer, units}."""
        self.back = defaultdict(list)
        """{deal: [(partner, amount, bonus)] taken back}."""
        self.refunded = defaultdict(Decimal)
        self.given_back = []
        """[sale entry, volume] in the order in which counters fell."""
        self.holds = []
        """{deal, partner, left, due}."""

    def minor(self, text):
        return Decimal(text) * self.factor

    def rounded(self, numerator, denominator=1):
        """To whole units, a half away from zero, or to even where the plan says so."""
        with localcontext() as context:
            context.prec = 120
            numerator, denominator = Decimal(numerator), Decimal(denominator)
            sign = -1 if numerator < 0 else 1
            whole = abs(numerator) // denominator
            twice = 2 * (abs(numerator) - whole * denominator)
            even = self.rules.get("rounding") == "half_even"
            up = twice > denominator or (twice == denominator and not (even and whole % 2 == 0))
            return sign * (whole + 1 if up else whole)

    def event(self, sale, happened):
        """[(partner, code, amount)] of one event."""
        on = happened.at.date()
        lines = self._released(sale.deal, on)
        if happened.kind == "refund":
            return lines + self._refund(sale, on, happened.amount_minor)
        return lines + self._earn(sale, on, happened)

    # What is earned

    def _earn(self, sale, on, happened):
        whole = Decimal(sum(line.amount_minor for line in sale.lines if line.commissionable))
        net = Decimal(sale.net_minor)
        amount = net if happened.amount_minor is None else Decimal(happened.amount_minor)
        exact = (whole, Decimal(1)) if amount == net else (whole * amount, net)
        entry = {
            "sale": sale, "deal": sale.deal, "on": on, "amount": amount,
            "basis": self.rounded(*exact), "lines": [], "rate": None, "trued": ZERO,
            "partner": sale.partner, "pool": ZERO, "bounded": ZERO,
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

    def _base(self, entry, exact):
        base, sale = self.rules["base"], entry["sale"]
        kind = base["type"]
        if kind == "flat":
            return [("base", self.rounded(exact[0] * Decimal(base["rate"]), exact[1]))]
        if kind == "by_deal_type":
            rate = Decimal(base["rates"].get(sale.kind, "0"))
            return [("base", self.rounded(exact[0] * rate, exact[1]))]
        share = (Decimal(1), Decimal(1))
        if entry["amount"] != sale.net_minor:
            share = (entry["amount"], Decimal(sale.net_minor))
        if kind == "by_category":
            return [
                ("base", self.rounded(line.amount_minor * share[0]
                                      * Decimal(base["rates"].get(line.category, "0")), share[1]))
                for line in sale.lines if line.commissionable
            ]  # fmt: skip
        if kind == "margin":
            margin = sum(
                line.amount_minor - line.cost_minor for line in sale.lines if line.commissionable
            )
            entry["margin"] = (max(margin, 0) * share[0], share[1])
            rated = entry["margin"][0] * Decimal(base["rate"])
            return [("base", self.rounded(rated, share[1]))]
        return self._tiered(base, entry, exact)

    def _tiered(self, base, entry, exact):
        tiers, volume = self._tiers(base), entry["basis"]
        mode = base.get("mode", "marginal")
        if mode == "deal_slab":
            size = sum(line.amount_minor for line in entry["sale"].lines if line.commissionable)
            return [("base", self.rounded(exact[0] * self._reached(tiers, size), exact[1]))]
        if mode == "deal_marginal":
            start = self._sold(entry["deal"])
        else:
            start = self._volume(entry["partner"], self._window(entry["on"]))
        if mode.endswith("marginal"):
            worth = ZERO
            for number, (lower, rate) in enumerate(tiers):
                upper = tiers[number + 1][0] if number + 1 < len(tiers) else start + volume
                falls = min(start + volume, upper) - max(start, lower)
                worth += max(falls, ZERO) * rate
            return [("base", self.rounded(worth * exact[0], exact[1] * (volume or 1)))]
        entry["rate"] = self._reached(tiers, start + volume)
        return [("base", self.rounded(exact[0] * entry["rate"], exact[1]))]

    def _tiers(self, base):
        if base["type"] == "accelerator":
            quota, rate = self.minor(base["quota"]), Decimal(base["base_rate"])
            return [
                (self.rounded(quota * Decimal(at)), rate * Decimal(times))
                for at, times in base["bands"]
            ]
        return [(self.minor(lower), Decimal(rate)) for lower, rate in base["tiers"]]

    @staticmethod
    def _reached(tiers, volume):
        return [rate for lower, rate in tiers if lower <= volume][-1]

    def _window(self, on):
        window = self.rules["base"].get("window")
        months = {"month": 1, "quarter": 3, "year": 12}[window]
        return (on.year, (on.month - 1) // months)

    def _volume(self, partner, window):
        mine = [one for one in self.sales if one["partner"] == partner]
        sold = sum((one["basis"] for one in mine if self._window(one["on"]) == window), ZERO)
        fell = sum(
            (volume for one, volume in self.given_back
             if one["partner"] == partner and self._window(one["on"]) == window), ZERO
        )  # fmt: skip
        return sold - fell

    def _sold(self, deal):
        return sum((one["basis"] for one in self.sales if one["deal"] == deal), ZERO)

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

    def _plainly(self, numerator, denominator):
        """Half up whatever the plan says: of shares, not of lines."""
        kept, self.rules = self.rules, {**self.rules, "rounding": "half_up"}
        try:
            return self.rounded(numerator, denominator)
        finally:
            self.rules = kept

    def _split(self, sale, pool):
        shares = sale.splits or ((sale.partner, Decimal(1)),)
        whole = sum(weight for _, weight in shares)
        found = []
        for code, amount in pool:
            for (partner, _), part in zip(shares, _parts(amount, shares, whole), strict=True):
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
        if rule is None or not entry["basis"]:
            return []
        if any(one["deal"] == entry["deal"] and one["lines"] for one in self.sales):
            return []
        bought = [one["on"] for one in self.sales if one["sale"].customer == sale.customer]
        if bought and _later(max(bought), rule["lookback_months"]) > entry["on"]:
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

    # Looking back

    def _true_up(self, entry):
        base = self.rules["base"]
        if base.get("mode") != "slab_retro" or not entry["basis"]:
            return []
        window, rate = self._window(entry["on"]), entry["rate"]
        lower = [
            one for one in self.sales
            if one["partner"] == entry["partner"] and self._window(one["on"]) == window
            and one["rate"] < rate and self._left(one) > 0
        ]  # fmt: skip
        sizes = [self._left(one) * (rate - one["rate"]) for one in lower]
        whole = self.rounded(sum(sizes, ZERO))
        found = defaultdict(Decimal)
        if whole:
            for one, part in zip(lower, _proportional(whole, sizes), strict=True):
                shares = one["sale"].splits or ((one["sale"].partner, Decimal(1)),)
                total = sum(weight for _, weight in shares)
                for (partner, _), minor in zip(shares, _parts(part, shares, total), strict=True):
                    found[partner] += minor
                    self._credit(one, partner, minor)
            for one in lower:
                one["rate"] = rate
        return [(partner, "tier_trueup", minor) for partner, minor in found.items() if minor]

    def _credit(self, entry, partner, minor):
        entry.setdefault("lifted", []).append((partner, "tier_trueup", minor))

    def _left(self, entry):
        fell = sum((volume for one, volume in self.given_back if one is entry), ZERO)
        return entry["basis"] - fell

    # What is taken back

    def _refund(self, sale, on, amount):
        rule, deal = self.rules.get("clawback"), sale.deal
        mine = [one for one in self.sales if one["deal"] == deal]
        earning = [one for one in mine if one["lines"]]
        sold = self._sold(deal)
        if rule is None or not earning or not sold:
            return []
        if (on - earning[0]["on"]).days > rule["days"]:
            return []
        self.refunded[deal] = min(sold, self.refunded[deal] + amount)
        full = self.refunded[deal] >= sold
        lines = []
        earned = [line for one in mine for line in (*one["lines"], *one.get("lifted", ()))]
        if full:
            for one in mine:
                one.pop("units", None)
        for partner in dict.fromkeys(partner for partner, _, _ in earned):
            lines += self._from(deal, partner, earned, sold, full, rule)
        self._lower(mine, deal, sold)
        return lines

    def _from(self, deal, partner, earned, sold, full, rule):
        own = [(code, minor) for who, code, minor in earned if who == partner]
        percent = sum((minor for code, minor in own if code not in BONUS), ZERO)
        bonus = sum((minor for code, minor in own if code in BONUS), ZERO)
        before = [(p, b) for who, p, b in self.back[deal] if who == partner]
        refunded = self.refunded[deal]
        target = self._plainly(percent * refunded, sold)
        back = target - sum((p for p, _ in before), ZERO)
        gone = sum((b for _, b in before), ZERO)
        bonus_target = bonus if full else gone
        if not full and rule.get("bonuses") == "pro_rata":
            bonus_target = max(self._plainly(bonus * refunded, sold), gone)
        self.back[deal].append((partner, back, bonus_target - gone))
        lines = []
        if back + bonus_target - gone:
            lines.append((partner, "clawback", -(back + bonus_target - gone)))
        return lines + self._free(deal, partner, sold)

    def _free(self, deal, partner, sold):
        mine = [one for one in self.holds if one["deal"] == deal and one["partner"] == partner]
        held = sum((one["whole"] for one in mine), ZERO)
        freed = self._plainly(held * self.refunded[deal], sold)
        freed -= sum((one.get("freed", ZERO) for one in mine), ZERO)
        before = sum((one.get("lost", ZERO) for one in mine), ZERO)
        freed -= before
        lines, left = [], freed
        for one in mine:
            part = min(left, one["left"])
            if part > 0:
                one["left"] -= part
                one["freed"] = one.get("freed", ZERO) + part
                left -= part
                lines.append((partner, "holdback_release", part))
        if mine and left > 0:
            mine[0]["lost"] = mine[0].get("lost", ZERO) + left
        return lines

    def _lower(self, mine, deal, sold):
        """Counters fall by the share that came back, the latest payment first."""
        if "window" not in self.rules["base"]:
            return
        counted = sum((one["basis"] for one in mine), ZERO)
        fell = sum((volume for one, volume in self.given_back if one["deal"] == deal), ZERO)
        fall = self._plainly(counted * self.refunded[deal], sold) - fell
        for one in reversed(mine):
            part = min(fall, self._left(one))
            if part > 0:
                self.given_back.append((one, part))
                fall -= part

    def _released(self, deal, on):
        lines = []
        for one in self.holds:
            if one["deal"] == deal and one["left"] and one["due"] <= on:
                lines.append((one["partner"], "holdback_release", one["left"]))
                one["left"] = ZERO
        return lines


def _parts(amount, shares, whole):
    return _proportional(amount, [Decimal(weight) for _, weight in shares])


def _proportional(amount, sizes):
    """By largest remainder; a tie goes to the earlier."""
    with localcontext() as context:
        context.prec = 120
        total, sign = sum(sizes), -1 if amount < 0 else 1
        exact = [(abs(amount) * size) for size in sizes]
        parts = [one // total for one in exact]
        rests = sorted(range(len(sizes)), key=lambda i: (-(exact[i] - parts[i] * total), i))
        for i in rests[: int(abs(amount) - sum(parts))]:
            parts[i] += 1
        return [sign * part for part in parts]


def _later(day, months):
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first = date(years, month + 1, 1)
    following = date(years + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return min(first + timedelta(day.day - 1), following - timedelta(1))
