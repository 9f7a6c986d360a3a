"""What people may type about routing.  Shape only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional


def uuid_or_none(value: Any) -> UUID | None:
    return UUID(str(value)) if value else None


class DefaultsForm(FlaskForm):
    channel_manager = SelectField(
        "Channel manager", [InputRequired("Choose who.")], coerce=uuid_or_none
    )
    sales_manager = SelectField(
        "Sales manager", [InputRequired("Choose who.")], coerce=uuid_or_none
    )


class RouteForm(DefaultsForm):
    text = TextAreaField(
        "Why", [InputRequired("Write why."), Length(max=2_000)], description="Only we read it."
    )


class LimitForm(FlaskForm):
    person = SelectField("Who", [InputRequired("Choose who.")], coerce=uuid_or_none)
    most_open = IntegerField(
        "Open deals at most",
        [Optional(), NumberRange(1, 100_000)],
        description="What comes beyond that goes to the manager above, or whoever has room. "
        "Empty: any number.",
    )
