"""What staff may record of our own sales people.  Shape only."""

from __future__ import annotations

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, HiddenField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from models.engagements import TouchKind
from portal.fields import TidyField, country_choices


class TouchForm(FlaskForm):
    customer_id = HiddenField()
    """Set when it is recorded from a customer's own page; then its name is not asked."""
    customer_name = TidyField(
        "Customer", [InputRequired("Enter the customer's name."), Length(max=200)]
    )
    customer_country = SelectField("Country", [InputRequired("Choose the country.")])
    family = SelectField("Product family", [InputRequired("Choose the product family.")])
    kind = SelectField("What", choices=[SelectChoice(kind.value, kind.words) for kind in TouchKind])
    person = SelectField("Who of our own people", [InputRequired("Choose who it was.")])
    happened_on = DateField("When", [InputRequired("Enter a day, such as 2026-11-30.")])
    note = TextAreaField(
        "Note",
        [Length(max=2_000)],
        description="For us. The partner who is protected reads who, what and when.",
    )

    def __init__(self, families, people, **options) -> None:
        super().__init__(**options)
        self.family.choices = [SelectChoice("", "Choose"), *families]
        self.person.choices = [SelectChoice("", "Choose"), *people]
        self.customer_country.choices = [
            SelectChoice(code, name) for code, name in country_choices().items()
        ]


class FileForm(FlaskForm):
    file = FileField("File", [FileRequired("Choose a file.")])
