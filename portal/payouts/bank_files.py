"""The SEPA rail: a pain.001.001.09 file that a person takes to the bank.

Made by sepaxml and checked against the schema.  sepaxml makes its ids from chance and its
time from the clock; both are replaced by the run's own, so that the same run is the same
file, byte for byte, and a bank that gets it twice refuses the second.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from typing import Any

from sepaxml import SepaTransfer
from sepaxml.validation import ValidationError, try_valid_xml
from text_unidecode import unidecode

from models.errors import Refused
from models.money import Money
from models.partners.destinations import DestinationKind
from models.payouts.rails import Address, Errand, Handover, Order, Payer
from models.sealing import Seal

SCHEMA = "pain.001.001.09"
NAMESPACE = {"": f"urn:iso:std:iso:20022:tech:xsd:{SCHEMA}"}
CURRENCY = "EUR"
MOST_ORDERS = 10_000
"""In one file; banks refuse larger ones."""

LONGEST = {"name": 70, "about": 140, "street": 70, "building": 16, "postal": 16, "town": 35}
NOT_SEPA = re.compile(r"[^A-Za-z0-9/?:().,'+ -]")


class SepaRail:
    """Credit transfers in euros, all of a run in one file."""

    kind = DestinationKind.SEPA
    currency = CURRENCY
    media_type = "application/xml"

    def __init__(self, seal: Seal) -> None:
        self._seal = seal

    def why_not(self, order: Order, payer: Payer) -> str | None:
        if order.amount.currency != CURRENCY:
            return f"SEPA pays euros only, not {order.amount.currency}."
        if not payer.iban:
            return "Our own bank account is not entered yet."
        if order.account_sealed is None:
            return "The account number is missing."
        if not sepa_text(order.holder, LONGEST["name"]):
            return "The account holder's name cannot be written in a bank's letters."
        return None

    def payable_part(self, amount: Money) -> Money:
        return amount

    def carry(self, errand: Errand) -> Handover | None:
        if not errand.orders:
            return None
        if len(errand.orders) > MOST_ORDERS:
            raise Refused(f"A bank file holds {MOST_ORDERS} payments; split the run.")
        for order in errand.orders:
            reason = self.why_not(order, errand.payer)
            if reason:
                raise Refused(f"{order.number}: {reason}")
        return Handover(
            file_name=f"{errand.key}.xml",
            content=self._pain_001(errand),
            count=len(errand.orders),
            total=Money.total((order.amount for order in errand.orders), CURRENCY),
        )

    def _pain_001(self, errand: Errand) -> bytes:
        transfers = SepaTransfer(_payer(errand.payer), schema=SCHEMA, clean=False)
        for order in errand.orders:
            transfers.add_payment(self._payment(order, errand))
        return _with_fixed_ids(transfers.export(validate=False), errand)

    def _payment(self, order: Order, errand: Errand) -> dict[str, Any]:
        assert order.account_sealed is not None
        payment = {
            "name": sepa_text(order.holder, LONGEST["name"]),
            "IBAN": self._seal.open(order.account_sealed),
            "BIC": order.bic,
            "amount": order.amount.minor,
            "execution_date": errand.execute_on,
            "description": sepa_text(order.about, LONGEST["about"]),
            "endtoend_id": order.number,
            "address": _address(order.address),
        }
        return {word: value for word, value in payment.items() if value}


def sepa_text(text: str, longest: int) -> str:
    """In the letters that every bank of the area takes; what has none becomes a blank."""
    plain = NOT_SEPA.sub(" ", unidecode(text.replace("&", "+")))
    tidy = re.sub(r"/{2,}", "/", " ".join(plain.split())).strip("/ ")
    return tidy[:longest].rstrip("/ ")


def orders_in(content: bytes) -> list[tuple[str, Money]]:
    """End-to-end id and amount of each payment in a file, for whoever checks it."""
    payments = _root(content).iterfind(".//CdtTrfTxInf", NAMESPACE)
    return [(_text(payment, "PmtId/EndToEndId"), _amount(payment)) for payment in payments]


def _payer(payer: Payer) -> dict[str, Any]:
    config = {
        "name": sepa_text(payer.name, LONGEST["name"]),
        "IBAN": payer.iban,
        "BIC": payer.bic,
        "batch": True,
        "currency": CURRENCY,
        "address": _address(payer.address),
    }
    return {word: value for word, value in config.items() if value}


def _address(address: Address) -> dict[str, str]:
    """Structured, and only with its town and country: banks refuse anything less."""
    if not (address.town and address.country):
        return {}
    parts = {
        "street_name": sepa_text(address.street, LONGEST["street"]),
        "building_number": sepa_text(address.building, LONGEST["building"]),
        "postcode": sepa_text(address.postal_code, LONGEST["postal"]),
        "town": sepa_text(address.town, LONGEST["town"]),
        "country": address.country,
    }
    return {part: text for part, text in parts.items() if text}


def _with_fixed_ids(drawn: bytes, errand: Errand) -> bytes:
    root = _root(drawn)
    _find(root, ".//GrpHdr/MsgId").text = errand.key
    _find(root, ".//GrpHdr/CreDtTm").text = f"{errand.made_at:%Y-%m-%dT%H:%M:%S}"
    _find(root, ".//PmtInf/PmtInfId").text = errand.key
    ET.register_namespace("", NAMESPACE[""])
    ET.indent(root)
    content = ET.tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n"
    _must_add_up(content, errand.orders)
    return content


def _must_add_up(content: bytes, orders: Sequence[Order]) -> None:
    """The file itself is read again: valid, and every count and sum in it is right."""
    try:
        try_valid_xml(content, SCHEMA)
    except ValidationError as error:
        raise Refused(f"The bank file would not be valid: {error.__cause__}") from error
    root = _root(content)
    total = Money.total((order.amount for order in orders), CURRENCY)
    assert orders_in(content) == [(order.number, order.amount) for order in orders]
    for level in (".//GrpHdr", ".//PmtInf"):
        assert _text(root, f"{level}/NbOfTxs") == str(len(orders)), level
        assert Money.of(_text(root, f"{level}/CtrlSum"), CURRENCY) == total, level


def _amount(payment: ET.Element) -> Money:
    amount = _find(payment, "Amt/InstdAmt")
    return Money.of(amount.text or "", amount.get("Ccy", ""))


def _root(content: bytes) -> ET.Element:
    return ET.fromstring(content.decode())  # nosec B314: made by ourselves


def _find(root: ET.Element, path: str) -> ET.Element:
    found = root.find(path, NAMESPACE)
    assert found is not None, path
    return found


def _text(root: ET.Element, path: str) -> str:
    return _find(root, path).text or ""
