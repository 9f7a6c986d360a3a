"""The samples of bank files: ours of the same payments say the same in the same places."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from xml.etree import ElementTree

from models.money import Money
from models.payouts.answers import Outcome
from models.payouts.rails import Address
from portal.payouts.ach_files import AchRail
from portal.payouts.bank_answers import read_answers
from portal.payouts.bank_files import SepaRail
from tests.portal import test_ach_files as ach
from tests.portal import test_bank_files as sepa

SAMPLES = Path(__file__).parent.parent / "golden" / "payments"
OUR_OWN = {"MsgId", "CreDtTm", "PmtInfId"}
"""Made from the run; in the sample they are made by chance."""


def said(node, path="") -> list[tuple[str, str]]:
    """(path, text) of every leaf, in order."""
    name = node.tag.rpartition("}")[2]
    if len(node):
        return [leaf for child in node for leaf in said(child, f"{path}/{name}")]
    return [] if name in OUR_OWN else [(f"{path}/{name}", node.text or "")]


def test_a_pain_001_says_what_the_sample_says_element_by_element():
    dupont = {
        "holder": "Dupont VAR SARL",
        "address": Address("Rue de Rivoli", "10", "75001", "Paris", "FR"),
        "account_sealed": sepa.SEAL.close("FR1420041010050500013M02606"),
        "bic": "PSSTFRPPXXX",
    }
    orders = (
        sepa.order("STMT000001", 1_190_00, about="Commission 2026-11 STMT-000001"),
        sepa.order("STMT000002", 1_000_00, about="Commission 2026-11 STMT-000002", **dupont),
    )
    wanted = replace(sepa.errand(*orders), execute_on=date(2026, 12, 15))
    ours = ElementTree.fromstring(SepaRail(sepa.SEAL).carry(wanted).content)
    sample = ElementTree.parse(SAMPLES / "pain.001.001.09_commissions.xml").getroot()
    assert said(ours) == said(sample)


def test_an_ach_file_has_the_samples_records_amounts_hash_and_sums():
    payer = replace(
        ach.PAYER, name="Vendor Inc", ach_routing_number="123456780",
        ach_bank_name="Vendor Bank", ach_company_id="1234567890",
    )  # fmt: skip
    orders = (
        ach.order("STMT1", 1_300_00, holder="Northstar Resellers", routing_number="123456780",
                  account_sealed=ach.SEAL.close("11232132")),
        ach.order("STMT2", 1_462_51, holder="Summit Distribution", routing_number="123456780",
                  account_sealed=ach.SEAL.close("22222222")),
    )  # fmt: skip
    made_at = datetime(2026, 11, 22, 6, 18, tzinfo=UTC)
    wanted = replace(
        ach.errand(*orders), payer=payer, made_at=made_at, execute_on=date(2026, 12, 15)
    )
    handed = AchRail(ach.SEAL).carry(wanted)
    ours = handed.content.decode("ascii").split("\n")[:-1]
    sample = (SAMPLES / "nacha_ccd_sample.ach").read_text().split("\n")
    assert handed.total == Money(2_762_51, "USD")
    assert [record[0] for record in ours] == [record[0] for record in sample]
    for mine, theirs in zip(ours, sample, strict=True):
        for first, last in SAME_PLACES[mine[:1]]:
            assert mine[first:last] == theirs[first:last], (mine, theirs)


SAME_PLACES = {
    "1": [(0, 13), (23, 86)],
    "5": [(0, 14), (40, 53), (69, 75), (78, 94)],
    "6": [(0, 3), (12, 29), (29, 39), (54, 65), (78, 94)],
    "7": [(0, 3), (87, 94)],
    "8": [(0, 10), (20, 54), (79, 94)],
    "9": [(0, 21), (31, 55)],
}
"""Columns in which nothing is ours to choose: what a bank reads and adds up."""


def test_a_pain_002_is_read_payment_by_payment():
    read = read_answers((SAMPLES / "pain.002.001.10_status.xml").read_bytes())
    assert [(one.number, one.outcome, one.code) for one in read.answers] == [
        ("STMT000001", Outcome.PAID, ""),
        ("STMT000002", Outcome.FAILED, "AC04"),
    ]
