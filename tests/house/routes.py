"""What is expected of each address, tried by people of Acme with Beta's records in it (see test_routes.py)."""

import re
from typing import Any

from automation.models import Macro, Rule, SavedText, Schedule, TicketTemplate
from calendars.models import Calendar
from slas.models import Agreement
from tickets.models import AffectedItem

PLACES = re.compile(r"<([^>]+)>")
GROUPS = re.compile(r"\(\?P<(\w+)>[^)]*\)")
LIBRARIES = (
    "^static",
    "^media",
    "__",
    "static/",
    "account/",
    "dev/",
)  # served by others, or before anybody is known

# Statuses by what an address is.
REFUSED = {401, 403, 404, 405}
FOREIGN = {301, 302, 404, 405}  # names one record: it does not exist, or sign in first
LIST = {
    200,
    201,
    202,
    204,
    301,
    302,
    400,
    401,
    403,
    404,
    405,
    409,
    415,
    422,
}  # no record in it: nothing of Beta shows
OPEN = {200, 301, 302, 400, 404, 405, 503}  # for everybody

# Rows that only running programs make; each has isolation tests of its own.
NOT_IN_THE_WORLD = ("imports.ImportedRecord", "slas.Escalation")

EXPECTED: dict[str, set[int]] = {
    **dict.fromkeys(("health/live", "health/ready", "api/v1/schema/", "api/docs/"), OPEN | REFUSED),
    "api/": REFUSED,
    # The API's lists and what makes records: nothing of Beta in them.
    **dict.fromkeys(
        (
            "api/v1/me/",
            "api/v1/me/notifications/",
            "api/v1/me/notices/",
            "api/v1/search/",
            "api/v1/events/",
            "api/v1/jobs/",
            "api/v1/tickets/bulk/",
            "api/v1/uploads/",
            "api/v1/customers/",
            "api/v1/people/",
            "api/v1/teams/",
            "api/v1/services/",
            "api/v1/calendars/",
            "api/v1/configuration-item-types/",
            "api/v1/configuration-items/",
            "api/v1/agreements/",
            "api/v1/status-notices/",
            "api/v1/views/",
            "api/v1/macros/",
            "api/v1/saved-texts/",
            "api/v1/ticket-templates/",
            "api/v1/routing-rules/",
            "api/v1/recurring-tickets/",
            "api/v1/tickets/",
            "api/v1/tickets/similar/",
            "api/v1/incidents/",
        ),
        LIST,
    ),
    # The API's records: Beta's do not exist.
    **dict.fromkeys(
        (
            "api/v1/tickets/<number>/",
            "api/v1/me/notices/<id>/",
            "api/v1/me/notices/<id>/read/",
            "api/v1/me/notices/<id>/done/",
            "api/v1/jobs/<id>/",
            "api/v1/jobs/<id>/undo/",
            "api/v1/jobs/<id>/cancel/",
            "api/v1/tickets/<number>/messages/",
            "api/v1/tickets/<number>/attachments/",
            "api/v1/tickets/<number>/attachments/<id>/content/",
            "api/v1/tickets/<number>/links/",
            "api/v1/tickets/<number>/links/<id>/",
            "api/v1/tickets/<number>/tasks/",
            "api/v1/tickets/<number>/tasks/<id>/",
            "api/v1/tickets/<number>/tasks/<id>/<verb>/",
            "api/v1/tickets/<number>/tasks/<id>/items/",
            "api/v1/tickets/<number>/tasks/<id>/items/<item_id>/",
            "api/v1/tickets/<number>/time-entries/",
            "api/v1/tickets/<number>/time-entries/<id>/",
            "api/v1/tickets/<number>/time-entries/<id>/correct/",
            "api/v1/tickets/<number>/journal/",
            "api/v1/tickets/<number>/timers/",
            "api/v1/tickets/<number>/survey/",
            "api/v1/tickets/<number>/major/",
            "api/v1/tickets/<number>/watchers/",
            "api/v1/tickets/<number>/watchers/<id>/",
            "api/v1/tickets/<number>/participants/",
            "api/v1/tickets/<number>/participants/<id>/",
            "api/v1/incidents/<number>/",
            "api/v1/incidents/<number>/actions/",
            "api/v1/incidents/<number>/actions/<verb>/",
            "api/v1/customers/<slug>/",
            "api/v1/people/<id>/",
            "api/v1/teams/<slug>/",
            "api/v1/services/<slug>/",
            "api/v1/calendars/<id>/",
            "api/v1/configuration-item-types/<slug>/",
            "api/v1/configuration-items/<id>/",
            "api/v1/configuration-items/<id>/relations/",
            "api/v1/configuration-items/<id>/relations/<relation_id>/",
            "api/v1/agreements/<id>/",
            "api/v1/status-notices/<id>/",
            "api/v1/views/<slug>/",
            "api/v1/macros/<id>/",
            "api/v1/saved-texts/<id>/",
            "api/v1/ticket-templates/<id>/",
            "api/v1/routing-rules/<id>/",
            "api/v1/routing-rules/<id>/dry-run/",
            "api/v1/recurring-tickets/<id>/",
        ),
        FOREIGN | {403},
    ),
    # Answers "your body is wrong" before it looks for the calendar.
    "api/v1/tickets/<number>/break-glass/": FOREIGN | {400, 403},
    **dict.fromkeys(("api/v1/calendars/<id>/add/", "api/v1/calendars/<id>/between/"), FOREIGN | {400}),
    # The desk's pages.
    **dict.fromkeys(
        (
            "desk/",
            "desk/changes/",
            "desk/filter/",
            "desk/filter/values/",
            "desk/filter/apply/",
            "desk/rows/",
            "desk/columns/",
            "desk/views/",
            "desk/views/order/",
            "desk/bulk/",
            "desk/jobs/",
            "desk/merge/",
            "desk/search/",
            "desk/palette/",
            "desk/about/",
            "desk/new/",
            "desk/new/callers/",
            "desk/new/similar/",
            "desk/new/join/",
            "desk/phone/",
            "desk/tasks/",
            "desk/inbox/",
            "desk/new/draft/",
            "desk/drafts/files/",
            "desk/suggest/mentions/",
            "desk/presence/",
            "desk/suggest/records/",
            "desk/reports/pauses/",
            "desk/reports/lowered/",
            "desk/mail/",
            "desk/deliveries/",
            "desk/major/",
            "desk/teams/",
            "desk/restricted/",
            "desk/setup/",
            "desk/setup/away/",
            "desk/setup/<slug>/",
            "desk/setup/<slug>/skip/",
            "desk/settings/",
            "desk/settings/log/",
            "desk/settings/roles/",
            "desk/settings/sample/",
            "desk/settings/<slug>/",
            "desk/settings/<slug>/new/",
        ),
        LIST,
    ),
    **dict.fromkeys(
        (
            "desk/undo/<token>/",
            "desk/tickets/<number>/",
            "desk/jobs/<job_id>/",
            "desk/jobs/<job_id>/rows.csv",
            "desk/jobs/<job_id>/undo/",
            "desk/jobs/<job_id>/cancel/",
            "desk/jobs/<job_id>/go/",
            "desk/tickets/<number>/preview/",
            "desk/teams/<slug>/",
            "desk/teams/<slug>/rebalance/",
            "desk/teams/<slug>/rebalance/done/",
            "desk/teams/<slug>/rebalance/undo/",
            "desk/tickets/<number>/read/",
            "desk/tickets/<number>/pick/<field>/",
            "desk/views/<slug>/",
            "desk/views/<slug>/star/",
            "desk/tickets/<number>/reply/",
            "desk/tickets/<number>/note/",
            "desk/tickets/<number>/drafts/<kind>/",
            "desk/tickets/<number>/presence/",
            "desk/tickets/<number>/related/",
            "desk/tickets/<number>/related/dismiss/",
            "desk/tickets/<number>/outbox/<pending_id>/undo/",
            "desk/tickets/<number>/outbox/<pending_id>/send/",
            "desk/tickets/<number>/take/",
            "desk/tickets/<number>/do/<verb>/",
            "desk/tickets/<number>/change/",
            "desk/tickets/<number>/clocks/",
            "desk/tickets/<number>/macros/",
            "desk/tickets/<number>/macros/<macro_id>/",
            "desk/tickets/<number>/macros/<macro_id>/used/",
            "desk/tickets/<number>/link/",
            "desk/tickets/<number>/watch/",
            "desk/tickets/<number>/people/",
            "desk/tickets/<number>/people/<participant_id>/remove/",
            "desk/tickets/<number>/links/<link_id>/remove/",
            "desk/tickets/<number>/items/<item_id>/remove/",
            "desk/tickets/<number>/tasks/",
            "desk/tickets/<number>/tasks/<task_id>/change/",
            "desk/tickets/<number>/tasks/<task_id>/items/",
            "desk/tickets/<number>/tasks/<task_id>/items/<item_id>/",
            "desk/tickets/<number>/tasks/<task_id>/finish/",
            "desk/tickets/<number>/tasks/<task_id>/cancel/",
            "desk/tickets/<number>/tasks/<task_id>/reopen/",
            "desk/tickets/<number>/time/<entry_id>/correct/",
            "desk/tickets/<number>/fields/",
            "desk/tickets/<number>/fields/change/",
            "desk/tickets/<number>/files/<file_id>/",
            "desk/mail/<message_id>/",
            "desk/inbox/<notice_id>/done/",
            "desk/inbox/<notice_id>/again/",
            "desk/major/<number>/",
            "desk/major/<number>/update/",
            "desk/major/<number>/link/",
            "desk/mail/<message_id>/retry/",
            "desk/deliveries/<delivery_id>/retry/",
            "desk/settings/programs/<key>/tokens/",
            "desk/settings/programs/<key>/tokens/<token_id>/end/",
            "desk/settings/<slug>/<key>/",
            "desk/settings/<slug>/<key>/roles/",
            "desk/settings/<slug>/<key>/roles/<grant_id>/revoke/",
        ),
        FOREIGN | {403},
    ),
    # The portal's.
    **dict.fromkeys(
        (
            "",
            "search/",
            "search/hits/",
            "look.css",
            "portal/about/",
            "portal/status/",
            "portal/status/follow/",
            "logo",
            "report/",
            "report/similar/",
            "report/draft/",
            "requests/",
            "requests/customer/",
            "supplier/",
        ),
        LIST,
    ),
    **dict.fromkeys(
        (
            "status/confirm/<token>/",
            "survey/<token>/",
            "guest/confirm/<token>/",
            "guest/<slug>/",
            "report/add/<number>/",
            "status/stop/<token>/",
            "status/<slug>/",
            "status/<slug>/look.css",
            "status/<slug>/logo",
            "status/<slug>/follow/",
            "supplier/<number>/",
            "supplier/<number>/take/",
            "supplier/<number>/say/",
            "supplier/<number>/files/<file_id>/",
            "requests/<number>/",
            "requests/<number>/answer/",
            "requests/<number>/works/",
            "requests/<number>/not-yet/",
            "requests/<number>/not-waiting/",
            "requests/<number>/follow-up/",
            "requests/<number>/cancel/",
            "requests/<number>/files/<file_id>/",
            "<number>/",
        ),
        FOREIGN,
    ),
}


def plain(pattern: str) -> str:
    """An address as it is written here: `api/v1/incidents/<number>/`, whatever made it."""
    named = GROUPS.sub(r"<\1>", pattern).replace("^", "").removesuffix("$").replace("/?", "/")
    return PLACES.sub(lambda found: f"<{found[1].rpartition(':')[2]}>", named)


def expected(pattern: str, who: str, method: str) -> set[int]:
    """The statuses that are right for this principal and method."""
    found = EXPECTED.get(pattern, set())
    if who in ("anonymous", "expired token"):
        return found | {302, 401, 403, 405}
    return found | {405} | ({200} if method == "options" and pattern.startswith("api/") else set())


def values_of(side: Any, ticket: Any, file: Any) -> dict[str, object]:
    """What stands in the places of an address: by name, then by converter."""
    return {
        "number": ticket.number,
        "slug": side.customer.slug,
        "pk": ticket.pk,
        "id": file.pk,
        "verb": "note",
        "field": "assignee",
        "desk/settings/slug": "people",
        "desk/settings/key": side.requester.pk,
        "api/v1/people/id": side.requester.pk,
        "api/v1/services/slug": side.service.slug,
        "api/v1/configuration-items/id": AffectedItem.objects.filter(ticket=ticket)[0].item_id,
        "api/v1/calendars/id": Calendar.objects.get(customer=side.customer).pk,
        "api/v1/agreements/id": Agreement.objects.get(customer=side.customer).pk,
        "api/v1/macros/id": Macro.objects.get(customer=side.customer).pk,
        "api/v1/saved-texts/id": SavedText.objects.get(customer=side.customer).pk,
        "api/v1/ticket-templates/id": TicketTemplate.objects.get(customer=side.customer).pk,
        "api/v1/routing-rules/id": Rule.objects.get(customer=side.customer).pk,
        "api/v1/recurring-tickets/id": Schedule.objects.get(customer=side.customer).pk,
        "macro_id": Macro.objects.get(customer=side.customer).pk,
        "file_id": file.pk,
    }


def body_of(values: dict[str, object]) -> dict[str, Any]:
    """A body that names Beta's records wherever a field may."""
    return {
        "body": "x",
        "customer": "beta",
        "title": "x",
        "number": values["number"],
        "requester": values["pk"],
    }
