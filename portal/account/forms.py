"""What people may change about their own account.  Shape only."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import PasswordField, SelectField
from wtforms.validators import EqualTo, InputRequired, Length

from portal.fields import TidyField
from portal.places import LOCALES, time_zones


class ProfileForm(FlaskForm):
    name = TidyField("Name", [InputRequired("Enter your name."), Length(max=200)])
    locale = SelectField("Dates and amounts as in", [InputRequired()], choices=LOCALES)
    time_zone = SelectField("Time zone", [InputRequired()], choices=time_zones)


class PasswordForm(FlaskForm):
    old = PasswordField(
        "Present password", [InputRequired("Enter your present password."), Length(max=1000)]
    )
    new = PasswordField(
        "New password",
        [InputRequired("Choose a password."), Length(max=1000)],
    )
    again = PasswordField(
        "The same again",
        [
            InputRequired("Type it a second time."),
            EqualTo("new", "The two passwords differ. Type the second again."),
        ],
    )
