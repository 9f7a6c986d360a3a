"""Second factors: what somebody has, besides the password that they know.

none -> an app's codes, passkeys, or both (with recovery codes) -> reset by two people -> none
"""

from models.factors.operations import (
    add_app,
    add_passkey,
    forget,
    new_app_secret,
    new_recovery_codes,
    offer_passkey,
    remove_app,
    remove_passkey,
)
from models.factors.proving import (
    NotProven,
    ask_passkey,
    prove_by_code,
    prove_by_passkey,
    prove_by_password,
    remember_wrong,
)
from models.factors.queries import Held, has_any, held_by, passkeys_of, secret_of, stage_of
from models.factors.rules import (
    ALWAYS,
    FRESH_FOR,
    Site,
    address_in_app,
    code_to_type,
    is_required,
    seconds_left,
)

__all__ = [
    "ALWAYS",
    "FRESH_FOR",
    "Held",
    "NotProven",
    "Site",
    "add_app",
    "add_passkey",
    "address_in_app",
    "ask_passkey",
    "code_to_type",
    "forget",
    "has_any",
    "held_by",
    "is_required",
    "new_app_secret",
    "new_recovery_codes",
    "offer_passkey",
    "passkeys_of",
    "prove_by_code",
    "prove_by_passkey",
    "prove_by_password",
    "remember_wrong",
    "remove_app",
    "remove_passkey",
    "seconds_left",
    "secret_of",
    "stage_of",
]
