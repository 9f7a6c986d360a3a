"""Everything that a partner receives, as text, and a search of it for what it may not know.

Pages are found by their links and by the map of addresses; files are opened: a spreadsheet's
parts, a PDF's text, the headers with their file names.
"""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape
from io import BytesIO
from typing import Any
from urllib.parse import urljoin, urlsplit

import pypdf

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
LINK = re.compile(r'(?:href|src|hx-get)="(/[^"#]*)')
NOT_ASKED = ("/static/", "/sign-out")
MOST_OF_A_KIND = 2
"""Pages of one kind that are looked at, when they are about one row each; a list is one page."""


@dataclass
class Received:
    """What one person was shown or sent: where, and its text."""

    texts: dict[str, str] = field(default_factory=dict)

    def add(self, where: str, answer: Any) -> str:
        text = text_of(answer)
        self.texts[f"{where} ({answer.status_code})"] = text
        return text

    def says(self, where: str, text: str) -> None:
        self.texts[where] = text


def text_of(answer: Any) -> str:
    """Headers, file name and content of an answer, whatever it is written in."""
    headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    return f"{headers}\n{content_text(answer.data, answer.mimetype or '')}"


def content_text(content: bytes, mimetype: str) -> str:
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(BytesIO(content)) as packed:
            parts = [packed.read(name).decode("utf-8", "replace") for name in packed.namelist()]
            return unescape("\n".join([*packed.namelist(), *parts]))
    if content.startswith(b"%PDF"):
        reader = pypdf.PdfReader(BytesIO(content))
        about = " ".join(str(value) for value in (reader.metadata or {}).values())
        return "\n".join([about, *(page.extract_text() for page in reader.pages)])
    text = content.decode("utf-8", "replace")
    return unescape(text) if "html" in mimetype else text


def everything(client: Any, addresses: Iterable[str]) -> Received:
    """What a browser gets at these addresses, and wherever their links lead."""
    received, seen = Received(), Counter[str]()
    waiting = list(dict.fromkeys(addresses))
    while waiting:
        address = waiting.pop(0)
        kind = kind_of(address)
        most = MOST_OF_A_KIND if "*" in kind else 1
        if address.startswith(NOT_ASKED) or seen[kind] >= most:
            continue
        seen[kind] += 1
        answer = client.get(address)
        text = received.add(address, answer)
        if answer.location:
            waiting.append(urlsplit(answer.location).path)
        if (answer.mimetype or "").endswith("html"):
            waiting += [urljoin(address, link) for link in LINK.findall(text)]
    return received


def kind_of(address: str) -> str:
    """The address without its ids and arguments, but with the format of a file."""
    parts = urlsplit(address)
    written_as = [pair for pair in parts.query.split("&") if pair.startswith("as=")]
    return UUID.sub("*", parts.path) + "?" + "&".join(written_as)


def found_in(received: Received, secrets: Iterable[str]) -> list[tuple[str, str]]:
    """(where, secret) of everything that leaked, whatever the case."""
    wanted = [secret.casefold() for secret in secrets]
    every = {where: text.casefold() for where, text in received.texts.items()}
    lines = {line for text in every.values() for line in text.splitlines()}
    together = "\n".join(lines)  # what every page says is read once
    leaked = [secret for secret in wanted if secret in together]
    return [(where, secret) for secret in leaked for where, text in every.items() if secret in text]


def amount_words(minor: int) -> Iterator[str]:
    """An amount as pages and papers write it, and as files do."""
    yield f"{minor / 100:,.2f}"
    yield f"{minor // 100}.{minor % 100:02}"
