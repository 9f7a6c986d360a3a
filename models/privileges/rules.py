"""What is true of privileges.  Pure: no session, no clock."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

LIVES = timedelta(days=7)
"""What nobody confirmed for so long is asked anew."""


class Ask(StrEnum):
    INVITATION = "invitation"
    ROLE = "role"
    FACTOR_RESET = "factor_reset"


class AskState(StrEnum):
    ASKED = "asked"
    GIVEN = "given"
    REFUSED = "refused"
