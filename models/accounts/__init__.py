"""Accounts: how people come in, stay in and leave.

invited -> active -> left -> invited again

Doors count knocks; links are mailed and work once; sessions are rows that can be ended.
"""

from models.accounts.arrivals import arrived
from models.accounts.companies import is_shared, join, joins
from models.accounts.membership import (
    accept,
    at_company,
    change_role,
    deactivate,
    end_everybodys_sessions,
    end_sessions,
    invite,
    needs_two,
)
from models.accounts.rules import PRIVILEGED, ROLE_NAMES, grantable, must_be_grantable, tidy_email
from models.accounts.secrets import (
    WrongPassword,
    change_password,
    knock_for_reset,
    mail_reset,
    remember_wrong,
    reset_password,
)
from models.accounts.signin import WRONG, Verdict, enter, refuse, weigh

__all__ = [
    "PRIVILEGED",
    "ROLE_NAMES",
    "WRONG",
    "Verdict",
    "WrongPassword",
    "accept",
    "arrived",
    "at_company",
    "change_password",
    "change_role",
    "deactivate",
    "end_everybodys_sessions",
    "end_sessions",
    "enter",
    "grantable",
    "invite",
    "is_shared",
    "join",
    "joins",
    "knock_for_reset",
    "mail_reset",
    "must_be_grantable",
    "needs_two",
    "refuse",
    "remember_wrong",
    "reset_password",
    "tidy_email",
    "weigh",
]
