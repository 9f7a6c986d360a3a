"""The process log: one JSON object a line, read together with the audit, refused looks too."""

import io
import json
import logging
from uuid import uuid4

import pytest
from sqlalchemy import select

from models.audit import AuditEntry
from portal.logs import Lines


@pytest.fixture
def lines():
    """What the portal's processes would have written since it was asked last."""
    written, log = io.StringIO(), logging.getLogger("counterpart")
    handler = logging.StreamHandler(written)
    handler.setFormatter(Lines())
    log.addHandler(handler)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    log.removeHandler(handler)


def test_nobody_writes_a_line_of_their_own(lines):
    log = logging.getLogger("counterpart")
    forged = 'refused: x\n{"level": "error"}\r\u2028\x1b[2J"'
    try:
        raise ValueError(forged)
    except ValueError:
        log.warning("refused: %s", forged, exc_info=True)
    (line,) = lines()
    assert line["says"] == f"refused: {forged}" and "ValueError" in line["trace"]


def test_a_refused_look_is_logged_with_who_and_what_but_not_without_end(lines, a, sign_in):
    a.vendor()
    seller = a.seller()
    client, rivals = sign_in(seller), a.submitted()
    client.get("/programme")
    client.get(f"/deals/{rivals.id}")
    client.get(f"/deals/{uuid4()}")
    client.get("/nowhere")
    said = [(line["says"], line["endpoint"], line["person"]) for line in lines()]
    assert said == [
        ("refused look: 403", "programme.show", str(seller.id)),
        ("refused look: 404", "deals.show", str(seller.id)),
        ("refused look: 404", "deals.show", str(seller.id)),
    ]
    assert lines()[1]["ids"] == {"deal_id": str(rivals.id)}
    for _ in range(30):
        client.get(f"/deals/{uuid4()}")
    assert len(lines()) == 20 and lines()[-1]["says"].endswith("not logged")


def test_log_and_audit_name_the_same_request(lines, a, sign_in, session):
    a.vendor()
    sign_in(a.seller()).post("/programme", data={"name": "x"})
    logging.getLogger("counterpart").warning("outside of any request")
    refused = session.scalars(select(AuditEntry)).one()
    assert refused.request_id is not None and "request" not in lines()[-1]
