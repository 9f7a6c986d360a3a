"""What people may type about taxes.  Shape only; whether it fits is the business's to say."""

from __future__ import annotations

from decimal import Decimal

from flask_wtf import FlaskForm
from flask_wtf.file import FileRequired
from wtforms import BooleanField, DateField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from models.taxes import FormDetails, FormKind, TermKind
from models.taxes.rules import fits
from portal.fields import FilesField, RatioField, TidyField

TERMS = {
    TermKind.VAT.value: "VAT in our country (percent)",
    TermKind.WITHHOLDING.value: "Back-up withholding (percent)",
    TermKind.REPORTING.value: "1099-NEC from (US dollars a year)",
}


class TaxFormForm(FlaskForm):
    kind = RadioField(
        "Form",
        [InputRequired("Choose one.")],
        choices={kind.value: kind.words for kind in FormKind},
    )
    name = TidyField(
        "Name on the form", [InputRequired("Enter the name as it stands on it."), Length(max=200)]
    )
    tin = TidyField(
        "Taxpayer number",
        [Length(max=20)],
        description="EIN or SSN; needed for a W-9. Kept sealed; only its end is shown.",
    )
    is_exempt = BooleanField("This is a corporation (no 1099 is written)")
    signed_on = DateField("Signed on", [InputRequired("Enter the day of the signature.")])
    files = FilesField("Signed form", validators=[FileRequired("Attach the signed form.")])

    def offer(self, country: str) -> None:
        """Only the forms that a partner of this country can send."""
        self.kind.choices = {kind.value: kind.words for kind in FormKind if fits(kind, country)}

    def details(self) -> FormDetails:
        assert self.signed_on.data is not None
        return FormDetails(
            kind=FormKind(self.kind.data),
            name=self.name.data or "",
            tin=self.tin.data or "",
            is_exempt=bool(self.is_exempt.data),
            signed_on=self.signed_on.data,
        )


class AgreeForm(FlaskForm):
    typed_name = TidyField(
        "Your name",
        [InputRequired("Type your name."), Length(max=200)],
        description="Typing it is your signature.",
    )


class RefusalForm(FlaskForm):
    reason = TextAreaField(
        "What is wrong with it",
        [InputRequired("Say what is wrong; the partner reads it."), Length(max=500)],
    )


class TermForm(FlaskForm):
    kind = SelectField("What", [InputRequired()], choices=TERMS)
    from_on = DateField("From", [InputRequired("Enter the first day.")])
    value = RatioField(
        "Value",
        [InputRequired("Enter a number."), NumberRange(0, 10**9)],
        places=10,
        description="Such as 19 for 19 %, or 2000 for 2,000 dollars; without marks for thousands.",
    )

    def exact(self) -> Decimal:
        """Percents as a share, dollars as they are."""
        assert self.value.data is not None
        is_share = self.kind.data != TermKind.REPORTING.value
        return self.value.data / 100 if is_share else self.value.data
