"""What the reference takes back, releases and lifts; see commission_reference.py."""

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from math import lcm

from tests.commission_reference_bases import ZERO, Bases, parts, proportional

BONUS = ("new_logo_bonus", "spiff")


class Back(Bases):
    """back, refunded: by deal; holds: what is kept until a day."""

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
            for one, part in zip(lower, proportional(whole, sizes), strict=True):
                shares = one["sale"].splits or ((one["sale"].partner, Decimal(1)),)
                total = sum(weight for _, weight in shares)
                for (partner, _), minor in zip(shares, parts(part, shares, total), strict=True):
                    found[partner] += minor
                    self._credit(one, partner, minor)
            for one in lower:
                one["rate"], one["exact"] = rate, Fraction(rate)
        return [(partner, "tier_trueup", minor) for partner, minor in found.items() if minor]

    def _credit(self, entry, partner, minor):
        entry.setdefault("lifted", []).append((partner, "tier_trueup", minor))

    def _refund(self, sale, on, amount):
        rule, deal = self.rules.get("clawback"), sale.deal
        mine = [one for one in self.sales if one["deal"] == deal]
        earning = [one for one in mine if one["lines"]]
        sold = self._sold(deal)
        if rule is None or not earning or not sold:
            return []
        if (on - earning[0]["on"]).days > rule["days"]:
            return []
        self.refunded[deal] = min(sold, self.refunded[deal] + self._counted(sale, mine, amount))
        full = self.refunded[deal] >= sold
        lines = []
        earned = [line for one in mine for line in (*one["lines"], *one.get("lifted", ()))]
        if full:
            for one in mine:
                one.pop("units", None)
        for partner in dict.fromkeys(partner for partner, _, _ in earned):
            lines += self._from(deal, partner, earned, sold, full, rule)
        self._lower(mine, deal, sold)
        if rule.get("derate") and "window" in self.rules["base"]:
            lines += self._rated_again(mine)
        return lines

    def _rated_again(self, mine):
        """What is left in the windows that fell, as if what came back had never been sold."""
        lines = []
        fell = [one for one in mine if self._left(one) != one["basis"]]
        for window in dict.fromkeys(self._window(one["on"]) for one in fell):
            found = []
            for one, rate in self._without(mine[0]["partner"], window):
                found.append((one, rate, Fraction(int(self._left(one))) * (one["exact"] - rate)))
                one["exact"], one["rate"] = rate, Decimal(rate.numerator) / rate.denominator
            lines += self._fallen([row for row in found if row[2] > 0])
            lines += self._fallen([row for row in found if row[2] < 0])
        return lines

    def _without(self, partner, window):
        tiers, mode = self._tiers(self.rules["base"]), self.rules["base"].get("mode", "marginal")
        at, found = ZERO, []
        for one in self.sales:
            left = self._left(one)
            if one["partner"] == partner and self._window(one["on"]) == window and left:
                rate = self._worth(tiers, at, left) / Fraction(int(left))
                if mode != "marginal":
                    rate = Fraction(self._reached(tiers, at + left))
                found.append((one, rate))
                at += left
        if mode == "slab_retro":
            found = [
                (one, max(rate for _, rate in found[number:]))
                for number, (one, _) in enumerate(found)
            ]
        return found

    @staticmethod
    def _worth(tiers, start, volume):
        worth = Fraction(0)
        for number, (lower, rate) in enumerate(tiers):
            upper = tiers[number + 1][0] if number + 1 < len(tiers) else start + volume
            falls = min(start + volume, upper) - max(start, lower)
            worth += Fraction(int(max(falls, ZERO))) * Fraction(rate)
        return worth

    def _fallen(self, rows):
        exact = sum((fall for _, _, fall in rows), Fraction(0))
        whole = self.rounded(Decimal(exact.numerator), Decimal(exact.denominator))
        if not whole:
            return []
        most = lcm(*(fall.denominator for _, _, fall in rows))
        sizes = [Decimal(abs(int(fall * most))) for _, _, fall in rows]
        found = defaultdict(Decimal)
        for (one, _, _), part in zip(rows, proportional(whole, sizes), strict=True):
            shares = one["sale"].splits or ((one["sale"].partner, Decimal(1)),)
            total = sum(weight for _, weight in shares)
            for (partner, _), minor in zip(shares, parts(part, shares, total), strict=True):
                minor = min(minor, max(self._kept_of(one["deal"], partner), ZERO))
                found[partner] -= minor
                self._credit(one, partner, -minor)
        return [(partner, "tier_rerated", minor) for partner, minor in found.items() if minor]

    def _kept_of(self, deal, partner):
        mine = [one for one in self.sales if one["deal"] == deal]
        earned = [line for one in mine for line in (*one["lines"], *one.get("lifted", ()))]
        plus = sum((m for who, code, m in earned if who == partner and code not in BONUS), ZERO)
        return plus - sum((p for who, p, _ in self.back[deal] if who == partner), ZERO)

    def _counted(self, sale, mine, amount):
        """Of a refund the share that counted of what was paid for the same sale."""
        paid = [one for one in mine if one["sale"].key == sale.key]
        gross = sum((one["amount"] for one in paid), ZERO)
        basis = sum((one["basis"] for one in paid), ZERO)
        if gross == basis and all(line.commissionable for line in sale.lines):
            return amount
        before = self.came_back[sale.deal, sale.key]
        back = min(sum((whole for whole, _ in before), ZERO) + amount, gross)
        counts = self._plainly(basis * back, gross) - sum((one for _, one in before), ZERO)
        before.append((amount, counts))
        return counts

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
