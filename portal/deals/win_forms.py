"""What people may type about a win, its evidence, and who shares in it.  Shape only."""

from __future__ import annotations

from collections.abc import Sequence

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    RadioField,
    SelectChoice,
    SelectField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.deals.forms import ANY_DAY
from portal.fields import FilesField, MoneyField, RatioField, TidyField

COMPLETE, PARTIAL = "complete", "partial"


class EvidenceForm(FlaskForm):
    """A correction: it stands beside what was shown before."""

    order_number = TidyField("Order number", [Length(max=80)])
    signed_on = DateField("Signed on", [Optional()], description="One of both is needed.")
    note = TextAreaField("Note", [Length(max=2000)])
    files = FilesField("Files")


class HandOverPart(FlaskForm):
    support_contact = TidyField(
        "Who supports the customer",
        [InputRequired("Enter a name or an e-mail address."), Length(max=200)],
        description="Whom they call after the sale.",
    )
    starts_on = DateField("Delivery or start", [InputRequired(ANY_DAY)])
    renews_on = DateField("Renewal", [Optional()])
    one_off = BooleanField("There is nothing to renew")


def win_form(currency: str, families: Sequence[tuple[str, str]]) -> type[HandOverPart]:
    """The form of one deal's win, in its currency."""

    class WinForm(HandOverPart):
        order_number = TidyField("Order number", [Length(max=80)])
        signed_on = DateField("Contract signed on", [Optional()])
        won_on = DateField("Ordered on", [InputRequired(ANY_DAY)])
        amount = MoneyField(
            f"Amount of this order, {currency}",
            currency=currency,
            validators=[InputRequired("Enter the amount of the order.")],
        )
        whole = RadioField(
            "Is this the whole win?",
            choices=[
                SelectChoice(COMPLETE, "Yes, nothing more is to come"),
                SelectChoice(PARTIAL, "No, more orders will follow"),
            ],
            default=COMPLETE,
            validators=[InputRequired("Say whether more is to come.")],
        )
        files = FilesField("Order or contract")
        customer_name = TidyField(
            "Customer on the order", [InputRequired("Enter the customer."), Length(max=200)]
        )
        family = SelectField(
            "Product family",
            [InputRequired("Choose the product family.")],
            choices=[SelectChoice(key, name) for key, name in families],
        )
        note = TextAreaField("Note", [Length(max=2000)])

    return WinForm


class ProposalForm(FlaskForm):
    """What the registering partner says of whoever is to fulfil."""

    named = TidyField(
        "Company that fulfils",
        [InputRequired("Enter its name, partner number or e-mail address."), Length(max=200)],
        description="Its name, partner number or e-mail address. We find out who it is.",
    )
    own_percent = RatioField(
        "Your share in percent",
        [InputRequired("Enter a share, such as 60."), NumberRange(0, 100)],
        places=None,
        description="The rest is theirs; together it is always 100.",
    )
    message = TextAreaField("Message to them", [Length(max=2000)])


def offer_form(partners: Sequence[tuple[str, str]]) -> type[FlaskForm]:
    class OfferForm(FlaskForm):
        fulfilling = SelectField(
            "Fulfilling partner",
            [InputRequired("Choose a partner.")],
            choices=[SelectChoice("", "Choose"), *(SelectChoice(*one) for one in partners)],
        )
        registering_percent = RatioField(
            "Share of the registering partner in percent",
            [InputRequired("Enter a share, such as 60."), NumberRange(0, 100)],
            places=None,
            description="The rest is the fulfilling partner's. Both are asked.",
        )
        message = TextAreaField("Message to the fulfilling partner", [Length(max=2000)])

    return OfferForm
