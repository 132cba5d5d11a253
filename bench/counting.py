"""Counts the statements of one request where its `X-Bench` header asks for it, and says so in the answer's header."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

# What opens and closes a transaction, and what tells the database whose rows may be seen, is no statement of a page.
FREE = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK", "SELECT set_config(")


class CountingMiddleware:
    """`X-Bench: count` answers `X-Bench-Statements`; `X-Bench: say` lists them, too, in the process's log."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = request.headers.get("X-Bench")
        if not asked:
            return self.get_response(request)
        counted: list[str] = []

        def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            if not sql.lstrip().startswith(FREE):
                counted.append(sql)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(count):
            response = self.get_response(request)
        response["X-Bench-Statements"] = str(len(counted))
        if asked == "say":
            print(*counted, sep="\n\n", flush=True)
        return response
