"""What people may type about point-of-sale reports.  Shape only."""

from __future__ import annotations

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, SelectField
from wtforms.validators import InputRequired

from models.sellthrough import Amounts, Rhythm


class ReportForm(FlaskForm):
    distributor = SelectField("Distributor", [InputRequired("Choose whose report it is.")])
    file = FileField(
        "File", [FileRequired("Choose the CSV file.")],
        description="CSV in UTF-8 with the columns below, up to 10 MB.",
    )  # fmt: skip
    amounts = SelectField(
        "How prices are written", choices={each.value: each.words for each in Amounts},
        default=Amounts.PLAIN.value,
    )  # fmt: skip
    is_correction = BooleanField(
        "It is a correction",
        description="It takes the place of all earlier files with the same report_id: what they "
        "say and it does not say no longer counts. It is taken whole or not at all.",
    )


class RhythmForm(FlaskForm):
    distributor = SelectField("Distributor", [InputRequired("Choose a distributor.")])
    rhythm = SelectField(
        "Reports",
        choices={each.value: each.words for each in Rhythm} | {"": "Not asked for"},
        default=Rhythm.MONTHLY.value,
        description="It counts from this week or month on.",
    )
