"""Reading what banks answer: pain.002 (ISO 20022) and the return files of ACH.

A line that cannot be read becomes an answer that says so; the others are read all the same.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import date, datetime

from models.errors import Refused
from models.money import Money
from models.payouts.answers import Answer, BankAnswers, Outcome

PAID, FAILED = {"ACSC", "ACCC"}, {"RJCT", "CANC"}
IN_WORK = {"ACCP", "ACSP", "ACTC", "ACWC", "ACWP", "RCVD", "PDNG", "PATC"}
IN_PARTS = "PART"
ACH_WIDTH = 94
RETURNED, CORRECTED = "99", "98"
CENTURY = 2000
NEITHER = "This is neither a pain.002 nor an ACH return file. Take the file as the bank gave it."


def read_answers(content: bytes) -> BankAnswers:
    """Every answer in a file.  Raises Refused when it is no such file."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(NEITHER) from None
    if text.lstrip().startswith("<"):
        return _pain_002(text)
    if text.startswith("101"):
        return _ach_return(text)
    raise Refused(NEITHER)


def _pain_002(text: str) -> BankAnswers:
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise Refused("A bank's file has no DOCTYPE; this one is not read.")
    try:
        root = ET.fromstring(text)  # nosec B314: no DOCTYPE, as said above
    except ET.ParseError as error:
        raise Refused(f"The file is damaged: {error}. Take it from the bank again.") from None
    report = root.find("{*}CstmrPmtStsRpt")
    if report is None:
        raise Refused(NEITHER)
    made = _day(_inner(report, "GrpHdr/CreDtTm"))
    answers = [
        _transaction(transaction, made)
        for transaction in report.iterfind("{*}OrgnlPmtInfAndSts/{*}TxInfAndSts")
    ]
    group = report.find("{*}OrgnlGrpInfAndSts")
    if not answers and group is not None:
        answers = [_group(report, group, made)]
    return BankAnswers("pain.002", _inner(report, "GrpHdr/MsgId"), answers)


def _transaction(found: ET.Element, made: date | None) -> Answer:
    number = _inner(found, "OrgnlEndToEndId")
    status = _inner(found, "TxSts")
    if not number:
        return Answer(Outcome.UNREADABLE, words="A payment without its end-to-end id.")
    amount = found.find("{*}OrgnlTxRef/{*}Amt/{*}InstdAmt")
    try:
        told = None if amount is None else Money.of(amount.text or "", amount.get("Ccy", ""))
    except (ValueError, ArithmeticError):
        return Answer(Outcome.UNREADABLE, number, words="Its amount cannot be read.")
    return _answer(
        status,
        found,
        number=number,
        amount=told,
        on=_day(_inner(found, "AccptncDtTm")) or made,
        reference=_inner(found, "AcctSvcrRef"),
    )


def _group(report: ET.Element, group: ET.Element, made: date | None) -> Answer:
    """The file as a whole, when it names no single payment."""
    block = report.find("{*}OrgnlPmtInfAndSts")
    status = _inner(group, "GrpSts") or (_inner(block, "PmtInfSts") if block is not None else "")
    reasons = group if group.find("{*}StsRsnInf") is not None or block is None else block
    key = _inner(group, "OrgnlMsgId")
    if status == IN_PARTS:
        return Answer(Outcome.UNREADABLE, of_key=key, words="PART, but no payment is named.")
    return _answer(status, reasons, of_key=key, on=made)


def _answer(
    status: str,
    reasons: ET.Element,
    *,
    number: str = "",
    of_key: str = "",
    amount: Money | None = None,
    on: date | None = None,
    reference: str = "",
) -> Answer:
    outcome, code, words = _outcome(status), "", ""
    if outcome is Outcome.FAILED:
        code = _inner(reasons, "StsRsnInf/Rsn/Cd") or _inner(reasons, "StsRsnInf/Rsn/Prtry")
        said = (line.text or "" for line in reasons.iterfind("{*}StsRsnInf/{*}AddtlInf"))
        words = " ".join(" ".join(said).split())[:300]
        code = code[:10] or "MS03"
    if outcome is Outcome.UNREADABLE:
        words = f"The status “{status[:20]}” is not known here."
    return Answer(outcome, number, of_key, code, words, amount, on, reference)


def _outcome(status: str) -> Outcome:
    if status in PAID:
        return Outcome.PAID
    if status in FAILED:
        return Outcome.FAILED
    return Outcome.WAITING if status in IN_WORK else Outcome.UNREADABLE


def _inner(found: ET.Element, path: str) -> str:
    inner = found.find("/".join(f"{{*}}{step}" for step in path.split("/")))
    return (inner.text or "").strip() if inner is not None else ""


def _day(text: str) -> date | None:
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        return None


def _ach_return(text: str) -> BankAnswers:
    records = text.splitlines()
    return BankAnswers("ACH return", f"{records[0][13:34].strip()}", list(_returns(records)))


def _returns(records: list[str]) -> Iterator[Answer]:
    entry, on = "", None
    for place, record in enumerate(records, start=1):
        if len(record.rstrip()) > ACH_WIDTH or not record.isascii():
            yield Answer(Outcome.UNREADABLE, words=f"Line {place} is no record of 94 characters.")
        elif record.startswith("5"):
            on = _ach_day(record[69:75])
        elif record.startswith("6"):
            entry = record.ljust(ACH_WIDTH)
        elif record.startswith("7"):
            yield _returned(place, entry, record.ljust(ACH_WIDTH), on)
            entry = ""


def _returned(place: int, entry: str, addenda: str, on: date | None) -> Answer:
    kind, code = addenda[1:3], addenda[3:6]
    amount = entry[29:39]
    if not entry or kind not in (RETURNED, CORRECTED) or not amount.isdigit():
        return Answer(Outcome.UNREADABLE, words=f"Line {place} is no return of an entry.")
    number, paid = entry[39:54].strip(), Money(int(amount), "USD")
    if kind == CORRECTED:
        words = addenda[35:64].strip()
        return Answer(Outcome.CORRECTED, number, code=code, words=words, on=on)
    return Answer(Outcome.FAILED, number, "", code, addenda[35:79].strip(), paid, on)


def _ach_day(text: str) -> date | None:
    try:
        return date(CENTURY + int(text[:2]), int(text[2:4]), int(text[4:6]))
    except ValueError:
        return None
