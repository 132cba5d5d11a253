"""A form that is sent twice (double click, slow line, back button) counts once: its first answer is given again."""

import hashlib
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from journal import answers

FIELD = "once"
_KEPT_HEADERS = ("Location", "HX-Redirect", "HX-Refresh")
_IGNORED = frozenset({"csrfmiddlewaretoken", FIELD})


def new_key() -> str:
    """A key for one form: nobody guesses it, and no two forms share it."""
    return uuid.uuid4().hex


def keep(request: HttpRequest, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer of this POST, or the one already given under its key; a second click waits for the first.

    Raises Conflict where the first one takes too long, Invalid where the key came with other content before. Must run
    inside the actor's scope: the answer is kept in the same transaction as what it changed.
    """
    key = request.POST.get(FIELD, "")[:255] if request.method == "POST" else ""
    if not key or request.actor is None:
        return answer()
    place = answers.Place(request.actor.key, "POST", request.path[:500], key)
    fingerprint = _fingerprint(request)
    kept = answers.find(place, fingerprint, wait=True)
    if kept is not None:
        return HttpResponse(status=kept.status, headers=kept.headers)
    response = answer()
    if response.status_code in (204, 302):  # what changed something answers with a way on
        headers = {name: response[name] for name in _KEPT_HEADERS if name in response}
        answers.keep(place, fingerprint, status=response.status_code, headers=headers)
    return response


def is_spent(request: HttpRequest, path: str, key: str) -> bool:
    """Whether the form with this key was taken by the view at `path`: what comes later from the same form is late."""
    return bool(key) and answers.is_used(answers.Place(request.actor.key, "POST", path[:500], key[:255]))


def lead(request: HttpRequest, key: str, work: Callable[[], str]) -> str:
    """The address that `work()` answered the first time this caller sent `key` to this path; work that raises keeps
    nothing. A second click waits for the first. Raises Conflict where that takes too long."""
    place = answers.Place(request.actor.key, "POST", request.path[:500], key)
    kept = answers.find(place, "", wait=True)
    if kept is not None:
        return kept.headers["Location"]
    address = work()
    answers.keep(place, "", status=302, headers={"Location": address})
    return address


def _fingerprint(request: HttpRequest) -> str:
    digest = hashlib.sha256()
    for name in sorted(request.POST.keys() - _IGNORED):
        digest.update(repr((name, request.POST.getlist(name))).encode())
    for name in sorted(request.FILES):
        for one in request.FILES.getlist(name):
            digest.update(repr((name, one.name, one.size)).encode())
    return digest.hexdigest()
