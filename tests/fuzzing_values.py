"""Odd values: words, numbers, days, headers and files that break what reads them."""

import io
import zipfile
from dataclasses import dataclass
from random import Random
from typing import Any

from hypothesis import strategies as st

WORDS = [
    "", " ", "\x00", "a\x00b", "\r\nSet-Cookie: x=y", "\ufeff", "\u202egnp.exe", "🚲" * 50, "ﬃ",
    "İ",
    "'", "' OR 1=1 --", '"><script>alert(1)</script>', "{{7*7}}", "${7*7}", "%s%n", "%ff", "%00",
    "../../../etc/passwd", "=cmd|' /C calc'!A0", "@SUM(1)", "0", "-1", "00012", "1e9", "1e999",
    "1E400000", "NaN", "Infinity", "-Infinity", "9" * 25, "9223372036854775808", "2147483648",
    "0.1", "1.005", "1,5", "1.234,56", "٣", "½", "0x10", "1_000", "true", "null", "[]", "{}",
    '{"a":' * 60, "[" * 900, "2026-02-30", "0000-00-00", "0001-01-01", "9999-12-31", "10000-01-01",
    "2026-11-18", "2026-11-18T10:30:00", "2026-13", "2026-10", "9999-12", "24:00", "EUR", "XXX",
    "DE", "zz", "on", "yes", "a@b.example", "@", "x@" + "y" * 300 + ".z", "http://[",
    "http://a:99999",
    "https://169.254.169.254/", "file:///etc/passwd", "javascript:alert(1)", "//evil.example",
    "/\t/evil.example", "xn--", "a." * 130 + "b", "Ā" * 5000, "x" * 20_000,
    "DE89370400440532013000",
    "00000000-0000-0000-0000-000000000000", "019a0000-0000-7000-8000-00000000000g",
]  # fmt: skip
EXTRA = ["partner_id", "role", "is_admin", "status", "id", "csrf_token", "_method", "person_id"]
HEADERS = [
    {"X-HTTP-Method-Override": "DELETE"}, {"HX-Request": "true", "HX-Current-URL": "http://[::1"},
    {"Referer": "http://["}, {"Referer": "//\\"}, {"Accept-Language": "x" * 900},
    {"Range": "bytes=9-1"}, {"If-None-Match": "*"}, {"If-Modified-Since": "yesterday"},
    {"Cookie": "counterpart=.eJx.x.x; a=\x80"}, {"X-Forwarded-For": "'"},
    {"User-Agent": "\xe4" * 400},
    {"Host": "evil.example"}, {"Accept-Encoding": "br;q=NaN, gzip;q=7"}, {"Origin": "null"},
]  # fmt: skip
TEXTS = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(WORDS),
    st.text(max_size=60),
    st.integers().map(str),
    st.floats().map(str),
    st.decimals().map(str),
    st.dates().map(str),
    st.datetimes().map(str),
    st.uuids().map(str),
    st.text(alphabet="0123456789.,-+eE ", max_size=25),
)
METHODS = ["PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "MIRROR"]


def _zip_bomb() -> bytes:
    """A spreadsheet of a few kilobytes that unpacks to 60 MB."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr("xl/workbook.xml", b" " * 60_000_000)
    return kept.getvalue()


def _image_bomb() -> bytes:
    """A PNG that says it is 60,000 by 60,000."""
    size = (60_000).to_bytes(4, "big") * 2
    return b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + size + b"\x08\x06\x00\x00\x00" + b"\0" * 40


LAUGHS = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(8)
)
FILES = [
    b"", b"\x00", b"%PDF-1.7\n", b"%PDF-" + b"\xff" * 400, b"PK\x03\x04" + b"\x00" * 60,
    _zip_bomb(),
    _image_bomb(), LAUGHS + b"]><Document>&i;</Document>",
    b"\xff\xfe" + "a;b\n".encode("utf-16-le"),
    b"\xef\xbb\xbfa,b\n1,2\n", b'"' * 2001, b"a," * 9000 + b"\n", b"=1+1;@x\n" * 50,
    b'{"a":' * 3000, b'{"components": [{"rate": 1e9999}]}', b"[[[[[[", b"\r\r\n\n\r",
    b"GIF89a\xff\xff\xff\xff",
]  # fmt: skip
NAMES = [
    "a.csv",
    "a.xlsx",
    "a.xml",
    "a.json",
    "a.pdf",
    "../../a.csv",
    "a\x00.csv",
    "é" * 300 + ".png",
    "",
]
CONTENTS = st.one_of(st.sampled_from(FILES), st.sampled_from(FILES), st.binary(max_size=400))


@dataclass
class Odd:
    """One draw of hypothesis: texts, files, and the dice for what is sent where."""

    texts: list[str]
    contents: list[bytes]
    dice: Random

    def text(self) -> str:
        return self.dice.choice(self.texts)

    def file(self) -> tuple[bytes, str]:
        return self.dice.choice(self.contents), self.dice.choice(NAMES)

    def pick(self, among: Any) -> Any:
        return self.dice.choice(list(among))

    def some(self, among: Any, most: int) -> list[str]:
        wanted = self.dice.randint(0, most)
        return self.dice.sample(sorted(among), min(wanted, len(among)))

    def once_in(self, times: int) -> bool:
        return self.dice.randrange(times) == 0


ODD = st.builds(
    Odd,
    st.lists(TEXTS, min_size=24, max_size=24),
    st.lists(CONTENTS, min_size=3, max_size=3),
    st.integers(0, 2**60).map(Random),
)
