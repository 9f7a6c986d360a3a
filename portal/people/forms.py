"""What an administrator may say about people.  Shape only."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import RadioField
from wtforms.validators import InputRequired, Length

from models.accounts import ROLE_NAMES, grantable
from models.people import Actor, Role
from portal.fields import TidyField, email_field


class InviteForm(FlaskForm):
    name = TidyField("Name", [InputRequired("Enter their name."), Length(max=200)])
    email = email_field()
    role = RadioField("Role", [InputRequired("Choose a role.")], coerce=Role)


class RoleForm(FlaskForm):
    role = RadioField("Role", [InputRequired("Choose a role.")], coerce=Role)


class ResetForm(FlaskForm):
    reason = TidyField(
        "How you know that it is them",
        [InputRequired("Say how you know that it is really them who ask."), Length(max=500)],
        description="Such as: called back at the number we know. The second person reads it.",
    )


class VisitForm(FlaskForm):
    reason = TidyField(
        "Why",
        [InputRequired("Say why."), Length(max=500)],
        description="Such as the number of their call. The partner reads it.",
    )


DUTIES = {
    Role.ADMINISTRATOR: "people, partners, settings",
    Role.CHANNEL_MANAGER: "partners, registrations, territories",
    Role.SALES_MANAGER: "the pipeline that is routed to them",
    Role.FINANCE: "invoices, commissions, payouts",
    Role.PARTNER_ADMINISTRATOR: "deals, and people, company and bank details too",
    Role.SELLER: "deals and statements",
}


def role_choices(by: Actor) -> dict[str, str]:
    return {
        role.value: f"{ROLE_NAMES[role]}: {DUTIES[role]}" for role in Role if role in grantable(by)
    }
