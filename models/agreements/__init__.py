"""Agreements: the vendor's texts by version, and who signed which, when and from where.

published -> signed by a partner's administrator (the agreement) or each person (the code)
"""

from models.agreements.operations import publish, sign
from models.agreements.queries import must_sign, open_for, signed, texts
from models.agreements.rules import TITLES, TextKind
from models.agreements.tables import AgreementText, Signature

__all__ = [
    "TITLES",
    "AgreementText",
    "Signature",
    "TextKind",
    "must_sign",
    "open_for",
    "publish",
    "sign",
    "signed",
    "texts",
]
