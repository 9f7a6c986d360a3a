"""What a stranger may type at the door.  Shape only."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField, SelectField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from portal.fields import TidyField, email_field
from portal.places import LOCALES, time_zones

HOW_LONG = "At least 15 characters. Four or five unrelated words are easy to remember."


class SignInForm(FlaskForm):
    email = EmailField("E-mail address", [InputRequired("Enter your e-mail address.")])
    password = PasswordField("Password", [InputRequired("Enter your password."), Length(max=1000)])


class ForgottenForm(FlaskForm):
    email = email_field()


class OpeningForm(FlaskForm):
    key = StringField(
        "Code",
        [InputRequired("Paste the link from the mail."), Length(max=500)],
        description="The link in the mail, whole, or what stands in it behind the #.",
    )


class NewPasswordForm(FlaskForm):
    new = PasswordField(
        "New password",
        [InputRequired("Choose a password."), Length(max=1000)],
        description=HOW_LONG,
    )
    again = PasswordField(
        "The same again",
        [
            InputRequired("Type it a second time."),
            EqualTo("new", "The two passwords differ. Type the second again."),
        ],
    )


class InvitationForm(FlaskForm):
    name = TidyField("Your name", [InputRequired("Enter your name."), Length(max=200)])
    new = PasswordField(
        "Choose a password",
        [InputRequired("Choose a password."), Length(max=1000)],
        description=HOW_LONG,
    )
    again = PasswordField(
        "The same again",
        [
            InputRequired("Type it a second time."),
            EqualTo("new", "The two passwords differ. Type the second again."),
        ],
    )
    locale = SelectField(
        "Dates and amounts as in", [InputRequired()], choices=LOCALES, default="en_US"
    )
    time_zone = SelectField("Time zone", [InputRequired()], choices=time_zones, default="UTC")
