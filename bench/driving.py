"""Clients that ask the running product over HTTP, and what they measure: each scenario beside its floor, in turns."""

import itertools
import statistics
import threading
import time as clock
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

Call = Callable[[httpx.Client], httpx.Response]
TIMEOUT_SECONDS = 120


@dataclass(frozen=True)
class Scenario:
    """One row of the table: what is asked, beside which floor, and how much of it is allowed."""

    name: str
    floor: str  # list, json, insert
    call: Call
    ratio: float | None = None  # of its floor
    statements: int | None = None
    signed_in: str = "everywhere"


@dataclass
class Measured:
    """What one scenario took, in milliseconds, and its floor in the same minutes."""

    scenario: Scenario
    own: list[float]
    floor: list[float]
    statements: int = 0
    bytes: int = 0
    per_second: float = 0.0
    failed: list[str] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.own)

    @property
    def p95(self) -> float:
        return quantile(self.own, 0.95)

    @property
    def ratio(self) -> float:
        return self.median / statistics.median(self.floor)

    @property
    def verdict(self) -> str:
        """`met`, what is missed, or nothing where there is no aim."""
        aims = self.scenario
        if aims.ratio is None and aims.statements is None:
            return ""
        over = [
            *(["time"] if aims.ratio is not None and self.ratio > aims.ratio else []),
            *(["statements"] if aims.statements is not None and self.statements > aims.statements else []),
        ]
        return "missed: " + ", ".join(over) if over else "met"

    def row(self) -> dict[str, Any]:
        """The row as the table and the JSON have it."""
        aims = self.scenario
        return {
            "work": aims.name, "floor": aims.floor, "median_ms": round(self.median, 1), "p95_ms": round(self.p95, 1),
            "per_second_at_8": round(self.per_second, 1), "statements": self.statements, "bytes": self.bytes,
            "ratio": round(self.ratio, 2), "aim": aims.ratio, "aim_statements": aims.statements,
            "verdict": self.verdict, "failed": self.failed[:3],
        }  # fmt: skip


def quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


@dataclass
class Clients:
    """Makes clients: the cookies and headers of everybody who asks."""

    web: str
    floor: str
    cookies: dict[str, dict[str, str]]
    token: str

    def of(self, who: str) -> httpx.Client:
        """A client of the product, signed in as `who`; `token` asks by token."""
        return self._made(self.web, who)

    def of_floor(self, floor: str) -> httpx.Client:
        return self._made(self.floor, "everywhere" if floor == "list" else "token")

    def _made(self, url: str, who: str) -> httpx.Client:
        given = (
            {"headers": {"Authorization": f"Bearer {self.token}"}}
            if who == "token"
            else {"cookies": self.cookies[who]}
        )
        return httpx.Client(base_url=url, timeout=TIMEOUT_SECONDS, **given)


def timed(call: Call, client: httpx.Client) -> tuple[float, httpx.Response]:
    began = clock.perf_counter()
    answer = call(client)
    return (clock.perf_counter() - began) * 1000, answer


def measure(
    scenario: Scenario, floors: dict[str, Call], clients: Clients, *, rounds: int, seconds: float
) -> Measured:
    """One client, floor and scenario in turns; then eight at once for some seconds."""
    with clients.of(scenario.signed_in) as ours, clients.of_floor(scenario.floor) as theirs:
        bare = floors[scenario.floor]
        for _ in range(min(4, rounds)):  # both workers and their connections are warm
            timed(scenario.call, ours), timed(bare, theirs)
        ours.headers["X-Bench"] = "count"
        _took, said = timed(scenario.call, ours)
        del ours.headers["X-Bench"]
        found = Measured(scenario, [], [], int(said.headers.get("X-Bench-Statements", 0)), len(said.content))
        for _ in range(rounds):
            floor_ms, answer = timed(bare, theirs)
            assert answer.status_code < 300, (
                f"floor {scenario.floor}: {answer.status_code} {answer.text[:300]}"
            )
            own_ms, answer = timed(scenario.call, ours)
            found.floor.append(floor_ms)
            found.own.append(own_ms)
            _check(answer, found)
    if seconds:
        found.per_second = together(lambda: clients.of(scenario.signed_in), scenario.call, seconds, found)
    return found


def together(
    client: Callable[[], httpx.Client], call: Call, seconds: float, found: Measured, many: int = 8
) -> float:
    """Requests a second of eight clients at once."""
    done, until = itertools.count(), clock.perf_counter() + seconds

    def ask() -> None:
        with client() as own:
            while clock.perf_counter() < until:
                _check(timed(call, own)[1], found)
                next(done)

    began = clock.perf_counter()
    threads = [threading.Thread(target=ask) for _ in range(many)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return next(done) / (clock.perf_counter() - began)


def _check(answer: httpx.Response, found: Measured) -> None:
    if answer.status_code >= 300:
        found.failed.append(f"{answer.status_code} {answer.text[:200]}")
