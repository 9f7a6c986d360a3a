"""Which files are taken: known by what is in them, never by what their name says.  Pure."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath

import puremagic

from models.errors import Refused

LARGEST = 10_000_000
"""Bytes of one file."""

MOST = 10
"""Files attached to one thing, counted for each company that attaches."""

LARGEST_UNPACKED = 100_000_000
"""Bytes that an office document may say it unpacks to."""

MOST_OF_ONE, LARGEST_OF_ONE = 2_000, 1_000_000_000
"""Files, and bytes of them together, that one person may have attached here."""

MOST_PARTS = 5_000
"""Files inside an office document."""

MOST_PIXELS = 60_000_000
"""Of a picture: a telephone takes 50 million; more is drawn to choke who opens it."""

OFFICE = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}
TYPES = {
    "application/pdf": ".pdf",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "text/plain": ".txt",
    **OFFICE,
}
ACCEPTED = "PDF, PNG, JPEG, DOCX, XLSX or plain text"
SAME = {".jpeg": ".jpg", ".csv": ".txt", ".eml": ".txt", ".log": ".txt", ".md": ".txt"}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as somebody sends it."""

    name: str
    content: bytes


def media_type_of(upload: Upload) -> str:
    """Such as "application/pdf".  Raises Refused, fit to show beside the field."""
    name = tidy_name(upload.name)
    if not upload.content:
        raise Refused(f"“{name}” is empty. Choose the file again.")
    if len(upload.content) > LARGEST:
        raise Refused(f"“{name}” is larger than {LARGEST // 1_000_000} MB. Send a smaller one.")
    kind = _guess(upload)
    if kind not in TYPES or (kind == "text/plain" and not _is_text(upload.content)):
        raise Refused(f"“{name}” cannot be taken. Send it as {ACCEPTED}.")
    if kind in OFFICE:
        _check_office(name, upload.content)
    if kind in MEASURED:
        _check_picture(name, MEASURED[kind](upload.content))
    return kind


def tidy_name(name: str) -> str:
    """Without folders or signs that do harm in a list or on a disk; at most 120 characters."""
    last = PurePosixPath(name.replace("\\", "/")).name
    clean = re.sub(r"[^\w .,()+&-]", "_", last).strip(" .")
    stem, dot, suffix = clean.rpartition(".")
    return f"{stem[:110]}{dot}{suffix[:8]}" if stem else clean[:110] or "file"


def stored_name(name: str, media_type: str) -> str:
    """The tidy name; its ending tells the truth about the content."""
    tidy = tidy_name(name)
    suffix = PurePosixPath(tidy).suffix.lower()
    truth = TYPES[media_type]
    return tidy if SAME.get(suffix, suffix) == truth else f"{tidy}{truth}"


def _guess(upload: Upload) -> str:
    try:
        return puremagic.from_string(upload.content, mime=True, filename=tidy_name(upload.name))
    except (puremagic.PureError, ValueError, KeyError, IndexError, OSError, zipfile.BadZipFile):
        return "text/plain" if _is_text(upload.content) else ""


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not re.search(r"[\x00-\x08\x0e-\x1f]", text) and not text.lstrip().startswith("<")


def _check_office(name: str, content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        raise Refused(f"“{name}” is damaged. Save it again and send it once more.") from None
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise Refused(f"“{name}” unpacks to more than a document should. Send it as PDF.")
    if any("vbaproject" in part.filename.lower() for part in parts):
        raise Refused(f"“{name}” contains macros. Save it without them, or send it as PDF.")


def _check_picture(name: str, size: tuple[int, int] | None) -> None:
    if size is None:
        raise Refused(f"“{name}” is damaged. Save it again and send it once more.")
    if size[0] * size[1] > MOST_PIXELS:
        raise Refused(f"“{name}” has too many pixels. Send a smaller picture.")


def _size_of_png(content: bytes) -> tuple[int, int] | None:
    """(width, height) as its first part says; None when it has none."""
    if len(content) < 24 or content[12:16] != b"IHDR":
        return None
    return int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")


def _size_of_jpeg(content: bytes) -> tuple[int, int] | None:
    """(width, height) as its frame says: the part that begins a frame (SOF) is looked for."""
    at = 2
    while at + 9 < len(content) and content[at] == 0xFF:
        mark, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        if mark in FRAMES:
            high, wide = content[at + 5 : at + 7], content[at + 7 : at + 9]
            return int.from_bytes(wide, "big"), int.from_bytes(high, "big")
        at += 2 + length if mark != 0xFF else 1
    return None


FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
MEASURED = {"image/png": _size_of_png, "image/jpeg": _size_of_jpeg}
