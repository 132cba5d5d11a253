"""The gallery: every part and the main pages with example data. Mounted under /dev/ in debug only."""

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone

from core import display, examples

DIALOG = "/dev/dialog/"
STEPS = ("We have it", "We are on it", "We asked you", "Solved")


class ExampleForm(forms.Form):
    """One field of each kind, to show how forms look before and after a mistake."""

    title = forms.CharField(
        label="What is wrong?", help_text="One line, as you would say it.", max_length=120
    )
    service = forms.ChoiceField(
        label="Service", choices=[("", "Choose…"), ("vpn", "Remote access"), ("mail", "Mail")]
    )
    text = forms.CharField(label="Details", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    code = forms.ChoiceField(
        label="Cause",
        choices=[("fix", "Fixed"), ("dup", "Duplicate"), ("none", "No fault found")],
        widget=forms.RadioSelect,
    )
    is_told = forms.BooleanField(label="Tell the customer", required=False, help_text="By mail, at once.")
    seen_on = forms.DateField(label="Seen on", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    files = forms.FileField(label="Files", required=False)


class ExampleReply(forms.Form):
    """What a customer writes back."""

    body = forms.CharField(
        label="Your answer", widget=forms.Textarea(attrs={"rows": 4, "data-draft": "INC-4502"})
    )
    files = forms.FileField(label="Files", required=False)


def _shell(request: HttpRequest, current: str = "All open", **more: Any) -> dict[str, Any]:
    """The context of both frames, the page's own values on top; ?theme=, ?density=, ?dir= turn the page."""
    return {
        "nav": examples.nav(current),
        "me": examples.SOFIA,
        "brand_name": "Calder IT",
        "search_url": "/dev/queue/",
        "now": timezone.now(),
        "notifications": {"url": "#", "count": 5},
        "profile_url": "#",
        "preferences_url": "/dev/parts/",
        "page_theme": request.GET.get("theme"),
        "page_density": request.GET.get("density"),
        "page_dir": request.GET.get("dir"),
        **more,
    }


def queue(request: HttpRequest) -> HttpResponse:
    """The queue of an agent; ?state=empty shows it without a row, ?stream= and ?poll= name sources of changes."""
    now = timezone.now()
    is_empty = request.GET.get("state") == "empty"
    context = _shell(
        request,
        title="All open",
        count_text="27 of 27, service desk",
        groups=[] if is_empty else examples.groups(now),
        new_url=DIALOG,
        chips=[
            {"text": "Team is", "value": "Service desk", "remove_url": "?"},
            {"text": "Status is", "value": "not closed", "remove_url": "?"},
        ],
        filter_url=DIALOG,
        sort={"label": "Next due", "url": "?", "direction": "ascending"},
        bulk_url="/dev/queue/",
        bulk=[
            {"label": "Assign", "key": "a", "value": "assign"},
            {"label": "Priority", "key": "p", "value": "priority"},
        ],
        has_preview=True,
        preview=None if is_empty else examples.preview(now),
        preview_toggle_url="?",
        live={
            "text": "Live. Updated 4 s ago",
            "url": request.GET.get("stream", ""),
            "poll_url": request.GET.get("poll", ""),
        },
        empty={"text": "Nothing is open here.", "label": "Show all teams", "url": "?"},
        pager={"text": "16 of 16"},
        band={
            "url": "#",
            "text": "INC-4471 Outbound mail delayed at all sites",
            "link_url": "#",
            "notes": ["38 min", "lead Omar Haddad", "next update due in 7 min"],
        },
    )
    return render(request, "desk/queue.html", context)


def preview(request: HttpRequest) -> HttpResponse:
    """The fragment that a cursor move loads."""
    return render(request, "desk/_preview.html", _shell(request, preview=examples.preview(timezone.now())))


def _composer(request: HttpRequest) -> dict[str, Any]:
    return {
        "open": request.GET.get("compose", ""),
        "ticket": "INC-4502",
        "version": 7,
        "reply": {"url": "/dev/ticket/", "draft_url": "/dev/ticket/?draft=reply"},
        "note": {"url": "/dev/ticket/", "draft_url": "/dev/ticket/?draft=note"},
        "recipients": [
            {"name": "Ines Duarte"},
            {"name": "floor-2@harbour-clinics.example", "is_external": True},
        ],
        "send": {
            "deed": "Send, set With customer",
            "value": "hold",
            "choices": [
                {"label": "With customer", "deed": "Send, set With customer", "value": "hold"},
                {"label": "Leave the status", "deed": "Send", "value": ""},
            ],
        },
    }


def _verbs() -> list[dict[str, str]]:
    rows = [
        ("Resolve", "check", "e"),
        ("Hold", "player-pause", "h"),
        ("Take", "user-check", "shift+a"),
        ("Link", "link", "l"),
        ("Duplicate of", "git-merge", "d"),
        ("Cancel", "x", ""),
    ]
    return [{"label": label, "icon": icon, "key": key, "url": DIALOG} for label, icon, key in rows]


def ticket(request: HttpRequest) -> HttpResponse:
    """One ticket; ?compose=reply or note opens an editor."""
    now = timezone.now()
    context = _shell(
        request,
        is_narrow=True,
        timeline=examples.timeline(now),
        rows=examples.properties(),
        composer=_composer(request),
        verbs=_verbs(),
        ticket={
            "number": "INC-4502",
            "title": "VPN drops every few minutes since client 5.2",
            "priority": 2,
            "status": examples.status("open"),
            "opened_text": "opened 4 h ago by email",
            "edit_url": DIALOG,
        },
        back={
            "url": "/dev/queue/",
            "label": "All open",
            "position": "3 of 27",
            "previous_url": "/dev/ticket/",
            "next_url": "/dev/ticket/",
        },
        tabs=[
            {"label": "Conversation", "url": "?", "count": 4, "current": True},
            {"label": "Linked", "url": "?", "count": 2},
            {"label": "History", "url": "?"},
        ],
        show={
            "label": "Show: everything",
            "options": [
                {"label": "Everything", "url": "?", "current": True},
                {"label": "Messages", "url": "?"},
            ],
        },
        clocks={
            "agreement_text": "Gold, 08:00 to 18:00",
            "fuses": [examples.fuse(now, "Fix, due 14:20 today", 38, 240)],
            "why_url": DIALOG,
            "done": [{"label": "First reply, target 30 min", "text": "Met in 9 min", "is_met": True}],
        },
        requester={
            **examples.INES,
            "text": "Harbour Clinics, Lisbon. 12:42 there",
            "url": "#",
            "phone": "+351211234567",
        },
    )
    return render(request, "desk/ticket.html", context)


def _portal(request: HttpRequest, current: str, **more: Any) -> dict[str, Any]:
    places = [("Home", "home"), ("My requests", "list-check"), ("Help articles", "book")]
    return _shell(
        request,
        nav=[
            {"label": label, "icon": icon, "url": "/dev/portal/", "current": label == current}
            for label, icon in places
        ],
        me=examples.INES,
        help={
            "phone": "2222",
            "hours": "07:00 to 19:00",
            "mail": "help@calder-it.example",
            "privacy_url": "#",
            "accessibility_url": "#",
        },
        **more,
    )


def portal(request: HttpRequest) -> HttpResponse:
    """The portal's first page."""
    often = ("Reset a password", "VPN keeps dropping", "Borrow a laptop", "Book a training room")
    context = _portal(
        request,
        "Home",
        call_name="Ines",
        often=[{"label": one, "url": "#"} for one in often],
        report={"url": "#", "text": "The desk is open until 19:00. First replies take about 12 min today."},
        waiting=[
            {
                "title": "Is the VPN stable now?",
                "text": "Sofia asked 4 min ago. Without an answer we close it on Thursday 26 Nov.",
                "url": "/dev/request/",
                "label": "Answer",
            },
            {
                "title": "Approve: billing archive for Tomas Lind",
                "text": "Read-only, until 31 Dec 2026. No cost.",
                "url": "#",
                "label": "Decide",
            },
        ],
        offerings=[
            {"label": label, "text": text, "time_text": time_text, "icon": icon, "url": "#"}
            for label, text, time_text, icon in examples.cells(examples.OFFERINGS)
        ],
        catalogue_url="#",
        requests=[
            {
                "title": title,
                "number": number,
                "since_text": since,
                "next_text": following,
                "step": int(step),
                "step_text": following,
                "url": "/dev/request/",
            }
            for title, number, since, following, step in examples.cells(examples.REQUESTS)
        ],
        all_url="#",
        all_text="All 14",
        articles=[
            {"title": title, "minutes_text": minutes, "url": "#"}
            for title, minutes in examples.cells(examples.ARTICLES)
        ],
        articles_url="#",
        banner={
            "lead": "Outgoing mail is delayed at all sites.",
            "text": "Incoming mail works. We are on it, next update at 13:50.",
            "url": "#",
            "link_text": "Follow this",
        },
    )
    return render(request, "portal/home.html", context)


def _steps() -> list[dict[str, Any]]:
    return [{"word": word, "is_done": n < 2, "is_current": n == 2} for n, word in enumerate(STEPS)]


def portal_request(request: HttpRequest) -> HttpResponse:
    """One request as its customer sees it; ?state=resolved asks for the verdict."""
    timeline = examples.timeline(timezone.now())
    verdict = {
        "who": "Sofia",
        "text": "Please go back to client 5.1.",
        "works_url": "#",
        "not_yet_url": "#",
        "form": ExampleReply(prefix="not-yet"),
    }
    context = _portal(
        request,
        "My requests",
        back_url="/dev/portal/",
        timeline=[one for one in timeline if one.get("audience") == "public"],
        ticket={
            "number": "INC-4502",
            "title": "VPN keeps dropping",
            "since_text": "since 09:42",
            "sentence": "We asked you something. Without an answer we close it on Thursday 26 Nov.",
            "service_name": "Remote access",
        },
        steps=_steps(),
        verdict=verdict if request.GET.get("state") == "resolved" else None,
        reply={"url": "#", "form": ExampleReply()},
        extra=[{"label": "I no longer need this", "url": "#"}],
    )
    return render(request, "portal/request.html", context)


def dialog(request: HttpRequest) -> HttpResponse:
    """A verb's dialog; a post without a title answers 422 with the errors."""
    form = ExampleForm(request.POST or None)
    is_wrong = request.method == "POST" and not form.is_valid()
    context = _shell(request, title="Resolve INC-4502", action=DIALOG, form=form, submit="Resolve", version=7)
    name = "parts/_dialog.html" if request.headers.get("HX-Request") else "desk/form.html"
    return render(request, name, context, status=422 if is_wrong else 200)


def parts(request: HttpRequest) -> HttpResponse:
    """Every part in every state."""
    now = timezone.now()
    wrong = ExampleForm({"service": ""})
    wrong.add_error(None, "The mail server refused floor-2@harbour-clinics.example. Your text is kept.")
    context = _shell(
        request,
        form_empty=ExampleForm(prefix="one"),
        form_wrong=wrong,
        statuses=[examples.status(glyph) for glyph in examples.WORDS],
        timeline=examples.timeline(now),
        fuses=[
            examples.fuse(now, "Fix", 350, 443),
            examples.fuse(now, "Reply", 38, 240),
            examples.fuse(now, "Fix", -14, 60),
            examples.fuse(now, "Fix", 4_600, 5_000),
            display.paused("Fix", reason="With the supplier"),
            display.met("Reply", "9 min"),
        ],
        times=[now - timedelta(minutes=minutes) for minutes in (0, 12, 240, 4_320, 57_600, 720_000)],
        people=[examples.SOFIA, examples.MARTA, examples.INES],
        rows=examples.properties(),
        pending=examples.said(examples.SOFIA, now, "", "Thank you, that helps.", is_pending=True),
        provider=examples.said(
            examples.MARTA, now, "to Netline", "Please check the gateway.", audience="provider"
        ),
        steps=_steps(),
        tones=["", "ok", "warn", "danger", "info", "accent", "note", "major", "line"],
    )
    return render(request, "dev/parts.html", context)


urlpatterns = [
    path("parts/", parts),
    path("queue/", queue),
    path("preview/", preview),
    path("ticket/", ticket),
    path("portal/", portal),
    path("request/", portal_request),
    path("dialog/", dialog),
]
