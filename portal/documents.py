"""Papers as PDF, set by typst: words and amounts go in as data, never as markup.

Every paper is tagged for screen readers (PDF/UA-1).  That standard refuses a paper whose
fonts lack a glyph; then the paper is set again without it, because a partner's name in a
script we have no font for must not stop a statement.
"""

import json
import logging
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Generic, TypeVar

import typst
from flask import Response

PAPERS = Path(__file__).resolve().parent.parent / "templates" / "documents"
ACCESSIBLE = "ua-1"

Line = TypeVar("Line")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Party:
    """A company as it stands on paper."""

    name: str
    address: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Term:
    """One part of the equation; `sign` is "", "+", "−" or "="."""

    label: str
    amount: str
    sign: str = ""


@dataclass(frozen=True)
class Step:
    """One step of a working: `words` say what was done, `amount` what it came to."""

    words: str
    amount: str = ""


@dataclass(frozen=True)
class StatementLine:
    """One earned or taken back amount, with everything needed to work it out again."""

    source: str
    source_detail: str
    about: str
    base: str
    amount: str
    working: list[Step] = field(default_factory=list)


@dataclass(frozen=True)
class SettledStatement:
    """One statement as a remittance advice lists it."""

    statement: str
    period: str
    opening: str
    earned: str
    taken_back: str
    amount: str


@dataclass(frozen=True)
class Total:
    label: str
    amount: str


@dataclass(frozen=True)
class Paper(Generic[Line]):
    """Everything a paper says, already in the reader's words, numbers and dates.

    facts: pairs of label and value beside the partner's address.
    equation: terms in reading order; the last is the result and is set large.
    """

    title: str
    number: str
    vendor: Party
    partner: Party
    facts: list[tuple[str, str]]
    equation: list[Term]
    lines: list[Line]
    total: Total
    notes: list[str] = field(default_factory=list)
    language: str = "en"


@dataclass(frozen=True)
class SignedText:
    """A text that somebody signed: the whole of it, and the signature among the facts."""

    title: str
    number: str
    vendor: Party
    partner: Party
    facts: list[tuple[str, str]]
    paragraphs: list[str]
    language: str = "en"


def statement(paper: Paper[StatementLine], *, now: datetime) -> bytes:
    """A commission statement as PDF."""
    return _typeset("statement", paper, now)


def remittance(paper: Paper[SettledStatement], *, now: datetime) -> bytes:
    """A remittance advice as PDF."""
    return _typeset("remittance", paper, now)


def invoice(paper: Paper[SettledStatement], *, now: datetime) -> bytes:
    """An invoice that we write in a partner's name, as PDF."""
    return _typeset("invoice", paper, now)


def signed_text(paper: SignedText, *, now: datetime) -> bytes:
    """A text with its signature, as PDF."""
    return _typeset("signed_text", paper, now)


def pdf_response(name: str, pdf: bytes) -> Response:
    """The paper as a download called `name`.pdf."""
    response = Response(pdf, mimetype="application/pdf")
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.pdf")
    return response


def _typeset(kind: str, paper: Paper | SignedText, now: datetime) -> bytes:
    data = json.dumps(asdict(paper), ensure_ascii=False)
    try:
        return _compile(kind, data, now, [ACCESSIBLE])
    except typst.TypstError as error:
        log.warning("%s %s is set without PDF/UA: %s", kind, paper.number, error.message)
        return _compile(kind, data, now, [])


def _compile(kind: str, data: str, now: datetime, standards: list[Any]) -> bytes:
    return typst.compile(
        str(PAPERS / f"{kind}.typ"),
        root=str(PAPERS),
        font_paths=_fonts(),
        format="pdf",
        sys_inputs={"data": data},
        pdf_standards=standards,
        timestamp=int(now.timestamp()),
    )


@cache
def _fonts() -> typst.Fonts:
    """Ours first, then what the machine has for scripts that ours lack; read once."""
    return typst.Fonts(font_paths=[str(PAPERS / "fonts")])
