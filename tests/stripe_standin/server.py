"""The server: requests in, answers out, and the faults on the way."""

import json
import socket
import sys
import threading
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.stripe_standin import answers as answered
from tests.stripe_standin import parameters, resources, shapes
from tests.stripe_standin.faults import REFUSED, Fault, Faults, Kind
from tests.stripe_standin.idempotency import Keys
from tests.stripe_standin.pages import PAGES
from tests.stripe_standin.refusals import Refusal, invalid, not_simulated
from tests.stripe_standin.routes import ANSWERS, Call
from tests.stripe_standin.world import World

assert resources.__all__  # each marks what it answers
CUT_OFF = {Kind.DROP_BEFORE, Kind.DROP_AFTER, Kind.TIMEOUT_AFTER}


class StandIn:
    """Serves until it is stopped; `url` is where."""

    def __init__(
        self, world: World | None = None, port: int = 0, timeout_seconds: float = 5.0
    ) -> None:
        self.world = world or World()
        self.faults = Faults()
        self.keys = Keys()
        self.timeout_seconds = timeout_seconds
        """How long a client that is to time out is left waiting."""
        self._stopped = threading.Event()
        handler = type("Bound", (Handler,), {"standin": self})
        self._server = Server(("127.0.0.1", port), handler)
        self._server.standin = self
        self.url = self.world.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "StandIn":
        threading.Thread(target=self._server.serve_forever, args=[0.01], daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self.faults.clear()
        self._server.shutdown()
        self._server.server_close()

    def serve_forever(self) -> None:
        self._server.serve_forever()

    def wait_out(self) -> None:
        self._stopped.wait(self.timeout_seconds)

    def perform(self, request: "Request", fault: Fault | None) -> tuple[int, bytes, bool]:
        """Status, body, and whether it is a replay.  What the fault breaks is broken here."""
        with self.world.lock:
            self.world.calls.append((request.method, request.path, request.key, self.world.now))
        if fault and fault.kind in REFUSED:
            return *_refused(fault.kind), False
        try:
            with self.world.lock:
                operation, call = _understood(request)
                kept = self._kept(request)
            if kept is not None:
                return kept.status, kept.body, True
        except Refusal as no:
            return no.status, json.dumps(no.body()).encode(), False
        if fault and fault.kind is Kind.HOLD:
            fault.reached.set()
            fault.release.wait(60)
        with self.world.lock:
            status, body = self._answered(operation, call)
            if fault and fault.kind is Kind.ERROR_AFTER:
                status, body = _error(500, "api_error", "")
            if request.key:
                self.keys.finish(request.key, status, body)
        return status, body, False

    def _kept(self, request: "Request") -> Any:
        if not request.key:
            return None
        return self.keys.begin(
            request.key, request.method, request.path, request.body, self.world.now
        )

    def _answered(self, operation: shapes.Operation, call: Call) -> tuple[int, bytes]:
        try:
            answer = ANSWERS[operation.method, operation.path](self.world, call)
        except Refusal as no:
            return no.status, json.dumps(no.body()).encode()
        wrong = answered.differences(answer)
        if wrong:
            self.world.mistakes += wrong
            return _error(501, "api_error", "; ".join(wrong))
        return 200, json.dumps(answer).encode()


class Request:
    def __init__(self, method: str, target: str, headers: Any, body: bytes) -> None:
        parts = urlsplit(target)
        self.method, self.path, self.query, self.body = method, parts.path, parts.query, body
        self.key = headers.get("Idempotency-Key", "") if method in ("POST", "DELETE") else ""
        self.bearer = headers.get("Authorization", "")
        self.account = headers.get("Stripe-Account") or headers.get("Stripe-Context")

    @property
    def is_v2(self) -> bool:
        return self.path.startswith("/v2/")


def _understood(request: Request) -> tuple[shapes.Operation, Call]:
    """The operation and its checked parameters.  Raises Refusal."""
    if not request.bearer.startswith(("Bearer sk_test_", "Bearer rk_test_")):
        raise Refusal(401, "invalid_request_error", "", "Invalid API Key provided.")
    found = shapes.find(request.method, request.path)
    if found is None:
        raise invalid("", f"Unrecognized request URL ({request.method}: {request.path}).", "", 404)
    operation, at = found
    if (operation.method, operation.path) not in ANSWERS:
        raise not_simulated(f"{operation.method} {operation.path}")
    is_form = not (request.is_v2 and request.method == "POST")
    text = request.query if request.method in ("GET", "DELETE") else request.body.decode()
    given = parameters.of_form(text) if is_form else parameters.of_json(request.body)
    params = parameters.checked(operation, given, is_form=is_form)
    return operation, Call(request.method, request.path, at, params, request.account)


def _refused(kind: Kind) -> tuple[int, bytes]:
    return _error(*REFUSED[kind])


def _error(status: int, kind: str, code: str) -> tuple[int, bytes]:
    return status, json.dumps(Refusal(status, kind, code, f"Error {status}.").body()).encode()


class Server(ThreadingHTTPServer):
    standin: "StandIn"
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that has gone is no news; anything else is our mistake."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            self.standin.world.mistakes.append(traceback.format_exc())


class Handler(BaseHTTPRequestHandler):
    standin: StandIn
    protocol_version = "HTTP/1.1"
    wbufsize = 65536  # one packet an answer; with Nagle off, or each call costs 40 ms
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._serve("GET")

    def do_POST(self) -> None:
        self._serve("POST")

    def do_DELETE(self) -> None:
        self._serve("DELETE")

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""

    def _serve(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        word, _, key = urlsplit(self.path).path.strip("/").partition("/")
        if word in PAGES:
            self._page(word, key, body if method == "POST" else None)
            return
        request = Request(method, self.path, self.headers, body)
        fault = self.standin.faults.next(method, request.path)
        if fault and fault.kind is Kind.DROP_BEFORE:
            self._cut()
            return
        status, answer, is_replay = self.standin.perform(request, fault)
        if fault and fault.kind is Kind.TIMEOUT_AFTER:
            self.standin.wait_out()
        if fault and fault.kind in CUT_OFF:
            self._cut()
        elif fault and fault.kind is Kind.BAD_GATEWAY:
            self._send(502, b"<html><h1>502 Bad Gateway</h1></html>", {"Content-Type": "text/html"})
        elif fault and fault.kind is Kind.PARTIAL:
            self._send(status, answer, {}, only=len(answer) // 2)
        else:
            self._send(status, answer, {"Idempotent-Replayed": "true"} if is_replay else {})

    def _page(self, word: str, key: str, pressed: bytes | None) -> None:
        said = None
        if pressed is not None:
            said = parse_qs(pressed.decode()).get("press", [""])[0]
        with self.standin.world.lock:
            status, headers, page = PAGES[word](self.standin.world, key, said)
        self._send(status, page.encode(), headers)

    def _send(self, status: int, body: bytes, headers: dict[str, str], only: int = -1) -> None:
        self.send_response_only(status)
        for name, value in ({"Content-Type": "application/json"} | headers).items():
            self.send_header(name, value)
        self.send_header("Request-Id", "req_standin")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if only < 0 else body[:only])
        self.wfile.flush()
        if only >= 0:
            self._cut()

    def _cut(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)
