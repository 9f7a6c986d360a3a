"""Bank files: valid, adding up, in a bank's letters, and the same each time."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest
import sepaxml
import xmlschema

from models.base import new_id
from models.errors import Refused
from models.money import Money
from models.payouts.rails import Address, Errand, Order, Payer
from models.sealing import Seal
from portal.payouts.bank_files import SepaRail, orders_in, sepa_text

SEAL = Seal("a key that is only for tests, long enough")
NS = "{urn:iso:std:iso:20022:tech:xsd:pain.001.001.09}"
PAYER = Payer(
    "Vendor GmbH",
    "DE89370400440532013000",
    "COBADEFFXXX",
    Address("Hauptstr.", "5", "10115", "Berlin", "DE"),
)


def order(number: str, minor: int, **said) -> Order:
    usual = {
        "payout_id": new_id(),
        "number": number,
        "amount": Money(minor, "EUR"),
        "about": "Commission 2026-10 S-7Q2M4KD",
        "holder": "Müller Reseller GmbH",
        "address": Address("Ring", "1", "80331", "München", "DE"),
        "account_sealed": SEAL.close("DE02120300000000202051"),
        "bic": "BYLADEM1001",
    }
    return Order(**(usual | said))


def errand(*orders: Order) -> Errand:
    return Errand(
        key="R-4K7QXMP-2026-10-1-EUR",
        payer=PAYER,
        orders=orders,
        made_at=datetime(2026, 11, 18, 10, 30, tzinfo=UTC),
        execute_on=date(2026, 11, 19),
    )


def made(*orders: Order) -> ElementTree.Element:
    return ElementTree.fromstring(SepaRail(SEAL).carry(errand(*orders)).content)


def texts(root: ElementTree.Element, tag: str) -> list[str]:
    return [element.text for element in root.iter(f"{NS}{tag}")]


def test_the_file_adds_up_at_both_levels():
    root = made(order("PO-1", 1_190_00), order("PO-2", 1), order("PO-3", 999_99))
    assert texts(root, "CtrlSum") == ["2190.00", "2190.00"]
    assert texts(root, "NbOfTxs") == ["3", "3"]
    assert texts(root, "InstdAmt") == ["1190.00", "0.01", "999.99"]
    assert texts(root, "EndToEndId") == ["PO-1", "PO-2", "PO-3"]


def test_the_file_is_valid_by_the_schema_of_the_standard():
    content = SepaRail(SEAL).carry(errand(order("PO-1", 1_00))).content
    schema = Path(sepaxml.__file__).parent / "schemas" / "pain.001.001.09.xsd"
    xmlschema.XMLSchema(str(schema)).validate(content.decode())


def test_the_same_run_is_the_same_file_to_the_byte():
    twice = [SepaRail(SEAL).carry(errand(order("PO-1", 1_00))).content for _ in range(2)]
    assert twice[0] == twice[1]
    root = ElementTree.fromstring(twice[0])
    assert texts(root, "MsgId") == texts(root, "PmtInfId") == ["R-4K7QXMP-2026-10-1-EUR"]
    assert texts(root, "CreDtTm") == ["2026-11-18T10:30:00"]


def test_addresses_are_structured_with_town_and_country():
    root = made(order("PO-1", 1_00))
    assert texts(root, "TwnNm") == ["Berlin", "Munchen"]
    assert texts(root, "Ctry") == ["DE", "DE"]
    assert texts(root, "PstCd") == ["10115", "80331"]
    assert texts(root, "AdrLine") == []


def test_an_address_without_a_town_is_left_out_rather_than_refused_by_the_bank():
    root = made(order("PO-1", 1_00, address=Address(street="Ring", country="DE")))
    assert texts(root, "StrtNm") == ["Hauptstr."]


def test_an_account_whose_iban_names_the_bank_needs_no_bic():
    root = made(order("PO-1", 1_00, bic=""))
    assert texts(root, "BICFI") == ["COBADEFFXXX"]


@pytest.mark.parametrize(
    "written, read",
    [
        ("Müller & Söhne", "Muller + Sohne"),
        ("Łukasz Ærø", "Lukasz AEro"),
        ("ООО Ромашка", "OOO Romashka"),
        ("//a//b/", "a/b"),
        ("naïve “quoted” €5 #1", "naive quoted EUR5 1"),
        ("東京", "Dong Jing"),
        ("\U00012345", ""),
    ],
)
def test_names_are_written_in_the_letters_that_banks_take(written, read):
    assert sepa_text(written, 70) == read


def test_a_long_name_is_cut_to_what_the_field_holds():
    assert len(sepa_text("Ä" * 200, 70)) == 70
    root = made(order("PO-1", 1_00, holder="N" * 90, about="A" * 300))
    assert [len(text) for text in texts(root, "Nm")] == [11, 11, 70]
    assert len(texts(root, "Ustrd")[0]) == 140


def test_sepa_pays_euros_only():
    rail = SepaRail(SEAL)
    dollars = order("PO-1", 1_00, amount=Money(1_00, "USD"))
    assert "euros only" in rail.why_not(dollars, PAYER)
    with pytest.raises(Refused, match="PO-1: SEPA pays euros only"):
        rail.carry(errand(dollars))


def test_nothing_is_paid_from_an_account_that_is_not_entered():
    assert "bank account" in SepaRail(SEAL).why_not(order("PO-1", 1_00), replace(PAYER, iban=""))


def test_a_name_that_no_bank_can_write_is_an_obstacle_that_says_so():
    assert "letters" in SepaRail(SEAL).why_not(order("PO-1", 1, holder="\U00012345"), PAYER)


def test_the_file_can_be_read_back():
    orders = [order("PO-1", 12_34), order("PO-2", 56_78)]
    content = SepaRail(SEAL).carry(errand(*orders)).content
    assert orders_in(content) == [("PO-1", Money(12_34, "EUR")), ("PO-2", Money(56_78, "EUR"))]


def test_a_run_without_orders_has_no_file():
    assert SepaRail(SEAL).carry(errand()) is None
