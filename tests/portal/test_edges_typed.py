"""What people type stays text: on pages, in searches, in mails, in addresses."""

import ast
import math
import re
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import pytest
from sqlalchemy import select

from models.base import SPOKEN
from models.errors import Refused
from models.factors.rules import RECOVERY_LETTERS, new_recovery_code
from models.people import UserSession, passwords
from models.sealing import Seal
from portal import mail
from portal.app import create_app
from portal.settings import Settings
from tests.conftest import SEALING_KEY

ROOT = Path(__file__).parent.parent.parent
TYPED = "<script>alert(1)</script> \"' onload='x"
GOOD = "gravel Thursday umbrella"
BUILT_IN = {"eval", "exec", "compile", "__import__"}
NEVER_CALLED = {
    "system", "popen", "Popen", "render_template_string",
    "populate_obj", "unsafe_load",
}  # fmt: skip
NEVER_IMPORTED = {"pickle", "marshal", "shelve", "yaml", "subprocess", "dill"}
STARTS_A_PROGRAM = ROOT / "portal" / "backups.py"
"""pg_dump and pg_restore, by a command or the worker: no request and nothing typed gets there."""


def test_what_was_typed_is_shown_as_text_in_elements_attributes_and_titles(a, sign_in):
    deal = a.submitted(customer_name=TYPED)
    for path in (f"/deals/{deal.id}", "/deals", "/deals?q=%3Cscript%3Ealert(1)"):
        page = sign_in(a.manager()).get(path).text
        assert "&lt;script&gt;alert(1)" in page, path
        assert "<script>alert" not in page and "' onload='x" not in page, path


def test_no_template_writes_a_script_or_lets_text_through_unescaped():
    for template in (ROOT / "templates").rglob("*.html"):
        text = template.read_text()
        assert not re.search(r"\|\s*safe\b|autoescape\s+false|<script(?![^>]*\bsrc=)", text), (
            template
        )


def test_no_code_runs_unpickles_or_starts_what_was_sent():
    files = {path for top in ("portal", "models") for path in (ROOT / top).rglob("*.py")}
    for file in files - {STARTS_A_PROGRAM}:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                assert not NEVER_IMPORTED & {one.name.split(".")[0] for one in node.names}, file
            if isinstance(node, ast.ImportFrom):
                assert (node.module or "").split(".")[0] not in NEVER_IMPORTED, file
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                assert called not in BUILT_IN and called.split(".")[-1] not in NEVER_CALLED, file


def test_our_script_shows_text_and_keeps_nothing_but_the_theme_and_the_ticks():
    text = "\n".join(file.read_text() for file in (ROOT / "static" / "js").glob("*.js"))
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", text
    )
    kept = re.findall(r"(?:local|session)Storage\.setItem\(([^,]+),", text)
    assert sorted(kept) == ['"theme"', "PICKS"]


def test_the_signs_of_a_pattern_are_only_signs_in_a_search(a, sign_in):
    a.vendor()
    odd, plain = a.partner(name="50% Off_Bikes"), a.partner(name="Rhine Bikes")
    client = sign_in(a.manager())
    for words in ("50%", "off_b", "%", "_"):
        page = client.get("/partners", query_string={"q": words}).text
        assert odd.name in page and plain.name not in page, words


def test_a_line_end_in_a_title_makes_no_header_of_a_mail(app):
    letter = SimpleNamespace(
        title="News\r\nBcc: all@evil.test", body="x", link="/", email="a@b.example", id=uuid4(),
        at=mail.now(),
    )  # fmt: skip
    with app.app_context():
        message = mail._message(letter, "us@vendor.example", app.extensions["settings"])
    assert message["Bcc"] is None and message["Subject"] == "News Bcc: all@evil.test"


@pytest.mark.parametrize(("proxies", "address"), [(0, "127.0.0.1"), (1, "203.0.113.9")])
def test_an_address_that_a_browser_claims_counts_only_behind_a_proxy_of_ours(
    a, session, engine, tmp_path, database_url, proxies, address
):
    """Behind one proxy the last address counts, which that proxy wrote; never the first."""
    passwords.set_cost(rounds=1, memory_kib=8, lanes=1)
    a.vendor()
    seller = a.person(password_hash=passwords.hashed(GOOD))
    session.commit()
    portal = create_app(Settings(
        instance=tmp_path, database_url=database_url, sealing_key=SEALING_KEY,
        secret_key="secret of the tests, never of a server", base_url="http://localhost",
        trusted_proxies=proxies,
    ))  # fmt: skip
    portal.config["WTF_CSRF_ENABLED"] = False
    claimed = {"X-Forwarded-For": "198.51.100.1, 203.0.113.9", "X-Real-IP": "198.51.100.2"}
    typed = {"email": seller.email, "password": GOOD}
    assert portal.test_client().post("/sign-in", data=typed, headers=claimed).status_code == 303
    session.expire_all()
    assert session.scalars(select(UserSession.address)).all() == [address]
    portal.extensions["engine"].dispose()


def test_a_password_is_masked_and_its_helpers_are_let_in(client, a):
    a.vendor()
    page = client.get("/sign-in").text
    [field] = re.findall(r'<input[^>]*name="password"[^>]*>', page)
    assert 'type="password"' in field and 'autocomplete="current-password"' in field
    assert "onpaste" not in page and 'autocomplete="off"' not in page


def test_every_page_leads_to_the_sign_out(sign_in, a):
    deal = a.submitted()
    client = sign_in(a.manager())
    for path in ("/", "/deals", f"/deals/{deal.id}", "/account", "/nowhere"):
        assert 'action="/sign-out"' in client.get(path).text, path


def test_what_the_address_says_fills_no_field_of_a_form(sign_in, a, session):
    programme = a.vendor()
    sent = {"dispute_business_days": "5"}
    path = "/programme/disputes"
    answer = sign_in(a.administrator()).post(
        path, data=sent, query_string={"dispute_window_days": "1"}
    )
    assert answer.status_code == 422 and programme.dispute_window_days == 90


@pytest.mark.parametrize(
    "path", ["/.git/config", "/setup.cfg", "/static/", "/static/js", "/static/../setup.cfg",
             "/static/%2e%2e/setup.cfg", "/instance/", "/.env", "/server-status",
             "/docs/openapi.json"],
)  # fmt: skip
def test_nothing_is_served_but_pages_and_static_files(client, path):
    assert client.get(path).status_code == 404


def test_what_is_sealed_is_not_changed_unseen_nor_opened_with_another_key():
    seal = Seal(SEALING_KEY)
    sealed = seal.close("DE89370400440532013000")
    middle = len(sealed) // 2
    bent = sealed[:middle] + ("A" if sealed[middle] != "A" else "B") + sealed[middle + 1 :]
    assert sealed != seal.close("DE89370400440532013000")  # not the same twice
    for opener, closed in ((seal, bent), (Seal("another key, never of a server"), sealed)):
        with pytest.raises(Refused):
            opener.open(closed)


def test_a_recovery_code_has_more_than_128_bits_of_a_random_source():
    codes = {new_recovery_code().replace("-", "") for _ in range(200)}
    assert len(codes) == 200 and {len(code) for code in codes} == {RECOVERY_LETTERS}
    assert set("".join(codes)) == set(SPOKEN) and RECOVERY_LETTERS * math.log2(len(SPOKEN)) > 128
