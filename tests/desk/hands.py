"""What tests of the desk do with their hands: sign in, read the forms of a page, send one."""

import datetime as dt
from html.parser import HTMLParser
from typing import Any

from django.test import Client

from accounts.models import User
from core import time
from tickets import tasks


def sign_in(client: Client, user: User) -> Client:
    """The same browser, signed in without the password's detour."""
    client.force_login(user)
    return client


class _Forms(HTMLParser):
    """The forms of a page by the path of their action, with the values that a browser would send."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: dict[str, dict[str, Any]] = {}
        self._open: dict[str, Any] | None = None
        self._select = ""
        self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = self.forms.setdefault(given.get("action", ""), {})
        elif self._open is None:
            return
        elif tag == "select":
            self._select = given.get("name", "")
            self._open.setdefault(self._select, "")
        elif tag == "option" and self._select and "selected" in given:
            self._open[self._select] = given.get("value", "")
        elif tag == "textarea":
            self._area = given.get("name", "")
            self._open[self._area] = ""
        elif tag == "input" and given.get("name") and given.get("type") not in ("file", "submit"):
            if given.get("type") in ("checkbox", "radio") and "checked" not in given:
                return
            self._open[given["name"]] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._open is not None and self._area:
            self._open[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""


def forms(html: str) -> dict[str, dict[str, Any]]:
    """The forms of a page: action -> the values a browser would send."""
    reader = _Forms()
    reader.feed(html)
    return reader.forms


def send(client: Client, page: Any, action: str, **given: Any) -> Any:
    """Fill in the form with this action and send it."""
    return client.post(action, {**forms(page.text)[action], **given})


def leave_the_outbox(after: dt.timedelta = dt.timedelta(minutes=2)) -> int:
    """Let the worker's sweep pass once the outbox's time is over; says how many replies left."""
    with time.frozen((time.pinned() or dt.datetime.now(dt.UTC)) + after):
        return tasks.empty_outbox()
