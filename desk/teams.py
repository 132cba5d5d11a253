"""The team board: who of a team has what in hand, what is nobody's, who is away. Its statements do not grow with it."""

from typing import Any

from django.db.models import Count, Max, Min, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts import absences
from accounts.models import Absence, Membership, Team, User
from core import display, errors
from desk import away, doors, on_call, shell, showing
from tickets.models import Ticket

MOST = 20  # unassigned tickets on the board; the queue has the others


@require_GET
@doors.page
def teams(request: HttpRequest) -> HttpResponse:
    """All teams, one's own first, with what is open, nobody's, and overdue."""
    rows = Team.objects.visible_to(request.actor).filter(is_active=True).annotate(people=Count("memberships"))
    counted = {one["team_id"]: one for one in _counted(request, "team_id")}
    shown = [
        {
            "name": one.name, "url": reverse("desk:team", args=[one.slug]), "people": one.people,
            "is_mine": one.pk in request.actor.teams, **_numbers(counted.get(one.pk, {})),
        }
        for one in rows
    ]  # fmt: skip
    shown.sort(key=lambda one: (not one["is_mine"], one["name"].casefold()))
    return shell.render(request, "desk/teams.html", current="teams", title=_("Teams"), teams=shown)


@require_GET
@doors.page
def team(request: HttpRequest, slug: str) -> HttpResponse:
    """One row for each member: open, overdue, next due, last activity, absence; and what is nobody's."""
    row = get_team(request, slug)
    counted = {one["assignee_id"]: one for one in _counted(request, "assignee_id", team=row)}
    people = _people(row, [pk for pk in counted if pk])
    gone = absences.absent([one.pk for one in people], request.at)
    nobody = _unassigned(request, row) if None in counted else []
    may = request.actor.may("ticket.assign")
    return shell.render(
        request, "desk/team.html", current="teams", title=row.name, list_url=reverse("desk:teams"),
        rows=[_row(request, row, one, counted.get(one.pk, {}), gone.get(one.pk)) for one in people],
        unassigned={
            "count": counted.get(None, {}).get("open", 0), "rows": nobody, "url": _queue(row, assignee="none"),
        },
        rebalance_url=reverse("desk:rebalance", args=[row.slug]) if may else "", may_assign=may,
        on_call=on_call.summary(row, request.actor, request.at),
        on_call_url=reverse("desk:on-call", args=[row.slug]), queue_url=_queue(row),
        members_url=reverse("desk:settings-edit", args=["teams", row.pk]),
    )  # fmt: skip


def get_team(request: HttpRequest, slug: str) -> Team:
    """An active team that the actor may see. Raises NotFound."""
    found = Team.objects.visible_to(request.actor).filter(slug=slug, is_active=True).first()
    if found is None:
        raise errors.NotFound(_("There is no such team."))
    return found


def _counted(request: HttpRequest, by: str, **narrow: Any) -> list[dict[str, Any]]:
    """Open tickets that the actor sees, counted by a column."""
    rows = Ticket.objects.visible_to(request.actor).open().filter(**narrow).order_by().values(by)
    overdue = Q(due_at__lt=request.at)
    return list(
        rows.annotate(
            open=Count("id"),
            overdue=Count("id", filter=overdue),
            next_due=Min("due_at", filter=~overdue),
            last=Max("updated_at"),
            nobody=Count("id", filter=Q(assignee=None)),
        )
    )


def _people(team: Team, holding: list[int]) -> list[User]:
    """The members, and who else has a ticket of the team in hand."""
    member = Membership.objects.filter(team=team).values("user_id")
    rows = User.objects.filter(Q(pk__in=member, is_active=True) | Q(pk__in=holding))
    return list(rows.order_by("name", "id"))


def _numbers(counted: dict[str, Any]) -> dict[str, Any]:
    return {name: counted.get(name, 0) for name in ("open", "overdue", "nobody")}


def _row(
    request: HttpRequest, team: Team, one: User, counted: dict[str, Any], gone: Absence | None
) -> dict[str, Any]:
    held = {"assignee": str(one.pk)}
    may_move = request.actor.may("ticket.assign") and counted.get("open")
    return {
        "who": showing.login(one, request.actor), **_numbers(counted), "id": one.pk,
        "next_due": counted.get("next_due"), "last": counted.get("last"),
        "away": away.until(gone) if gone else "", "deputy": str(gone.deputy or "") if gone else "",
        "url": _queue(team, **held), "overdue_url": _queue(team, **held, due_before="now"),
        "rebalance_url": f"{reverse('desk:rebalance', args=[team.slug])}?agent={one.pk}" if may_move else "",
    }  # fmt: skip


def _unassigned(request: HttpRequest, team: Team) -> list[dict[str, Any]]:
    rows = Ticket.objects.visible_to(request.actor).open().filter(team=team, assignee=None)
    return [
        {
            "number": one.number, "title": one.title, "priority": one.priority,
            "url": reverse("desk:ticket", args=[one.number]),
            "assign_url": reverse("desk:verb", args=[one.number, "assign"]),
            "clock": _fuse(request, one),
        }
        for one in rows.order_by("due_at", "id")[:MOST]
    ]  # fmt: skip


def _fuse(request: HttpRequest, ticket: Ticket) -> display.Fuse | None:
    return showing.fuse(ticket, request.at) if ticket.due_at else None


def _queue(team: Team, **filters: str) -> str:
    more = "".join(f"&{name}={value}" for name, value in filters.items())
    return f"{reverse('desk:queue')}?team={team.slug}{more}"
