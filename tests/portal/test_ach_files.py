"""ACH files: every record where a bank looks for it, adding up, and the same each time."""

from datetime import UTC, date, datetime

import pytest

from models.base import new_id
from models.errors import Refused
from models.money import Money
from models.partners.destinations import DestinationKind
from models.payouts.rails import Address, Errand, Order, Payer
from models.sealing import Seal
from portal.payouts.ach_files import AchRail

SEAL = Seal("a key that is only for tests, long enough")
PAYER = Payer(
    "Adventure Works Cycles, Inc.",
    "",
    "",
    Address("Main Street", "1", "98004", "Bellevue", "US"),
    ach_routing_number="021000021",
    ach_bank_name="JPMorgan Chase",
    ach_company_id="1912345678",
)


def order(number="PO-4K7QXMPTRW", minor=1_234_56, **said) -> Order:
    usual = {
        "payout_id": new_id(),
        "number": number,
        "amount": Money(minor, "USD"),
        "about": "Commission 2026-10 S-7Q2M4KD",
        "holder": "Müller & Sons Bicycles of Seattle",
        "address": Address(),
        "account_sealed": SEAL.close("000123456789"),
        "routing_number": "125000024",
    }
    return Order(**(usual | said))


def errand(*orders: Order, nth_today: int = 1) -> Errand:
    return Errand(
        key="R-4K7QXMP-2026-10-1-USD",
        payer=PAYER,
        orders=orders,
        made_at=datetime(2026, 11, 18, 10, 30, tzinfo=UTC),
        execute_on=date(2026, 11, 19),
        nth_today=nth_today,
    )


def records(*orders: Order, **said) -> list[str]:
    handed = AchRail(SEAL).carry(errand(*orders, **said))
    return handed.content.decode("ascii").split("\n")[:-1]


def test_each_part_stands_where_a_bank_looks_for_it():
    file = records(order(), order("PO-9ZZQXMPTRW", 50_00, is_savings=True))
    header, batch, first, words, second = file[:5]
    assert header == (
        "101 0210000211912345678" + "2611181030" + "A" + "094101"
        + "JPMORGAN CHASE         " + "ADVENTURE WORKS CYCLES," + "R-4K7QXM"
    )  # fmt: skip
    assert batch == (
        "5220" + "ADVENTURE WORKS " + "R-4K7QXMP-2026-10-1-" + "1912345678" + "CCD"
        + "COMMISSION" + "261118" + "261119" + "   " + "1" + "02100002" + "0000001"
    )  # fmt: skip
    assert first == (
        "622" + "125000024" + "000123456789     " + "0000123456" + "PO-4K7QXMPTRW  "
        + "MULLER + SONS BICYCLES" + "  " + "1" + "021000020000001"
    )  # fmt: skip
    assert words[:3] == "705"
    assert words[3:83].rstrip() == "PO-4K7QXMPTRW COMMISSION 2026-10 S-7Q2M4KD"
    assert words[83:] == "0001" + "0000001"
    assert second.startswith("632125000024")
    assert second.endswith("1021000020000002")


def test_counts_hash_and_sums_are_right_at_both_levels():
    file = records(*(order(f"PO-{n:010}", 100 + n) for n in range(23)))
    total = sum(100 + n for n in range(23))
    batch, control = (next(line for line in file if line[0] == kind) for kind in "89")
    entry_hash = f"{12500002 * 23:010}"
    assert batch[4:54] == f"{46:06}{entry_hash}{0:012}{total:012}1912345678"
    assert control == f"9{1:06}{5:06}{46:08}{entry_hash}{0:012}{total:012}{'':39}"


def test_a_file_is_whole_blocks_of_94_characters():
    for count in (1, 2, 3, 4, 8):
        file = records(*(order(f"PO-{n:010}") for n in range(count)))
        assert {len(line) for line in file} == {94}
        assert len(file) % 10 == 0
        assert int(file[[line[0] for line in file].index("9")][7:13]) == len(file) // 10


def test_the_hash_keeps_its_last_ten_digits():
    many = [order(f"PO-{n:010}", 1, routing_number="322271627") for n in range(400)]
    batch = next(line for line in records(*many) if line[0] == "8")
    assert batch[10:20] == str(32227162 * 400)[-10:]


def test_the_same_errand_gives_the_same_bytes_and_another_file_of_the_day_another_letter():
    assert records(order(number="PO-1")) == records(order(number="PO-1"))
    assert [records(order(), nth_today=n)[0][33] for n in (1, 2, 36)] == ["A", "B", "9"]
    with pytest.raises(Refused, match="36 files a day"):
        records(order(), nth_today=37)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"amount": Money(100, "EUR")}, "US dollars only"),
        ({"account_sealed": None}, "missing"),
        ({"routing_number": ""}, "missing"),
        ({"holder": "•••"}, "cannot be written"),
        ({"amount": Money(100_000_000_00, "USD")}, "at most 99,999,999.99"),
    ],
)
def test_what_ach_cannot_carry_is_said_before_and_refused_after(wrong, words):
    bad = order(**wrong)
    assert words in AchRail(SEAL).why_not(bad, PAYER)
    with pytest.raises(Refused, match=words):
        AchRail(SEAL).carry(errand(order("PO-1"), bad))


def test_nothing_leaves_by_ach_before_our_bank_is_known():
    assert "not entered yet" in AchRail(SEAL).why_not(order(), Payer("V", "", "", Address()))
    assert AchRail.kind is DestinationKind.ACH
    assert AchRail(SEAL).carry(errand()) is None
