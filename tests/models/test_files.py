"""Attached files: known by their content, kept once, behind the wall."""

import io
import zipfile
from uuid import uuid4

import pytest
from sqlalchemy import select

from models import files
from models.errors import Refused
from models.files import StoredFile, Upload
from models.scope import Scope, open_session
from tests.conftest import NOW

PDF = b"%PDF-1.7\n% a letter\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(20)


def packed(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def test_a_file_is_kept_with_what_it_proves(session, a):
    seller = a.seller(a.partner()).actor()
    deal = uuid4()
    file = keep(session, seller, deal, Upload("Order 17.pdf", PDF))
    assert (file.name, file.media_type, file.size) == ("Order 17.pdf", "application/pdf", len(PDF))
    assert [one.name for one in files.attached(session, "deal", deal)] == ["Order 17.pdf"]


def test_the_same_bytes_sent_twice_are_kept_once(session, a):
    seller = a.seller(a.partner()).actor()
    deal = uuid4()
    first = keep(session, seller, deal, Upload("order.pdf", PDF))
    again = keep(session, seller, deal, Upload("order again.pdf", PDF))
    assert again.id == first.id


@pytest.mark.parametrize(
    ("upload", "words"),
    [
        (Upload("letter.pdf", b"<html><script>alert(1)</script>"), "cannot be taken"),
        (Upload("picture.png", b"MZ\x90\x00" + bytes(60)), "cannot be taken"),
        (Upload("picture.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>'), "cannot be taken"),
        (Upload("note.txt", b"\x00\x01\x02"), "cannot be taken"),
        (Upload("archive.zip", packed(a=b"1")), "cannot be taken"),
        (Upload("empty.pdf", b""), "is empty"),
        (Upload("large.pdf", PDF + bytes(files.LARGEST)), "larger than 10 MB"),
        (Upload("bomb.xlsx", packed(xl__workbook_xml=bytes(110_000_000))), "unpacks to more"),
        (
            Upload(
                "many.xlsx", packed(xl__workbook_xml=b"1", **{f"p{n}": b"" for n in range(5000)})
            ),
            "unpacks to more",
        ),
        (Upload("flood.png", PNG[:16] + b"\x00\x00\xea\x60" * 2 + bytes(20)), "too many pixels"),
        (
            Upload("flood.jpg", JPEG + b"\xff\xc0\x00\x11\x08\xea\x60\xea\x60" + bytes(20)),
            "too many",
        ),
        (Upload("cut.jpg", JPEG), "is damaged"),
        (Upload("macro.docx", packed(word__vbaProject_bin=b"x")), "contains macros"),
        (Upload("cut.xlsx", packed(xl__workbook_xml=b"x")[:-30]), "is damaged"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_its_name(upload, words):
    with pytest.raises(Refused, match=words) as refusal:
        files.media_type_of(upload)
    assert upload.name in str(refusal.value)


def test_a_name_is_only_a_name(session, a):
    seller = a.seller(a.partner()).actor()
    for odd, kept in [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\me\\order.pdf", "order.pdf"),
        ('a"b\r\nSet-Cookie: x.pdf', "a_b__Set-Cookie_ x.pdf"),
        ("picture.html", "picture.html.pdf"),
        ("", "file.pdf"),
    ]:
        assert keep(session, seller, uuid4(), Upload(odd, PDF)).name == kept


def test_a_thing_takes_only_so_many_files(session, a):
    seller = a.seller(a.partner()).actor()
    deal = uuid4()
    for number in range(files.MOST):
        keep(session, seller, deal, Upload(f"{number}.txt", f"note {number}".encode()))
    with pytest.raises(Refused, match="10 files already"):
        keep(session, seller, deal, Upload("more.txt", b"one more"))


def test_a_person_has_only_so_much_room_wherever_the_files_hang(session, a):
    seller, colleague = (a.seller(partner).actor() for partner in [a.partner()] * 2)
    kept = keep(session, seller, uuid4(), Upload("order.pdf", PDF))
    kept.size = 1_000_000_000 - len(PDF)
    last = keep(session, seller, uuid4(), Upload("last.pdf", PDF))
    for who in (seller, colleague):
        keep(session, who, last.about_id, Upload("last.pdf", PDF))  # the same again takes no room
    with pytest.raises(Refused, match="as many as one person may"):
        keep(session, seller, uuid4(), Upload("more.txt", b"one more"))
    keep(session, colleague, uuid4(), Upload("more.txt", b"one more"))
    files.remove(session, kept, by=seller, now=NOW)
    keep(session, seller, uuid4(), Upload("more.txt", b"one more"))


def test_a_removed_file_is_gone_with_its_content(session, a):
    seller = a.seller(a.partner()).actor()
    deal = uuid4()
    file = keep(session, seller, deal, Upload("order.pdf", PDF))
    files.remove(session, file, by=seller, now=NOW)
    files.remove(session, file, by=seller, now=NOW)
    assert files.attached(session, "deal", deal) == []
    assert file.content == b""


def test_a_file_stays_behind_its_wall(session, engine, a):
    distributor = a.partner()
    mine, rival = a.partner(), a.partner()
    seller = a.seller(mine).actor()
    deal = uuid4()
    keep(session, seller, deal, Upload("order.pdf", PDF))
    keep(session, seller, deal, Upload("evidence.png", PNG), private=True)
    files.keep(
        session, Upload("ours.txt", b"ours"), about=("deal", deal), partner_id=None,
        by=seller, now=NOW,
    )  # fmt: skip
    session.commit()
    seen = {
        mine: {"order.pdf", "evidence.png"},
        distributor: {"order.pdf"},
        rival: set(),
    }
    for partner, names in seen.items():
        reads = frozenset({mine.id}) if partner is distributor else frozenset()
        with open_session(engine, Scope.partner(partner.id, reads=reads)) as theirs:
            assert {one.name for one in files.attached(theirs, "deal", deal)} == names
            assert set(theirs.scalars(select(StoredFile.name))) == names


def keep(session, by, deal, upload, *, private=False):
    return files.keep(
        session, upload, about=("deal", deal), partner_id=by.partner_id, private=private,
        by=by, now=NOW,
    )  # fmt: skip
