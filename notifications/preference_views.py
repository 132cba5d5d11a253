"""The page on which a person chooses what he is told of. It stands among the pages of one's account, outside of the
requests' scopes, so each request opens a scope of its own."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.views.decorators.http import require_http_methods, require_POST

from accounts import actors
from accounts.models import User
from accounts.profile_views import acting, own
from core import errors
from notifications import matrix, preference_actions, profile
from notifications.choices import Channel, Topic
from notifications.profile import Chosen

HOURS = [(hour, f"{hour}:00") for hour in range(24)]


class MatrixForm(forms.Form):
    """The matrix and the hours. A cell is a field of its own: `assigned-email`."""

    digest_hour = forms.TypedChoiceField(label=__("The daily mail comes at"), choices=HOURS, coerce=int)
    quiet_from = forms.TimeField(
        label=__("Quiet from"), required=False, widget=forms.TimeInput(attrs={"type": "time"})
    )
    quiet_to = forms.TimeField(
        label=__("Quiet until"), required=False, widget=forms.TimeInput(attrs={"type": "time"})
    )

    def __init__(self, chosen: Chosen, data: Any = None):
        hours = {name: getattr(chosen.habit, name) for name in ("digest_hour", "quiet_from", "quiet_to")}
        super().__init__(data, initial=hours)
        self.hours = list(self.fields)
        for line in chosen.lines:
            for channel in matrix.channels(line):
                name = profile.name_of(line.topic, channel)
                label = f"{line.topic.label}: {Channel(channel).label}"
                choices = [(one.value, one.label) for one in line.modes(channel)]
                initial = chosen.cells[line.topic][channel]
                self.fields[name] = forms.ChoiceField(
                    label=label, choices=choices, initial=initial, widget=forms.Select(attrs={"class": "in"})
                )

    def cells(self) -> dict[str, dict[str, str]]:
        """What was chosen, as the action takes it."""
        found: dict[str, dict[str, str]] = {}
        for name, value in self.cleaned_data.items():
            topic, dash, channel = name.partition("-")
            if dash:
                found.setdefault(topic, {})[channel] = value
        return found

    def rows(self, chosen: Chosen) -> list[dict[str, Any]]:
        """The table: a line for each kind."""
        return [
            {
                "label": line.topic.label,
                "has_must": line.has_must,
                "cells": [self[profile.name_of(line.topic, one)] for one in matrix.channels(line)],
            }
            for line in chosen.lines
        ]


class MuteForm(forms.Form):
    """What to hear nothing of, and until when. A ticket alone may be muted for good."""

    what = forms.ChoiceField(label=__("What"))
    number = forms.CharField(label=__("Number of the ticket"), max_length=40, required=False)
    until = forms.DateTimeField(
        label=__("Until"), required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=__("For one ticket you may leave this empty."),
    )  # fmt: skip

    def __init__(self, chosen: Chosen, data: Any = None):
        super().__init__(data)
        kinds = [(str(one.topic), one.topic.label) for one in chosen.lines]
        self.fields["what"].choices = [("ticket", _("One ticket")), ("", _("Everything")), *kinds]
        self.fields["what"].required, self.fields["what"].initial = False, "ticket"


@require_http_methods(["GET", "HEAD", "POST"])
@own
def notifications(request: HttpRequest) -> HttpResponse:
    """The matrix, the hours, and what is muted."""
    user = _login(request)
    with acting(request) as (by, here):
        chosen = profile.read(user, actors.with_persons(by), here.at)
        form = MatrixForm(chosen, request.POST if request.method == "POST" else None)
        if request.method != "POST":
            return _page(request, chosen, form)
        if not form.is_valid():
            return _page(request, chosen, form, status=422)
        hours = {name: form.cleaned_data[name] for name in form.hours}
        try:
            preference_actions.set_hours(user, by=by, at=here.at, **hours)
        except errors.Refused as refusal:
            _take(form, refusal)
            return _page(request, chosen, form, status=422)
        preference_actions.choose(user, by=by, at=here.at, cells=form.cells())
    messages.success(request, _("Saved."))
    return redirect("profile_notifications")


@require_POST
@own
def mute(request: HttpRequest) -> HttpResponse:
    """Hear nothing of a ticket, a kind, or everything."""
    user = _login(request)
    with acting(request) as (by, here):
        by = actors.with_persons(by)
        chosen = profile.read(user, by, here.at)
        form = MuteForm(chosen, request.POST)
        try:
            if form.is_valid():
                _mute(user, form.cleaned_data, by=by, at=here.at)
        except errors.Refused as refusal:
            _take(form, refusal)
        if form.errors:
            return _page(request, chosen, MatrixForm(chosen), status=422, mute=form)
    messages.success(request, _("Muted."))
    return redirect("profile_notifications")


@require_POST
@own
def unmute(request: HttpRequest) -> HttpResponse:
    """Hear of it again."""
    user, what = _login(request), request.POST.get("what", "")
    with acting(request) as (by, here):
        by = actors.with_persons(by)
        if number := request.POST.get("number", ""):
            preference_actions.unmute_ticket(user, by=by, at=here.at, number=number)
        else:
            preference_actions.unmute(user, by=by, at=here.at, topic=what)
    messages.success(request, _("You hear of it again."))
    return redirect("profile_notifications")


def _mute(user: User, given: dict[str, Any], **acting: Any) -> None:
    if given["what"] == "ticket":
        if not given["number"].strip():
            raise errors.required("number", _("Write the number of the ticket."))
        preference_actions.mute_ticket(user, number=given["number"], until=given["until"], **acting)
        return
    if given["until"] is None:
        raise errors.required("until", _("Say until when: only a single ticket is muted for good."))
    preference_actions.mute(user, topic=given["what"], until=given["until"], **acting)


def _login(request: HttpRequest) -> User:
    return User.objects.get(pk=request.user.pk)


def _take(form: forms.Form, refusal: errors.Refused) -> None:
    for name, texts in (refusal.errors or {None: [refusal.detail]}).items():
        form.add_error(name if name in form.fields else None, [str(one) for one in texts])


def _page(
    request: HttpRequest, chosen: Chosen, form: MatrixForm, *, mute: MuteForm | None = None, status: int = 200
) -> HttpResponse:
    return render(
        request, "accounts/notifications.html", status=status,
        context={
            "form": form, "rows": form.rows(chosen), "has_inbox": profile.has_inbox(chosen),
            "hours": [form[name] for name in form.hours], "mute": mute or MuteForm(chosen),
            "mutes": [(topic, Topic(topic).label if topic else _("Everything"), until)
                      for topic, until in sorted(chosen.mutes.items())],
            "tickets": chosen.tickets, "zone": timezone.get_current_timezone_name(),
        },
    )  # fmt: skip
