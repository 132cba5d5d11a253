"""Anticipated failures. Every door turns them into its own form: a problem document, a form error, a page."""

from collections.abc import Mapping, Sequence


class Refused(Exception):
    """A request that was understood and not carried out.

    `detail` is one sentence that says what, where and what to do; `errors` maps field names to sentences;
    `extra` holds further members of the problem document (RFC 9457).
    """

    status = 422
    code = "refused"
    title = "Refused"

    def __init__(self, detail: str, *, errors: Mapping[str, Sequence[str]] | None = None, **extra: object):
        super().__init__(detail)
        self.detail = str(detail)
        self.errors = {name: [str(text) for text in texts] for name, texts in (errors or {}).items()}
        self.extra = extra


class Malformed(Refused):
    """The input has the wrong shape: unknown field, wrong type, bad value (400)."""

    status, code, title = 400, "malformed", "Malformed request"


class SignInNeeded(Refused):
    """No valid sign-in came with the request (401)."""

    status, code, title = 401, "sign_in_needed", "Sign in first"


class Forbidden(Refused):
    """The actor sees the record, and may not do this to it (403)."""

    status, code, title = 403, "forbidden", "Not permitted"


class NotFound(Refused):
    """There is no such record, or the actor may not see it: the same answer (404)."""

    status, code, title = 404, "not_found", "Not found"


class NotAllowed(Refused):
    """The workflow has no such step from the record's present state (409)."""

    status, code, title = 409, "not_allowed", "Not allowed in this state"


class Conflict(Refused):
    """The request clashes with another one, or with what is there (409)."""

    status, code, title = 409, "conflict", "Conflict"


class Expired(Refused):
    """What the caller goes on from is kept no longer: he starts anew (410)."""

    status, code, title = 410, "cursor_expired", "No longer kept"


class Stale(Refused):
    """The record moved on since the caller read it (412); `record` is the present one."""

    status, code, title = 412, "stale", "The record has changed"

    def __init__(self, detail: str, *, record: object = None):
        super().__init__(detail)
        self.record = record


class TooLarge(Refused):
    """The body or a file is larger than this installation accepts (413)."""

    status, code, title = 413, "too_large", "Too large"


class Invalid(Refused):
    """Well-formed, and refused by a rule (422)."""

    status, code, title = 422, "invalid", "Refused by a rule"


class TooMany(Refused):
    """Too many requests in a short time (429)."""

    status, code, title = 429, "too_many", "Too many requests"


def required(field: str, sentence: str) -> Invalid:
    """The refusal for one missing or wrong field."""
    return Invalid(sentence, errors={field: [sentence]})
