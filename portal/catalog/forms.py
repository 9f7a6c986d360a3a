"""What people may type about products, prices and exchange rates.  Shape only."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, SelectField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from models.partners import Tier
from portal.fields import CurrencyField, MoneyField, RatioField, TidyField
from portal.formats import words

TIERS = {"": "Every tier"} | {each.value: words(each) for each in Tier}


class FamilyForm(FlaskForm):
    code = TidyField(
        "Code",
        [
            InputRequired("Enter a code."),
            Length(max=40),
            Regexp(r"^[A-Za-z0-9_-]+$", message="Letters, digits and dashes only."),
        ],
        description="Short and lasting; plans and territories speak of it.",
    )
    name = TidyField("Name", [InputRequired("Enter a name."), Length(max=200)])


def product_form(currency: Callable[[], str], *, is_new: bool) -> type[FlaskForm]:
    """The SKU is said once and never changed: invoices and files name the product by it."""

    class ProductForm(FlaskForm):
        name = TidyField("Name", [InputRequired("Enter a name."), Length(max=200)])
        family_id = SelectField("Family", [InputRequired("Choose a family.")], coerce=_uuid)
        category = TidyField(
            "Category",
            [Length(max=60)],
            description="What commission plans pay different rates for.",
        )
        standard_cost = MoneyField(
            "Standard cost",
            currency=currency,
            description="What it costs you, for plans on margin. Partners never see it.",
        )
        commissionable = BooleanField("Earns commission", default=True)
        is_offered = BooleanField("Offered", default=True)

    if not is_new:
        return ProductForm

    class NewProductForm(ProductForm):
        sku = TidyField("Article number", [InputRequired("Enter its number."), Length(max=64)])

    return NewProductForm


class PriceListForm(FlaskForm):
    name = TidyField("Name", [InputRequired("Enter a name."), Length(max=120)])
    currency = CurrencyField("Currency", [InputRequired("Enter a currency such as EUR.")])
    tier = SelectField("For", choices=TIERS, coerce=lambda text: Tier(text) if text else None)
    from_on = DateField("From", [InputRequired("Enter its first day.")])
    to_on = DateField(
        "Until before", [Optional()], description="First day that is no longer in; empty: no end."
    )


def price_form(currency: str) -> type[FlaskForm]:
    class PriceForm(FlaskForm):
        sku = TidyField("Article number", [InputRequired("Enter the number."), Length(max=64)])
        unit = MoneyField(
            "Price of one",
            currency=currency,
            validators=[InputRequired("Enter the price.")],
            description=f"In {currency}, without tax. A new price replaces the old one.",
        )

    return PriceForm


class RateForm(FlaskForm):
    base = CurrencyField("One", [InputRequired("Enter a currency such as EUR.")])
    rate = RatioField(
        "is worth",
        [InputRequired("Enter the rate."), NumberRange(min=0)],
        places=10,
        description="Such as 1.0842.",
    )
    quote = CurrencyField("of", [InputRequired("Enter a currency such as USD.")])
    on = DateField("On", [InputRequired("Enter the day of the rate.")])
    source = TidyField(
        "Source",
        [InputRequired("Say who published it."), Length(max=80)],
        description="Such as ECB.",
    )


def _uuid(value: object) -> UUID | None:
    return UUID(str(value)) if value else None
