"""A change of an approved deal: what differs, and whether it needs another approval.  Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from models.deals.registration import REGISTRATION_FIELDS, Line, Registration, changed
from models.deals.states import DealType

FIELD_WORDS = {
    "kind": "Kind of deal",
    "customer_name": "Customer",
    "customer_domain": "Web site",
    "customer_country": "Country",
    "customer_subdivision": "State or province",
    "customer_postal_code": "Postal code",
    "customer_town": "Town",
    "customer_vat_id": "VAT number",
    "came_unasked": "Customer came to the partner",
    "expected_close_on": "Expected order",
    "problem": "Problem to be solved",
    "contact_name": "Contact",
    "contact_title": "Contact's role",
    "contact_email": "Contact's e-mail address",
    "contact_phone": "Contact's phone",
    "tender_published_on": "Tender published on",
    "previous_ends_on": "Earlier contract ends on",
    "replaces": "Product replaced",
    "replace_reason": "Why it is replaced",
    "lines": "Products",
}

Changes = dict[str, list[Any]]
"""Field to [before, after], each as JSON can hold it."""


def name_of(field: str) -> str:
    return FIELD_WORDS.get(field, field.replace("_", " ").capitalize())


def differences(before: Registration, after: Registration) -> Changes:
    return {
        field: [plain(getattr(before, field)), plain(getattr(after, field))]
        for field in REGISTRATION_FIELDS
        if field in changed(before, after)
    }


def changed_by(registration: Registration, changes: Mapping[str, list[Any]]) -> Registration:
    """The registration with the changes made."""
    kept = {field: getattr(registration, field) for field in REGISTRATION_FIELDS}
    for field, (_before, after) in changes.items():
        kept[field] = _read(field, after)
    return Registration(**kept)


def is_large_change(before_minor: int, after_minor: int, percent: int) -> bool:
    """Whether the value moves by more than that share of what was approved."""
    return abs(after_minor - before_minor) * 100 > before_minor * percent


def plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [[str(line.product_id), line.quantity, line.unit_minor] for line in value]
    return value.isoformat() if isinstance(value, date) else value


def lines_from(written: list[list[Any]]) -> tuple[Line, ...]:
    return tuple(Line(UUID(product_id), many, unit) for product_id, many, unit in written)


def _read(field: str, written: Any) -> Any:
    if field == "lines":
        return lines_from(written)
    if field == "kind":
        return DealType(written)
    return date.fromisoformat(written) if field.endswith("_on") and written else written
