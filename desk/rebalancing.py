"""Rebalance: the tickets of one agent, or of all who are away, to those who are there; one apply, undo for ten minutes.

What was done travels in the address of the result, signed: the undo needs no table, and acts only on tickets that
nobody has touched since.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import absences
from accounts import queries as logins
from accounts.models import Team, User
from automation import routing
from core import errors
from core.actor import NORMAL
from desk import doors, shell, teams
from tickets import actions, policy
from tickets.models import Ticket

UNDO_WITHIN = dt.timedelta(minutes=10)
MOST = 100
LONGEST_REASON = 120
SALT = "desk.rebalance"


@require_http_methods(["GET", "POST"])
@doors.page
def rebalance(request: HttpRequest, slug: str) -> HttpResponse:
    """GET: what would go to whom. POST `to-<number>` and `version-<number>`: hand it over."""
    team = teams.get_team(request, slug)
    policy.require_permission(request.actor, "ticket.assign", None)
    if request.method == "POST":
        outcome = actions.rebalance(list(_moves(request)), by=request.actor, at=request.at)
        return redirect(f"{reverse('desk:rebalanced', args=[slug])}?done={_sealed(request, outcome)}")
    agents = _agents(request, team)
    rows = Ticket.objects.visible_to(request.actor).open().filter(team=team, assignee__in=agents)
    tickets = list(rows.select_related("assignee", "customer").order_by("due_at", "id")[: MOST + 1])
    there = _there(team, tickets[:MOST], request.at)
    return shell.render(
        request, "desk/rebalance.html", current="teams", title=_("Rebalance %(team)s") % {"team": team},
        team={"name": team.name, "url": reverse("desk:team", args=[slug])}, agents=[str(one) for one in agents],
        rows=_proposed(tickets[:MOST], there), is_cut=len(tickets) > MOST, most=MOST,
    )  # fmt: skip


@require_GET
@doors.page
def done(request: HttpRequest, slug: str) -> HttpResponse:
    """What moved, what could not and why; with Undo while there is time."""
    team = teams.get_team(request, slug)
    seal = request.GET.get("done", "")
    found = _opened(request, seal)
    moved = Ticket.objects.visible_to(request.actor).filter(number__in=[one[0] for one in found["moved"]])
    is_in_time = bool(found["moved"]) and request.at <= _when(found) + UNDO_WITHIN
    return shell.render(
        request, "desk/rebalanced.html", current="teams", title=_("Rebalance %(team)s") % {"team": team},
        team={"name": team.name, "url": reverse("desk:team", args=[slug])}, refused=found["refused"],
        moved=[
            {"number": one.number, "title": one.title, "who": one.assignee, "url": _page_of(one)}
            for one in moved.select_related("assignee").order_by("assignee__name", "id")
        ],
        undo_url=reverse("desk:rebalance-undo", args=[slug]) if is_in_time and not found["is_undo"] else "",
        seal=seal, is_undo=found["is_undo"],
    )  # fmt: skip


@require_POST
@doors.page
def undo(request: HttpRequest, slug: str) -> HttpResponse:
    """Give back what nobody has touched since, within ten minutes."""
    team = teams.get_team(request, slug)
    found = _opened(request, request.POST.get("done", ""))
    if found["is_undo"] or request.at > _when(found) + UNDO_WITHIN:
        raise errors.NotAllowed(_("This can be undone for ten minutes only: rebalance again instead."))
    moves = list(_back(request, team, found["moved"]))
    outcome = actions.rebalance(moves, by=request.actor, at=request.at)
    seal = _sealed(request, outcome, is_undo=True)
    return redirect(f"{reverse('desk:rebalanced', args=[slug])}?done={seal}")


def _agents(request: HttpRequest, team: Team) -> list[User]:
    """The agent of the address, else everybody who is away and has a ticket of the team or is in it."""
    chosen = request.GET.get("agent", "")
    if chosen:
        is_key = chosen.isdecimal() and len(chosen) < 19
        found = list(logins.desk_users(request.actor).filter(pk=int(chosen))) if is_key else []
        if not found:
            raise errors.NotFound(_("There is no such colleague."))
        return found
    holding = Ticket.objects.visible_to(request.actor).open().filter(team=team, assignee__isnull=False)
    held_by = set(holding.order_by().values_list("assignee_id", flat=True).distinct())
    gone = absences.absent(held_by, request.at)
    return sorted((one.user for one in gone.values()), key=str)


def _there(team: Team, tickets: Iterable[Ticket], at: dt.datetime) -> dict[int, list[User]]:
    """By customer, who of the team is there to take a ticket of his."""
    return {pk: routing.present(team, pk, at) for pk in sorted({one.customer_id for one in tickets})}


def _proposed(tickets: list[Ticket], there: dict[int, list[User]]) -> list[dict[str, Any]]:
    """Each ticket with a new owner: who has the fewest in hand, those counted that he is to get here. Who is on the
    list of a restricted ticket is not guessed at."""
    held = routing.load({one for found in there.values() for one in found})
    rows = []
    for one in tickets:
        able = [who for who in there[one.customer_id] if who.pk != one.assignee_id]
        best = routing.least_loaded(able, held) if able and one.compartment == NORMAL else None
        if best:
            held[best.pk] = held.get(best.pk, 0) + 1
        rows.append(
            {
                "number": one.number, "title": one.title, "priority": one.priority, "version": one.version,
                "customer": one.customer, "who": one.assignee, "due_at": one.due_at, "best": best.pk if best else None,
                "url": _page_of(one), "able": able,
            }
        )  # fmt: skip
    return [
        {**one, "options": [(who.pk, f"{who} ({held.get(who.pk, 0)})") for who in one["able"]]}
        for one in rows
    ]


def _moves(request: HttpRequest) -> Iterable[actions.Move]:
    """What the form says, in the order of its lines; who is to have it may be left empty: not moved."""
    given = {name[3:]: value for name, value in request.POST.items() if name.startswith("to-") and value}
    ids = [value for value in given.values() if value.isdecimal() and len(value) < 19]
    known = {str(one.pk): one for one in logins.desk_users(request.actor).filter(pk__in=ids[:MOST])}
    rows = Ticket.objects.visible_to(request.actor).filter(number__in=list(given)[: MOST + 1])
    for ticket in rows.order_by("due_at", "id"):
        version = request.POST.get(f"version-{ticket.number}", "")
        if (to := known.get(given[ticket.number])) is None:
            raise errors.Malformed(_("There is no such colleague."))
        yield actions.Move(ticket, to, int(version) if version.isdecimal() else None)


def _back(request: HttpRequest, team: Team, moved: list[list[Any]]) -> Iterable[actions.Move]:
    was = {number: (user_id, version) for number, user_id, version in moved}
    users = {
        one.pk: one
        for one in User.objects.filter(pk__in=[user_id for user_id, _v in was.values() if user_id])
    }
    for ticket in Ticket.objects.visible_to(request.actor).filter(number__in=was).order_by("due_at", "id"):
        user_id, version = was[ticket.number]
        yield actions.Move(ticket, users.get(user_id), version, team)


def _sealed(request: HttpRequest, outcome: actions.Outcome, *, is_undo: bool = False) -> str:
    content = {
        "by": request.actor.key, "at": request.at.isoformat(), "is_undo": is_undo,
        "moved": [[one.number, was, one.version] for one, was in outcome.moved],
        "refused": [[number, why[:LONGEST_REASON]] for number, why in outcome.refused],
    }  # fmt: skip
    return signing.dumps(content, salt=SALT, compress=True)


def _opened(request: HttpRequest, seal: str) -> dict[str, Any]:
    """What was done, if it was done by this actor. Raises NotFound."""
    try:
        found: dict[str, Any] = signing.loads(seal, salt=SALT)
    except signing.BadSignature as error:
        raise errors.NotFound(_("There is no such result.")) from error
    if found["by"] != request.actor.key:
        raise errors.NotFound(_("There is no such result."))
    return found


def _page_of(ticket: Ticket) -> str:
    return reverse("desk:ticket", args=[ticket.number])


def _when(found: dict[str, Any]) -> dt.datetime:
    return dt.datetime.fromisoformat(found["at"])
