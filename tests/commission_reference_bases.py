"""The reference's arithmetic, and what a base component earns; see commission_reference.py."""

from datetime import date, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction

ZERO = Decimal(0)


class Bases:
    """rules: the plan's JSON; sales: what has earned; given_back: how counters fell."""

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

    def _plainly(self, numerator, denominator):
        """Half up whatever the plan says: of shares, not of lines."""
        kept, self.rules = self.rules, {**self.rules, "rounding": "half_up"}
        try:
            return self.rounded(numerator, denominator)
        finally:
            self.rules = kept

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
            entry["exact"] = Fraction(worth) / int(volume or 1)
            return [("base", self.rounded(worth * exact[0], exact[1] * (volume or 1)))]
        entry["rate"] = self._reached(tiers, start + volume)
        entry["exact"] = Fraction(entry["rate"])
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

    def _left(self, entry):
        fell = sum((volume for one, volume in self.given_back if one is entry), ZERO)
        return entry["basis"] - fell


def parts(amount, shares, whole):
    return proportional(amount, [Decimal(weight) for _, weight in shares])


def proportional(amount, sizes):
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


def later(day, months):
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first = date(years, month + 1, 1)
    following = date(years + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return min(first + timedelta(day.day - 1), following - timedelta(1))
