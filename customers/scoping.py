"""The only way in: opens the transaction, tells the database whose rows may be seen, and reads its clock.

Values are transaction-local (`set_config(…, true)`, `SET LOCAL ROLE`): behind a transaction pool a session-wide
setting reaches the next client. Nothing set means no rows, and an error from every scoped manager.
"""

import contextlib
import dataclasses
import datetime as dt
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass

from django.db import connection, transaction

from core import time
from core.actor import ALL, NORMAL, Customers

_SET = """
    SELECT set_config('itsm.customers', %s, true), set_config('itsm.compartments', %s, true),
           set_config('itsm.caller', %s, true), set_config('role', %s, true), now()
"""
_ALL_ROLE, _OWN_ROLE = "itsm_all", "none"
_current: ContextVar["Scope | None"] = ContextVar("scope", default=None)


class NoScope(RuntimeError):
    """A customer's rows were asked for outside `customers.scope()`: a fault of the program, never of the user."""


@dataclass(frozen=True)
class Scope:
    """Whose rows this transaction sees. `at` is the database's now(), aware UTC; `caller` an actor's key."""

    customers: Customers
    compartments: frozenset[int]
    caller: str
    at: dt.datetime

    def holds(self, customer_id: int) -> bool:
        """Whether this customer's rows are visible here."""
        return self.customers is ALL or customer_id in self.customers


def current() -> Scope:
    """The scope in force. Raises NoScope outside of any."""
    found = _current.get()
    if found is None:
        raise NoScope("No customers.scope() is open: open one before touching a customer's rows.")
    return found


def find_current() -> Scope | None:
    """The scope in force, or None."""
    return _current.get()


@contextlib.contextmanager
def scope(
    customers: Iterable[int] | Customers, *, compartments: Iterable[int] = (NORMAL,), caller: str = ""
) -> Iterator[Scope]:
    """Open a transaction in which exactly these customers' rows exist; restores the outer scope on leaving.

    `customers` are ids, or ALL (which switches to the role `itsm_all`: 0.5 ms where 200 ids take 114).
    """
    wanted = customers if customers is ALL else frozenset(customers)
    with transaction.atomic():
        outer = _current.get()
        entered = _enter(wanted, frozenset(compartments), caller)
        token = _current.set(entered)
        try:
            yield entered
        finally:
            _current.reset(token)
        _restore(outer)


def admit(compartment: int) -> None:
    """Open one more compartment for the rest of the scope in force: who restricts a ticket goes on seeing it."""
    here = current()
    wider = dataclasses.replace(here, compartments=here.compartments | {compartment})
    _apply(wider.customers, wider.compartments, wider.caller)
    _current.set(wider)


def _enter(customers: Customers, compartments: frozenset[int], caller: str) -> Scope:
    now = _apply(customers, compartments, caller)
    return Scope(customers, compartments, caller, time.pinned() or now)


def _apply(customers: Customers, compartments: frozenset[int], caller: str) -> dt.datetime:
    role = _ALL_ROLE if customers is ALL else _OWN_ROLE
    ids = "{}" if customers is ALL else _array(customers)
    with connection.cursor() as cursor:
        cursor.execute(_SET, [ids, _array(compartments), caller, role])
        return cursor.fetchone()[4]


def _restore(outer: Scope | None) -> None:
    """RELEASE SAVEPOINT keeps inner values, so the outer ones are written back (a rollback restores them itself)."""
    if connection.needs_rollback or (outer is None and not connection.savepoint_ids):
        return
    if outer is None:
        _apply(frozenset(), frozenset(), "")
    else:
        _apply(outer.customers, outer.compartments, outer.caller)


def _array(ids: Iterable[int]) -> str:
    return "{" + ",".join(str(int(one)) for one in sorted(ids)) + "}"
