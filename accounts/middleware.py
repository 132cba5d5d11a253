"""From a request to an actor in a scope: one transaction around the view, rolled back on a status of 400 or more."""

from collections.abc import Callable

from django.db import DataError, IntegrityError, OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts import actors, tokens
from core import errors, problems
from core.actor import Actor
from customers import scoping
from journal import recording

Handler = Callable[[HttpRequest], HttpResponse]

# Outside the scope: what must survive a refusal (sign-in), what needs no rows, what would hold a connection.
SAFE = ("GET", "HEAD", "OPTIONS")  # they change nothing: there is nothing to check before commit
OUTSIDE = ("/account/", "/health/", "/static/", "/dev/")


class ScopeMiddleware:
    """Sets `request.actor` and `request.at`, and opens `customers.scope()` for exactly that actor.

    Deferred constraints are checked before commit, so that their refusal is an answer and not a 500.
    """

    def __init__(self, get_response: Handler):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        recording.request_id.set(getattr(request, "request_id", ""))
        request.actor = request.at = None
        if request.path.startswith(OUTSIDE):
            return self.get_response(request)
        try:
            actor = self._find_actor(request)
        except errors.Refused as refusal:
            return problems.respond(request, refusal)
        return self._inside(request, actor) if actor else self.get_response(request)

    def _find_actor(self, request: HttpRequest) -> Actor | None:
        header = request.headers.get("Authorization", "") if problems.wants_problem(request) else ""
        if header:  # tokens are for programs: on a page nobody is signed in by one
            return tokens.actor_of(header)
        if request.user.is_authenticated:
            return actors.of_user(request.user)
        return None

    def _inside(self, request: HttpRequest, actor: Actor) -> HttpResponse:
        try:
            with scoping.scope(actor.customers, compartments=actor.compartments, caller=actor.key) as here:
                request.at = here.at
                request.actor = actors.with_persons(actor)
                request.refusal = None
                response = self.get_response(request)
                if response.status_code >= 400:
                    transaction.set_rollback(True)
                elif request.method not in SAFE:
                    with connection.cursor() as cursor:
                        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except IntegrityError as error:
            return problems.respond(request, conflict(error))
        return problems.respond(request, request.refusal) if request.refusal else response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """What the database refused while a page was made: answered once the scope is rolled back and closed, because
        nothing can be read in a failed transaction."""
        request.refusal = of_database(exception) if request.actor else None
        return HttpResponse(status=request.refusal.status) if request.refusal else None


def of_database(error: Exception) -> errors.Refused | None:
    """The refusal behind an error of the database; None for a fault of ours."""
    if isinstance(error, IntegrityError):
        return conflict(error)
    if isinstance(error, DataError):
        return errors.Malformed(_("A value is too long or too large for its field."))
    is_deadlock = isinstance(error, OperationalError) and getattr(error.__cause__, "sqlstate", "") == "40P01"
    return (
        errors.Conflict(_("Somebody wrote the same records at this moment: try again."))
        if is_deadlock
        else None
    )


def conflict(error: IntegrityError) -> errors.Conflict:
    """The sentence for what the database itself refused, naming the constraint."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or "unknown"
    return errors.Conflict(
        f"The database refused this as a whole (rule “{name}”): nothing was changed. Look at the record and try again.",
        constraint=name,
    )
