"""Agreements and the code of conduct: signed by version, kept with their papers."""

import io

import pytest
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from models import agreements
from models.agreements import AgreementText, Signature, TextKind
from models.audit import AuditEntry
from models.people import Role

BODY = "We are honest with customers.\n\nWe do not pay or take bribes, wherever it may be usual."
WHY = {"reason": "Ticket 4126: cannot find the paper."}


@pytest.fixture
def rhine(a):
    a.vendor()
    return a.partner(name="Rhine Bikes")


@pytest.fixture
def head(a, rhine):
    return a.person(partner=rhine, name="Ute Weber", role=Role.PARTNER_ADMINISTRATOR)


@pytest.fixture
def tom(a, rhine):
    return a.person(partner=rhine, name="Tom Achebe")


@pytest.fixture
def publish(session, a, now):
    def publish(kind=TextKind.CODE_OF_CONDUCT, blocks=True):
        by = a.administrator().actor()
        return agreements.publish(
            session, by=by, kind=kind, title="Our code", body=BODY, blocks=blocks, now=now
        )

    return publish


def sign(client, text, name):
    return client.post(f"/agreements/{text.id}/signature", data={"name": name})


def test_the_portal_is_shut_until_it_is_signed(sign_in, publish, tom, head):
    client, text = sign_in(tom), publish()
    for path in ("/", "/deals", "/statements", "/company", "/search?q=x"):
        assert client.get(path).location == "/agreements", path
    assert client.post("/deals", data={}).status_code == 403
    page = client.get("/agreements").text
    assert "Please read and sign first" in page
    assert "bribes" in client.get(f"/agreements/{text.id}").text
    assert sign(client, text, " tom  achebe ").location == "/agreements"
    assert client.get("/deals").status_code == 200
    assert sign_in(head).get("/deals").location == "/agreements"  # each signs for themselves


def test_the_signature_is_kept_with_name_time_address_and_paper(
    sign_in, publish, tom, session, now
):
    client, text = sign_in(tom), publish()
    sign(client, text, "Tom Achebe")
    row = session.scalars(select(Signature)).one()
    assert (row.typed_name, row.signed_at, row.address, row.text_id, row.partner_id) == (
        "Tom Achebe", now, "127.0.0.1", text.id, tom.partner_id,
    )  # fmt: skip
    answer = client.get(f"/agreements/signatures/{row.id}/pdf")
    said = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)
    for words in ("Tom Achebe", "Version 1", "bribes", "2026-11-18 10:30:00 UTC", "127.0.0.1"):
        assert words in said
    done = session.execute(select(AuditEntry.action, AuditEntry.detail)).all()
    assert row.sha256 in [detail.get("sha256") for action, detail in done if "signed" in action]


def test_neither_text_nor_signature_changes_afterwards(sign_in, publish, tom, session):
    text = publish()
    sign(sign_in(tom), text, "Tom Achebe")
    for thing, name in ((text, "body"), (session.scalars(select(Signature)).one(), "typed_name")):
        setattr(thing, name, "Somebody else")
        with pytest.raises(DatabaseError):
            session.flush()
        session.rollback()


@pytest.mark.parametrize("name", ["", "T", "Ute Weber", "Tom"])
def test_another_name_signs_nothing(sign_in, publish, tom, session, name):
    page = sign(sign_in(tom), publish(), name)
    assert page.status_code == 422
    assert session.scalars(select(Signature)).all() == []


def test_a_new_version_is_signed_anew_and_the_older_one_no_longer(sign_in, publish, tom, session):
    client, first = sign_in(tom), publish()
    sign(client, first, "Tom Achebe")
    second = publish()
    assert client.get("/deals").location == "/agreements"
    assert "newer version" in sign(client, first, "Tom Achebe").text
    sign(client, second, "Tom Achebe")
    assert client.get("/deals").status_code == 200
    assert "signed already" in sign(client, second, "Tom Achebe").text
    assert second.version == 2 and len(session.scalars(select(Signature)).all()) == 2


def test_the_agreement_is_signed_once_for_the_company_by_its_administrator(
    sign_in, publish, tom, head, rhine, now
):
    seller, chief, text = sign_in(tom), sign_in(head), publish(TextKind.AGREEMENT)
    assert "An administrator of your company signs" in seller.get("/agreements").text
    assert sign(seller, text, "Tom Achebe").status_code == 422
    sign(chief, text, "Ute Weber")
    assert seller.get("/deals").status_code == chief.get("/deals").status_code == 200
    assert rhine.agreement_signed_on == now.date()


def test_what_does_not_shut_the_portal_is_only_offered(sign_in, publish, tom):
    publish(blocks=False)
    client = sign_in(tom)
    assert client.get("/deals").status_code == 200
    assert "Read and sign" in client.get("/agreements").text


def test_staff_are_never_asked(sign_in, publish, a):
    text = publish()
    client = sign_in(a.manager())
    assert client.get("/deals").status_code == 200
    assert sign(client, text, "x").status_code == 403


def test_who_looks_through_a_partners_eyes_cannot_sign(sign_in, publish, tom, a, session):
    client, text = sign_in(a.administrator()), publish()
    client.post(f"/people/{tom.id}/visit", data=WHY)
    assert sign(client, text, "Tom Achebe").status_code == 403
    assert session.scalars(select(Signature)).all() == []
    assert client.get("/deals").status_code == 200  # to look is allowed


def test_a_rival_finds_neither_signature_nor_paper(sign_in, publish, tom, a, session):
    text = publish(blocks=False)
    sign(sign_in(tom), text, "Tom Achebe")
    row = session.scalars(select(Signature)).one()
    rival = sign_in(a.person(role=Role.PARTNER_ADMINISTRATOR))
    assert rival.get(f"/agreements/signatures/{row.id}/pdf").status_code == 404
    assert "Tom Achebe" not in rival.get("/agreements").text
    desk = sign_in(a.finance())
    assert "Tom Achebe" in desk.get("/agreements/texts").text
    assert desk.get(f"/agreements/signatures/{row.id}/pdf").mimetype == "application/pdf"


def test_only_an_administrator_publishes(sign_in, a, rhine, session):
    said = {"kind": "code_of_conduct", "title": "Our code", "body": BODY, "blocks": "y"}
    for role in (Role.FINANCE, Role.CHANNEL_MANAGER):
        assert sign_in(a.person(role=role)).post("/agreements/texts", data=said).status_code == 403
    desk = sign_in(a.administrator())
    assert desk.get("/agreements/texts/new").status_code == 200
    assert desk.post("/agreements/texts", data=said | {"body": "short"}).status_code == 422
    assert desk.post("/agreements/texts", data=said).location == "/agreements/texts"
    assert session.scalars(select(AgreementText.version)).all() == [1]
