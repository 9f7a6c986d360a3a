"""How far drafts of territories, and files of them, have come.  Pure."""

from enum import StrEnum


class DrawingState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    GIVEN_UP = "given_up"


class LoadKind(StrEnum):
    """What a file lists."""

    TERRITORIES = "territories"
    POSTAL = "postal"
    ACCOUNTS = "accounts"


class LoadState(StrEnum):
    """How far a file has come."""

    CHECKING = "checking"
    READY = "ready"
    TAKING = "taking"
    DONE = "done"
    REFUSED = "refused"
