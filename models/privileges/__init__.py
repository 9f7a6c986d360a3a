"""Privileges: what no administrator does alone, such as making somebody finance.

asked -> given by another administrator, or refused
"""

from models.privileges.emergency import reset_factor_from_server
from models.privileges.operations import ask_factor_reset, ask_invitation, ask_role, give, refuse
from models.privileges.queries import counted, waiting
from models.privileges.rules import Ask, AskState
from models.privileges.tables import PrivilegeRequest

__all__ = [
    "Ask",
    "AskState",
    "PrivilegeRequest",
    "ask_factor_reset",
    "ask_invitation",
    "ask_role",
    "counted",
    "give",
    "refuse",
    "reset_factor_from_server",
    "waiting",
]
