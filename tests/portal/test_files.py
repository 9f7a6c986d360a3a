"""An attached file leaves as a download, and only to those who may see it."""

from uuid import uuid4

from models import files
from models.files import Upload
from tests.conftest import NOW

LETTER = b"%PDF-1.7\n% a letter\n%%EOF\n"


def test_a_file_is_a_download_and_nothing_else(session, a, sign_in):
    seller = a.seller(a.partner())
    file = kept(session, a, seller)
    answer = sign_in(seller).get(f"/files/{file.id}")
    assert answer.status_code == 200
    assert answer.data == LETTER
    assert answer.headers["Content-Disposition"] == "attachment; filename=letter.pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cache-Control"] == "no-store"


def test_another_partners_file_is_as_missing_as_one_that_never_was(session, a, sign_in):
    file = kept(session, a, a.seller(a.partner()))
    rival = sign_in(a.seller(a.partner()))
    foreign, missing = rival.get(f"/files/{file.id}"), rival.get(f"/files/{uuid4()}")
    assert foreign.status_code == missing.status_code == 404
    assert foreign.data.replace(str(file.id).encode(), b"") == missing.data


def test_a_removed_file_is_missing(session, a, sign_in):
    seller = a.seller(a.partner())
    file = kept(session, a, seller)
    files.remove(session, file, by=seller.actor(), now=NOW)
    session.commit()
    assert sign_in(seller).get(f"/files/{file.id}").status_code == 404


def kept(session, a, seller):
    file = files.keep(
        session,
        Upload("letter.pdf", LETTER),
        about=("deal", uuid4()),
        partner_id=seller.partner_id,
        by=seller.actor(),
        now=NOW,
    )
    session.commit()
    return file
