"""The front gives the browser one address: it chooses the process, tells no lies and holds nothing back."""

import http.client
import http.server
import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from ops import children, frontend, processes

FRONT = Path(children.__file__).with_name("front.mjs")


class Upstream(http.server.BaseHTTPRequestHandler):
    """Says its name and what it was sent; under /live/ a line each time the test lets it."""

    protocol_version = "HTTP/1.1"
    name = ""
    go_on: threading.Event

    def do_GET(self) -> None:
        if self.path == "/live/slowly":
            self._stream()
            return
        self._answer()

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self._answer(self.rfile.read(length))

    def _answer(self, body: bytes = b"") -> None:
        told = [self.name, self.path, self.headers["X-Forwarded-For"], self.headers["X-Forwarded-Proto"]]
        told += [self.headers["Host"], str(self.headers["X-Real-IP"]), str(len(body))]
        content = "|".join(told).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Set-Cookie", "a=1")
        self.send_header("Set-Cookie", "b=2")
        self.end_headers()
        self.wfile.write(content)

    def _stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for number in (1, 2):
            self.wfile.write(f"data: {number}\n\n".encode())
            self.wfile.flush()
            self.go_on.wait(10)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def go_on() -> threading.Event:
    return threading.Event()


def upstream(name: str, go_on: threading.Event) -> http.server.ThreadingHTTPServer:
    handler = type("Named", (Upstream,), {"name": name, "go_on": go_on})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@contextmanager
def front_of(pages: int, streams: int) -> Iterator[int]:
    """Run a front before two ports; its own port is the value."""
    port = processes.free_port()
    given = {"PAGES_PORT": str(pages), "STREAMS_PORT": str(streams), "PORT": str(port)}
    with subprocess.Popen([frontend.get_node().program, FRONT], env=os.environ | given) as process:
        deadline = time.monotonic() + 20
        while not is_open(port):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield port
        process.terminate()


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def front(go_on: threading.Event) -> Iterator[int]:
    pages, streams = upstream("pages", go_on), upstream("streams", go_on)
    with front_of(pages.server_port, streams.server_port) as port:
        yield port
    for server in (pages, streams):
        server.shutdown()
        server.server_close()


def get(port: int, path: str, **headers: str) -> tuple[int, list[str], http.client.HTTPMessage]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.request("GET", path, headers={"Host": "desk.localhost", **headers})
        answer = connection.getresponse()
        return answer.status, answer.read().decode().split("|"), answer.headers


def test_streams_go_to_the_process_of_streams_and_everything_else_to_the_pages(front: int) -> None:
    for path, name in (
        ("/", "pages"),
        ("/live/queue?a=b%20c", "streams"),
        ("/livery/", "pages"),
        ("/api/v1/x", "pages"),
    ):
        status, told, _ = get(front, path)
        assert (status, told[0], told[1]) == (200, name, path)


def test_a_visitor_cannot_claim_to_be_somebody_else(front: int) -> None:
    claims = {"X-Forwarded-For": "10.9.9.9", "X-Forwarded-Proto": "https", "X-Real-IP": "10.9.9.9"}
    _, told, _ = get(front, "/", **claims)
    assert told[2:6] == ["127.0.0.1", "http", "desk.localhost", "None"]


def test_every_header_of_an_answer_comes_through(front: int) -> None:
    _, _, headers = get(front, "/")
    assert headers.get_all("Set-Cookie") == ["a=1", "b=2"]
    assert headers.get("Server") is None


def test_a_large_body_comes_through_whole(front: int) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", front, timeout=20)) as connection:
        connection.request("POST", "/upload", body=b"x" * 5_000_000)
        assert connection.getresponse().read().decode().split("|")[-1] == "5000000"


def test_an_event_arrives_when_it_happens_not_when_the_stream_ends(
    front: int, go_on: threading.Event
) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", front, timeout=20)) as connection:
        connection.request("GET", "/live/slowly")
        answer = connection.getresponse()
        assert answer.readline() == b"data: 1\n"
        assert not go_on.is_set()
        go_on.set()
        assert b"data: 2" in answer.read()


def test_a_process_that_is_down_is_a_sentence_and_503() -> None:
    with front_of(processes.free_port(), processes.free_port()) as port:
        status, told, headers = get(port, "/")
        api_status, problem, api_headers = get(port, "/api/v1/tickets/")
    assert (status, told) == (503, ["The service desk is starting or busy. Try again in a few seconds."])
    assert headers["Retry-After"] == "2"
    assert (api_status, api_headers["Content-Type"]) == (503, "application/problem+json")
    assert '"status":503' in problem[0]
