"""Writing twice: a POST that carries an Idempotency-Key is done once, and its answer given again for 24 hours.

The lock is an advisory one of the transaction: a second request does not wait, it is told (409). The answer is stored
in the transaction that did the work, so there is never one without the other; anything but 2xx leaves nothing.
"""

import functools
import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from core import errors
from journal import answers
from journal.models import IdempotencyKey

LONGEST = 255
HEADERS = ("Content-Type", "Location", "ETag")
REPLAYED = "Idempotent-Replayed"


class Keyed:
    """Mixed into every resource by `api.urls`: honours Idempotency-Key on POST, once the caller is known and let in."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        key = request.headers.get("Idempotency-Key")
        handler = getattr(self, "post", None)
        if key is not None and request.method == "POST" and handler is not None:
            self.post = functools.partial(_once, handler, key)


def _once(
    handler: Callable[..., Response], key: str, request: Request, *args: Any, **kwargs: Any
) -> HttpResponse:
    _check(key)
    place, fingerprint = answers.Place(request.actor.key, "POST", request.path, key), _fingerprint(request)
    answers.forget_old(request.actor.key, at=request.at)
    stored = answers.find(place, fingerprint)
    if stored is not None:
        return _again(stored)
    response = handler(request, *args, **kwargs)
    if 200 <= response.status_code < 300:
        response.add_post_render_callback(lambda rendered: _store(place, fingerprint, rendered))
    return response


def _check(key: str) -> None:
    if not 1 <= len(key) <= LONGEST or not key.isprintable():
        sentence = _("An Idempotency-Key has 1 to %(most)s printable characters.") % {"most": LONGEST}
        raise errors.Malformed(sentence, errors={"Idempotency-Key": [sentence]})


def _fingerprint(request: Request) -> str:
    """The request's content: query string, fields, and files by their bytes (a boundary is no content)."""
    data = request.data
    fields = {name: data.getlist(name) for name in data} if hasattr(data, "getlist") else data
    digest = hashlib.sha256(request.META.get("QUERY_STRING", "").encode())
    digest.update(json.dumps(fields, sort_keys=True, default=_of_file).encode())
    return digest.hexdigest()


def _of_file(file: UploadedFile) -> list[str]:
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    return [str(file.name), digest]


def _again(stored: IdempotencyKey) -> HttpResponse:
    response = HttpResponse(bytes(stored.body), status=stored.status)
    for name, value in {**stored.headers, REPLAYED: "true"}.items():
        response[name] = value
    return response


def _store(place: answers.Place, fingerprint: str, rendered: HttpResponse) -> None:
    headers = {name: rendered[name] for name in HEADERS if rendered.has_header(name)}
    answers.keep(place, fingerprint, status=rendered.status_code, headers=headers, body=rendered.content)
