"""The addresses under /api/v1/: every room's resources, and one set of routes per process of the wiring."""

from typing import Any

from django.urls import path, re_path
from rest_framework.routers import SimpleRouter

from accounts import api as accounts
from accounts import rota_api
from api import events, search
from api.idempotency import Keyed
from api.schema import Described
from automation import api as automation
from automation import similar_api
from calendars import api as calendars
from catalogue import api as catalogue
from catalogue import requirements_api
from cmdb import api as cmdb
from incidents import api as incidents
from notifications import api as notifications
from notifications import inbox_api
from reporting import api as reporting
from slas import agreements_api, clock_api, gaps_api
from slas import api as slas
from slas.rehearsal import api as rehearsal
from tickets import processes
from tickets.api import bulk, following, parts, views, work
from tickets.api import doors as tickets


def keyed(door: type) -> type:
    """The door with Idempotency-Key, which needs the journal and so cannot stand in the core."""
    return type(door.__name__, (Keyed, door), {"__doc__": door.__doc__, "__module__": door.__module__})


RESOURCES = {
    "customers": accounts.Customers,
    "people": accounts.People,
    "teams": rota_api.Teams,
    "rotas": rota_api.Rotas,
    "services": catalogue.Services,
    "calendars": calendars.Calendars,
    "configuration-item-types": cmdb.Types,
    "configuration-items": cmdb.Items,
    "agreements": agreements_api.Agreements,
    "service-requirements": requirements_api.Requirements,
    "gaps": gaps_api.Gaps,
    "status-notices": incidents.StatusNotices,
    "views": views.Views,
    "macros": automation.Macros,
    "saved-texts": automation.SavedTexts,
    "ticket-templates": automation.Templates,
    "routing-rules": automation.Rules,
    "recurring-tickets": automation.Schedules,
    "jobs": bulk.Jobs,
    "service-reports": reporting.ServiceReports,
}
EXPANSIONS = {**tickets.EXPANSIONS, "timers": slas.expand_timers}

router = SimpleRouter()
for prefix, door in RESOURCES.items():
    router.register(prefix, keyed(door), basename=f"api-{prefix}")
router.register("tickets", keyed(tickets.in_one_list(EXPANSIONS)), basename="api-tickets")
for process in processes.every():
    router.register(
        process.slug, keyed(tickets.made_for(process, EXPANSIONS)), basename=f"api-{process.slug}"
    )


def part(door: type, name: str, tail: str = "", **methods: str) -> Any:
    """The address of something that hangs on a ticket."""
    address = rf"^tickets/(?P<number>{tickets.NUMBER})/{tail or name}/$"
    return re_path(address, keyed(door).as_view(methods), name=f"api-ticket-{name}")


LISTED = {"get": "list", "post": "create"}
ONE = "(?P<id>[0-9]{1,18})"

urlpatterns = [
    path("me/", keyed(accounts.Me).as_view({"get": "show"}), name="api-me"),
    path(
        "me/notifications/",
        keyed(notifications.MyNotifications).as_view({"get": "show", "patch": "partial_update"}),
        name="api-my-notifications",
    ),
    path("me/notices/", keyed(inbox_api.Notices).as_view({"get": "list"}), name="api-notices"),
    re_path(
        rf"^me/notices/{ONE}/$", keyed(inbox_api.Notices).as_view({"get": "retrieve"}), name="api-notice"
    ),
    re_path(
        rf"^me/notices/{ONE}/read/$",
        keyed(inbox_api.Notices).as_view({"post": "read_all"}),
        name="api-notice-read",
    ),
    re_path(
        rf"^me/notices/{ONE}/done/$",
        keyed(inbox_api.Notices).as_view({"post": "finish"}),
        name="api-notice-done",
    ),
    path("schema/", Described.as_view(), name="api-schema"),
    path("search/", keyed(search.Search).as_view({"get": "show"}), name="api-search"),
    path("events/", keyed(events.Events).as_view({"get": "show"}), name="api-events"),
    path("uploads/", keyed(parts.Uploads).as_view({"post": "send"}), name="api-uploads"),
    path("rehearsals/", keyed(rehearsal.Rehearsals).as_view({"post": "start"}), name="api-rehearsals"),
    path("tickets/bulk/", keyed(bulk.Bulk).as_view({"post": "start"}), name="api-bulk"),
    re_path(rf"^jobs/{ONE}/undo/$", keyed(bulk.Jobs).as_view({"post": "undo"}), name="api-job-undo"),
    re_path(rf"^jobs/{ONE}/cancel/$", keyed(bulk.Jobs).as_view({"post": "cancel"}), name="api-job-cancel"),
    *(
        re_path(
            rf"^service-reports/{ONE}/{name}/$",
            keyed(reporting.ServiceReports).as_view({method: name}),
            name=f"api-service-report-{name}",
        )
        for name, method in (("issue", "post"), ("amend", "post"), ("counted", "get"))
    ),
    path(
        "service-levels/now/",
        keyed(reporting.ServiceLevels).as_view({"get": "show"}),
        name="api-service-levels-now",
    ),
    path("tickets/similar/", keyed(similar_api.SimilarTickets).as_view({"get": "show"}), name="api-similar"),
    part(parts.Messages, "messages", **LISTED),
    part(parts.Attachments, "attachments", get="list", post="send"),
    part(parts.Attachments, "content", f"attachments/{ONE}/content", get="content"),
    part(parts.Links, "links", **LISTED),
    part(parts.Links, "link", f"links/{ONE}", get="retrieve", delete="destroy"),
    part(parts.Glass, "break-glass", post="break_glass"),
    part(work.Tasks, "tasks", **LISTED),
    part(work.Tasks, "task", f"tasks/{ONE}", get="retrieve", patch="partial_update"),
    part(work.Tasks, "task-items", f"tasks/{ONE}/items", post="add_item"),
    part(work.Tasks, "task-item", f"tasks/{ONE}/items/(?P<item_id>[0-9]{{1,18}})", patch="tick"),
    part(work.Tasks, "task-verb", f"tasks/{ONE}/(?P<verb>finish|cancel|reopen)", post="act"),
    part(work.Times, "time-entries", **LISTED),
    part(work.Times, "time-entry", f"time-entries/{ONE}", get="retrieve"),
    part(work.Verifications, "verifications", get="list"),
    part(work.Times, "time-correction", f"time-entries/{ONE}/correct", post="correct"),
    part(parts.Journal, "journal", get="list"),
    part(parts.Rating, "survey", get="show"),
    part(following.Watchers, "watchers", **LISTED),
    part(following.Watchers, "watcher", f"watchers/{ONE}", delete="destroy"),
    part(following.Participants, "participants", **LISTED),
    part(following.Participants, "participant", f"participants/{ONE}", delete="destroy"),
    part(slas.Timers, "timers", get="list"),
    part(clock_api.Explanations, "explanations", get="list_all"),
    part(clock_api.Explanations, "explanation", f"explanations/{ONE}", get="show"),
    part(clock_api.Causes, "breach-cause", f"timers/{ONE}/explain-breach", post="explain"),
    part(clock_api.Corrections, "corrections", **LISTED),
    part(
        clock_api.Corrections,
        "correction-verb",
        f"corrections/{ONE}/(?P<deed>approve|decline)",
        post="decide",
    ),
    re_path(
        rf"^gaps/{ONE}/decide/$", keyed(gaps_api.Gaps).as_view({"post": "decide"}), name="api-gap-decide"
    ),
    path("corrections/", keyed(clock_api.AllCorrections).as_view({"get": "list"}), name="api-corrections"),
    part(incidents.Major, "major", get="show"),
    *router.urls,
]
