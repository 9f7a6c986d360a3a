"""Rows 33 and 34: who dawdles stops nobody; thousands of pages leave no memory."""

import os
import random
import re
import socket
import threading
import time
from urllib.parse import urlsplit

import pytest
import requests

from tests.drills.served import PEOPLE, at, megabytes, serve

SLOW, SECONDS, GOAL_SECONDS = 200, 15, 1.0
PAGES = ("/sign-in", "/", "/deals")
HEAD = "{} HTTP/1.1\r\nHost: localhost\r\n{}"
REQUESTS = int(os.environ.get("DRILL_REQUESTS", "10000"))
THREADS, GOAL_MEGABYTES = 4, 30


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with serve(tmp_path_factory.mktemp("served")) as served:
        yield served


def dawdle(port: int, number: int, until: float) -> None:
    """A third sends its head slowly, a third its form, a third reads its page slowly."""
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        if number % 3 == 0:
            line.sendall(HEAD.format("GET /sign-in", "X-a: ").encode())
        elif number % 3 == 1:
            form = "Content-Length: 5000\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n"
            line.sendall(HEAD.format("POST /sign-in", form).encode())
        else:
            line.sendall(HEAD.format("GET /static/site.css", "\r\n").encode())
        try:
            while time.monotonic() < until:
                line.recv(16) if number % 3 == 2 else line.sendall(b"a")
                time.sleep(1)
        except OSError:
            return  # the server has had enough of it


def test_row_33_two_hundred_slow_clients_and_pages_come_all_the_same(served):
    browser = served.browser(PEOPLE[4])
    port, until = urlsplit(served.site.url).port, time.monotonic() + SECONDS
    slow = [threading.Thread(target=dawdle, args=(port, n, until)) for n in range(SLOW)]
    for thread in slow:
        thread.start()
    took, failed = [], 0
    while time.monotonic() < until:
        for page in PAGES:
            began = time.monotonic()
            try:
                answer = browser.get(served.site.url + page, timeout=20)
                failed += answer.status_code >= 500
            except requests.RequestException:
                failed += 1
            took.append(time.monotonic() - began)
        time.sleep(0.1)
    for thread in slow:
        thread.join()
    print(
        f"\nrow 33: {SLOW} slow clients for {SECONDS} s, {len(took)} pages meanwhile: p50"
        f" {at(0.5, took):.3f} s, p95 {at(0.95, took):.3f} s, longest {max(took):.3f} s"
    )
    assert failed == 0
    assert at(0.95, took) <= GOAL_SECONDS


def links(page: str) -> set[str]:
    found = re.findall(r'href="(/[^"#]*)"', page)
    return {one.replace("&amp;", "&") for one in found if not one.startswith("/static")}


def test_row_34_ten_thousand_pages_leave_no_errors_and_no_memory(served):
    asked, errors, sizes = set(), [], {}
    lock, left = threading.Lock(), iter(range(REQUESTS))

    def soak(number: int) -> None:
        rng = random.Random(number)
        browsers = [served.browser(email) for email in PEOPLE[number::THREADS]]
        known = [["/"] for _ in browsers]
        while True:
            with lock:
                at_number = next(left, None)
                if at_number is not None and at_number % (REQUESTS // 5) == 0:
                    sizes[at_number] = megabytes(served.web)
            if at_number is None:
                return
            who = rng.randrange(len(browsers))
            path = rng.choice(known[who])
            answer = browsers[who].get(served.site.url + path, timeout=60)
            if answer.status_code >= 500:
                errors.append((path, answer.status_code))
            asked.add(answer.request.path_url)
            if "html" in answer.headers.get("Content-Type", ""):
                known[who] = sorted(set(known[who]) | links(answer.text))[:5000]

    threads = [threading.Thread(target=soak, args=(number,)) for number in range(THREADS)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sizes[REQUESTS] = megabytes(served.web)
    grown = sizes[REQUESTS] - sizes[REQUESTS // 5]
    print(
        f"\nrow 34: {REQUESTS} requests to {len(asked)} addresses in"
        f" {time.monotonic() - began:.0f} s; {len(errors)} errors; memory by fifths"
        f" {[round(size) for size in sizes.values()]} MB, +{grown:.1f} after the first"
    )
    assert errors == []
    assert grown <= GOAL_MEGABYTES
