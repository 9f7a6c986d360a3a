"""The plan designer's form: one field for each thing that a version can say.  Shape only."""

from __future__ import annotations

import re
from typing import Any

from flask_wtf import FlaskForm
from wtforms import DateField, FieldList, Form, FormField, SelectField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from portal.fields import NeededSometimes, TidyField
from portal.formats import has_decimal_comma
from portal.typed_numbers import Unreadable, number_of

BASES = {
    "flat": "One rate for everything",
    "by_category": "A rate for each product category",
    "by_deal_type": "A rate for each type of deal",
    "margin": "A rate on the margin",
    "tier": "Tiers by volume",
    "accelerator": "Accelerator on a quota",
    "recurring": "Recurring, by month of the subscription",
}
MODES = {
    "deal_marginal": "Size of the deal: each part at its own rate (marginal)",
    "deal_slab": "Size of the deal: all of it at one rate (slab)",
    "marginal": "Sold so far: each part at its own rate (marginal)",
    "slab_step": "Sold so far: each sale at the rate reached (slab)",
    "slab_retro": "Sold so far: earlier sales lifted too (slab with true-up)",
}
WINDOWS = {"month": "Month", "quarter": "Quarter", "year": "Year"}
OVERRIDE_ON = {"net": "Of the net value", "commission": "Of the reseller's commission"}
BONUSES = {"full_refund": "Only with a full refund", "pro_rata": "With any refund, in proportion"}
DERATES = {"": "Other sales stay as rated", "yes": "What is left is rated again"}
DRAWS = {"": "No draw", "guarantee": "Guarantee", "recoverable": "Recoverable advance"}
ROUNDINGS = {"half_up": "Half a unit is rounded up", "half_even": "Half a unit rounds to even"}
NUMBER = re.compile(r"\d{1,12}(\.\d{1,12})?$")
DIGITS = "Enter a number in digits, such as 8.5 or 10,000."
ROWS = 40


class NumberField(TidyField):
    """A number, kept as text so that no digit is lost.

    places: as of portal.typed_numbers; 2 for what may have its thousands set apart.
    """

    places: int | None = 2

    def process_formdata(self, values: list[str]) -> None:
        super().process_formdata(values)
        self.data = (self.data or "").removesuffix("%").strip()
        if not self.data:
            return
        is_comma = has_decimal_comma()
        try:
            self.data = f"{number_of(self.data, places=self.places, is_comma=is_comma):f}"
        except Unreadable as no:
            raise ValidationError(str(no) or DIGITS) from None

    def pre_validate(self, form: Any) -> None:
        if self.data and not NUMBER.match(self.data):
            raise ValidationError(DIGITS)


class RatioTextField(NumberField):
    places = None


class PercentField(RatioTextField):
    def pre_validate(self, form: Any) -> None:
        super().pre_validate(form)
        if self.data and float(self.data) > 100:
            raise ValidationError("Enter a percentage between 0 and 100, such as 8.5.")


def _number(label: str, **options: Any) -> NumberField:
    return NumberField(label, [NeededSometimes()], **options)


def _ratio(label: str, **options: Any) -> RatioTextField:
    return RatioTextField(label, [NeededSometimes()], **options)


def _percent(label: str, **options: Any) -> PercentField:
    return PercentField(label, [NeededSometimes()], **options)


def _text(label: str, **options: Any) -> TidyField:
    return TidyField(label, [NeededSometimes(), Length(max=100)], **options)


def _choice(label: str, choices: dict[str, str], **options: Any) -> SelectField:
    return SelectField(
        label, [NeededSometimes()], choices=choices, validate_choice=False, **options
    )


class NamedRow(Form):
    name = _text("Name")
    rate = _percent("Percent")


class TierRow(Form):
    lower = _number("From amount")
    rate = _percent("Percent")


class BandRow(Form):
    attainment = _ratio("From percent of the quota")
    multiple = _ratio("Times the rate")


class StepRow(Form):
    first = _number("First month")
    last = _number("Last month")
    rate = _percent("Percent")


class OverrideRow(Form):
    rate = _percent("Percent")
    basis = _choice("Of what", OVERRIDE_ON)


class SpiffRow(Form):
    sku = _text("Article")
    per_unit = _number("For each unit")
    from_on = DateField("From", [Optional(), NeededSometimes()])
    to_on = DateField("Through", [Optional(), NeededSometimes()])
    max_units = _number("Units at most")


def _rows(row: type[Form]) -> FieldList:
    return FieldList(FormField(row), max_entries=ROWS)


class DesignerForm(FlaskForm):
    from_on = DateField(
        "In force from",
        [InputRequired("Enter a day.")],
        description="Deals won on this day or later are rated by it.",
    )
    to_on = DateField(
        "Until before",
        [Optional(), NeededSometimes()],
        description="The first day it no longer holds; empty: goes on.",
    )
    base_type = SelectField("What the base pays on", [NeededSometimes()], choices=BASES)
    flat_rate = _percent("Percent of the net value")
    margin_rate = _percent("Percent of net value less cost")
    categories = _rows(NamedRow)
    kinds = _rows(NamedRow)
    tier_mode = _choice("How tiers count", MODES)
    tier_window = _choice(
        "Counted over a", WINDOWS, description="Only where it counts what was sold so far."
    )
    tiers = _rows(TierRow)
    quota = _number("Quota")
    quota_window = _choice("Quota of a", WINDOWS)
    quota_rate = _percent("Percent at the quota")
    bands = _rows(BandRow)
    schedule = _rows(StepRow)
    uplift = _percent("Points on top", description="On registered deals won while protected.")
    deal_floor = _number("At least, a deal")
    deal_cap = _number("At most, a deal")
    period_cap = _number("At most, a partner and month")
    overrides = _rows(OverrideRow)
    override_from = _choice(
        "Paid by", {"vendor": "Us, on top", "commission": "The reseller, out of its commission"}
    )
    override_pool = _percent(
        "Pool", description="The most that all of them get together, of the net value."
    )
    new_logo_amount = _number("Bonus")
    new_logo_months = _number(
        "New again after months", description="Full months without a purchase."
    )
    spiffs = _rows(SpiffRow)
    holdback_share = _percent("Percent held back")
    holdback_days = _number("For days")
    clawback_days = _number("Within days", description="Empty: nothing is taken back.")
    clawback_bonuses = _choice("Bonuses go back", BONUSES)
    clawback_most = _percent(
        "At most, of a month's earnings", description="The rest is taken later. Empty: no limit."
    )
    clawback_instalments = _number("In instalments", description="Months. Empty: at once.")
    clawback_derate = _choice("Tiers reached with it", DERATES)
    draw_type = _choice("Draw", DRAWS)
    draw_amount = _number("A month")
    draw_periods = _text("Only in", description="Such as 2027-01, 2027-02. Empty: always.")
    min_payout = _number("Smallest payout", description="Less is carried. Empty: as usual.")
    rounding = _choice("Rounding", ROUNDINGS)
    rating_date = _choice(
        "Version by", {"won": "The day the deal is won", "registered": "The day it was registered"}
    )
    uplift_for = _choice(
        "Paid when", {"any": "Anybody fulfils", "fulfilling": "The registering partner fulfils"}
    )
    try_amount = _number("Try a deal of")

    def grow(self) -> None:
        """One empty row below each list, for the next one."""
        for entry in self._fields.values():
            if isinstance(entry, FieldList) and len(entry.entries) < ROWS:
                entry.append_entry()
