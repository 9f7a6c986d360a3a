"""Odd values for every door of the portal: paths, questions, forms and files.

What is asked is made from the URL map, from the forms that the pages show, from the fields that a
feature's form classes have, and from the names that its code reads out of the query.
"""

import io
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask_wtf import FlaskForm
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.base import Base
from models.people import Person, PersonStatus
from portal.permissions import may
from tests.fuzzing_values import EXTRA, FILES, HEADERS, METHODS, Odd

PORTAL = Path(__file__).parent.parent / "portal"
SLOW_SECONDS = 5.0
NOT_READY = "/readyz"
"""Answers 503 here, because no migration has made this database."""


@dataclass
class Form:
    action: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    """By name: what the page offers, its present value first."""
    files: set[str] = field(default_factory=set)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.choosing = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        name, value = said.get("name") or "", said.get("value") or ""
        if tag == "form":
            self.found.append(
                Form(said.get("action") or "" if said.get("method") == "post" else "")
            )
        elif self.found and name and tag in ("input", "textarea", "select", "button"):
            self.choosing = name if tag == "select" else self.choosing
            if said.get("type") == "file":
                self.found[-1].files.add(name)
            else:
                kept = self.found[-1].fields.setdefault(name, [])
                kept.append(value) if tag != "select" else None
        elif self.found and tag == "option" and self.choosing:
            kept = self.found[-1].fields[self.choosing]
            kept.insert(0, value) if "selected" in said else kept.append(value)

    def handle_endtag(self, tag: str) -> None:
        self.choosing = "" if tag == "select" else self.choosing


def forms_of(page: str) -> list[Form]:
    """The forms of a page that are sent."""
    parser = _Forms()
    parser.feed(page)
    return [form for form in parser.found if form.action.startswith("/")]


@dataclass
class Door:
    """One route with its methods."""

    endpoint: str
    converters: dict[str, str]
    methods: set[str]


class Fuzzer:
    """Asks; keeps what was answered badly in `bad`, and how often each answer came in `told`."""

    def __init__(self, app: Flask, session: Session, sign_in: Callable, people: list[str]) -> None:
        self.app, self.session, self.sign_in, self.people = app, session, sign_in, people
        found = session.scalars(select(Person).where(Person.email.in_(people)))
        self.actors = {person.email: person.actor() for person in found}
        assert set(self.actors) == set(people)
        self.urls = app.url_map.bind("localhost")
        self.doors = [
            Door(
                rule.endpoint,
                {name: type(kind).__name__ for name, kind in rule._converters.items()},
                set(rule.methods or ()) & {"GET", "POST", "PUT", "PATCH", "DELETE"},
            )
            for rule in app.url_map.iter_rules()
        ]
        self.known = _known_ids(session)
        self.fields, self.questions = _fields_by_feature(), _questions_by_feature()
        self.bad: list[tuple[Any, ...]] = []
        self.told: Counter[int] = Counter()
        self.reached: set[str] = set()
        self.slowest = (0.0, "")

    def knock(self, door: Door, odd: Odd) -> None:
        """A look with odd questions, then every way of sending that the route or its page has."""
        who = odd.pick([*self._who_may(door), *self.people, ""])
        client = self._client(who)
        path = self._path(door, odd)
        feature = door.endpoint.partition(".")[0]
        page = ""
        if "GET" in door.methods:
            asked = self._some(self.questions.get(feature, set()) | {"after", "before", "as"}, odd)
            answer = self._ask(client, "GET", path, query_string=asked)
            page = _text_of(answer)
        for method in sorted(door.methods - {"GET"}):
            sent = self._some(self.fields.get(feature, set()) | set(EXTRA), odd)
            self._ask(client, method, path, **self._body(sent, {}, odd))
        for form in forms_of(page)[:3]:
            self._send(client, form, odd)
        if odd.once_in(10):
            self._ask(client, odd.pick(METHODS), path)
            self._ask(
                client,
                "GET",
                path + "?%ff=%80&a[]=1&=&q=%00",
                headers=odd.pick(HEADERS),
            )

    def _who_may(self, door: Door) -> list[str]:
        """Four times over, so that few knocks are wasted on a shut door."""
        permission = getattr(self.app.view_functions[door.endpoint], "permission", None)
        if permission is None:
            return []
        return [email for email, one in self.actors.items() if may(one, permission)] * 4

    def _client(self, who: str) -> Any:
        everybody = update(Person).where(Person.email.in_(self.people))
        self.session.rollback()
        self.session.execute(everybody.values(status=PersonStatus.ACTIVE))
        self.session.commit()
        return self.sign_in(who) if who else self.app.test_client()

    def _path(self, door: Door, odd: Odd) -> str:
        values: dict[str, Any] = {}
        for name, kind in door.converters.items():
            if kind == "UUIDConverter":
                known = self.known.get(name, [])
                values[name] = odd.pick([*known, *known, uuid4()])
            elif kind == "IntegerConverter":
                values[name] = odd.pick([0, 1, 2025, 2026, 9999, 10**12])
            elif kind == "MonthConverter":
                values[name] = odd.pick(["2026-10", "2026-11", "2026-09", "9999-12"])
            elif kind == "PathConverter":
                values[name] = odd.pick(["css/x", "../x", "%2e%2e/x", "a\x00", "Users"])
            else:
                values[name] = odd.pick(["x", "plans", "deal-approved", "-", "0_0", "a" * 60])
        return self.urls.build(door.endpoint, values)

    def _some(self, names: set[str], odd: Odd) -> dict[str, str]:
        return {name: odd.text() for name in odd.some(names, 6)}

    def _send(self, client: Any, form: Form, odd: Odd) -> None:
        """What the page offers, with up to three fields bent."""
        sent = {name: values[0] if values else "" for name, values in form.fields.items()}
        for name in odd.some(sent, 3):
            sent[name] = odd.pick([odd.text(), odd.text(), *form.fields[name][:4]])
        files = {name: odd.file() for name in sorted(form.files)}
        self._ask(client, "POST", form.action, **self._body(sent, files, odd))

    def _body(self, sent: dict, files: dict, odd: Odd) -> dict[str, Any]:
        if not files and odd.once_in(30):
            return {"data": odd.pick(FILES)[:60], "content_type": "application/json"}
        parts = {name: (io.BytesIO(content), title) for name, (content, title) in files.items()}
        return {"data": sent | parts}

    def _ask(self, client: Any, method: str, path: str, **said: Any) -> Any:
        begun = time.thread_time()
        answer = client.open(path, method=method, **said)
        _ = answer.data
        took = time.thread_time() - begun
        self.told[answer.status_code] += 1
        self.slowest = max(self.slowest, (took, f"{method} {path}"))
        if answer.status_code < 400 or answer.status_code == 422:
            self.reached.add(path)
        text = _text_of(answer)
        is_wrong = answer.status_code >= 500 and not path.startswith(NOT_READY)
        if is_wrong or "Traceback" in text or took > SLOW_SECONDS:
            self.bad.append((answer.status_code, round(took, 1), method, path, repr(said)[:700]))
            print(self.bad[-1], flush=True)
        return answer

    @property
    def count(self) -> int:
        return self.told.total()


def _text_of(answer: Any) -> str:
    """Of a page; what is compressed is none."""
    is_page = answer.mimetype == "text/html" and not answer.content_encoding
    return answer.text if is_page else ""


def _known_ids(session: Session) -> dict[str, list[UUID]]:
    """{argument: some ids of the table that it names}."""
    named = {
        "line_id": "commission_line", "claim_id": "territory_claim", "choice_id": "customer_choice",
        "draft_id": "plan_draft", "drawing_id": "territory_drawing", "file_id": "stored_file",
        "form_id": "tax_form", "group_id": "provisioned_group", "import_id": "sales_import",
        "load_id": "territory_load", "log_id": "routing_log", "match_id": "deal_match",
        "merge_id": "customer_merge", "order_id": "deal_order", "precheck_id": "deal_precheck",
        "proposal_id": "close_proposal", "provider_id": "identity_provider", "run_id": "payout_run",
        "report_id": "bank_report", "request_id": "privilege_request", "round_id": "decision_round",
        "rule_id": "approval_rule", "session_id": "user_session", "side_id": "sharing_side",
        "signature_id": "agreement_signature", "text_id": "agreement_text",
        "token_id": "access_token", "view_id": "saved_view", "absence_id": "manager_absence",
        "amendment_id": "deal_amendment", "assignment_id": "plan_assignment",
        "batch_id": "deal_batch", "difference_id": "provider_difference",
        "domain_id": "provider_domain", "officer_id": "complaint_officer",
    }  # fmt: skip
    by_table = {mapper.class_.__tablename__: mapper.class_ for mapper in Base.registry.mappers}
    tables = {f"{name}_id": name for name in by_table} | named
    return {
        argument: list(session.scalars(select(by_table[table].id).limit(4)))
        for argument, table in tables.items()
    }


def _fields_by_feature() -> dict[str, set[str]]:
    """{feature: every field of its form classes}."""
    found: dict[str, set[str]] = {}
    for cls in _subclasses(FlaskForm):
        feature = cls.__module__.removeprefix("portal.").partition(".")[0]
        names = {name for name in dir(cls) if hasattr(getattr(cls, name), "field_class")}
        found.setdefault(feature, set()).update(names)
    return found


def _subclasses(cls: type) -> Iterator[type]:
    for each in cls.__subclasses__():
        yield each
        yield from _subclasses(each)


def _questions_by_feature() -> dict[str, set[str]]:
    """{feature: every name that its code reads from the query or a form}."""
    found: dict[str, set[str]] = {}
    reads = re.compile(r"""(?:args|form|given|asked|values)(?:\.get(?:list)?\(|\[)"(\w+)\"""")
    for file in PORTAL.rglob("*.py"):
        feature = file.relative_to(PORTAL).parts[0].removesuffix(".py")
        found.setdefault(feature, set()).update(reads.findall(file.read_text()))
    return found
