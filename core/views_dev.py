"""The gallery: every part and the main pages with example data. Mounted under /dev/ in debug only."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone

from core import display

SOFIA = {"initials": "SK", "name": "Sofia Keller", "email": "sofia.keller@calder-it.example", "kind": "me"}
MARTA = {"initials": "MK", "name": "Marta Kovac", "kind": ""}
OMAR = {"initials": "OH", "name": "Omar Haddad", "kind": ""}
JONAS = {"initials": "JT", "name": "Jonas Thil", "kind": ""}
LEA = {"initials": "LV", "name": "Lea Vogt", "kind": ""}
INES = {"initials": "ID", "name": "Ines Duarte", "email": "ines@harbour-clinics.example", "kind": "customer"}
WORDS = {
    "new": "New", "open": "In progress", "reopened": "Reopened", "wait": "With customer", "approval": "Approval",
    "done": "Resolved", "closed": "Closed", "cancelled": "Cancelled",
}  # fmt: skip


class ExampleForm(forms.Form):
    """One field of each kind, to show how forms look before and after a mistake."""

    title = forms.CharField(label="What is wrong?", help_text="One line, as you would say it.", max_length=120)
    service = forms.ChoiceField(label="Service", choices=[("", "Choose…"), ("vpn", "Remote access"), ("mail", "Mail")])
    text = forms.CharField(label="Details", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    code = forms.ChoiceField(
        label="Cause", choices=[("fix", "Fixed"), ("dup", "Duplicate"), ("none", "No fault found")], widget=forms.RadioSelect
    )
    is_told = forms.BooleanField(label="Tell the customer", required=False, help_text="By mail, at once.")
    seen_on = forms.DateField(label="Seen on", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    files = forms.FileField(label="Files", required=False)


def _status(glyph: str, word: str = "") -> dict[str, str]:
    return {"glyph": glyph, "word": word or WORDS[glyph]}


def _nav(current: str) -> list[dict[str, Any]]:
    rows: list[tuple[Any, ...]] = [
        ("Inbox", "inbox", 3), ("Assigned to me", "user", 12), ("Service desk",),
        ("All open", "users", 27), ("Unassigned", "st-new", 7), ("Overdue", "clock", 2), ("Clock paused", "paused", 5),
        ("VIP and clinics", "star", 4), ("Processes",), ("Major incidents", "access-point", 1), ("Problems", "zoom-question", None),
        ("Changes", "refresh", None), ("Configuration", "sitemap", None), ("Knowledge", "book", None),
        ("Services and SLAs", "gauge", None), ("Reports", "chart-bar", None),
    ]  # fmt: skip
    return [
        {"label": row[0], "is_heading": True}
        if len(row) == 1
        else {
            "label": row[0], "icon": row[1], "count": row[2], "url": "/dev/queue/",
            "current": row[0] == current, "hot": row[0] in ("Overdue", "Major incidents"),
        }
        for row in rows
    ]  # fmt: skip


def _row(now: datetime, number: str, title: str, who: str, priority: int, glyph: str, assignee: Any, clock: Any, **more: Any) -> dict[str, Any]:
    fuse = display.paused("Fix", reason="With the supplier") if clock is None else _fuse(now, *clock)
    return {
        "number": number, "title": title, "requester": who, "priority": priority, "status": _status(glyph, more.pop("word", "")),
        "assignee": assignee, "fuse": fuse, "url": "/dev/ticket/", "preview_url": "/dev/preview/", **more,
    }  # fmt: skip


def _fuse(now: datetime, label: str, minutes: int, of_minutes: int) -> display.Fuse:
    due_at = now + timedelta(minutes=minutes, seconds=20)
    return display.fuse(label, due_at=due_at, from_at=due_at - timedelta(minutes=of_minutes), now=now)


def _groups(now: datetime) -> list[dict[str, Any]]:
    def row(*args: Any, **more: Any) -> dict[str, Any]:
        return _row(now, *args, **more)

    overdue = [
        row("INC-4471", "Outbound mail delayed at all sites", "", 1, "open", OMAR, ("Fix", -14, 60), is_major=True, linked_text="19 linked"),
        row("REQ-8820", "Laptop for new starter, Finance, Monday", "Ruth Ansah", 3, "approval", LEA, ("Fix", -65, 480)),
    ]
    soon = [
        row("INC-4502", "VPN drops every few minutes since client 5.2", "Ines Duarte", 2, "open", SOFIA, ("Fix", 38, 240),
            is_unread=True, is_current=True),
        row("INC-4507", "Label printers offline in dispatch hall B", "Piotr Zielinski", 2, "new", None, ("Reply", 52, 120)),
        row("INC-4499", "Shared calendar missing for the HR team", "Amara Nwosu", 3, "reopened", SOFIA, ("Fix", 70, 290), is_unread=True),
        row("REQ-8831", "Read-only access to the billing archive", "Tomas Lind", 3, "approval", MARTA, ("Fix", 95, 206)),
        row("INC-4495", "Second monitor flickers after docking", "Hana Sato", 4, "open", JONAS, ("Fix", 112, 220)),
    ]  # fmt: skip
    later = [
        row("INC-4488", "Payroll export stops with a timeout", "Greta Holm", 2, "open", SOFIA, ("Fix", 200, 322), flags=["VIP"]),
        row("INC-4490", "Camera not detected in meeting room 3.12", "Luis Prado", 3, "new", None, ("Reply", 221, 251)),
        row("REQ-8826", "CAD viewer on four workstations", "Nadia Ben", 3, "open", JONAS, ("Fix", 245, 371)),
        row("REQ-8829", "Mailbox for the spring tender", "Ruth Ansah", 3, "open", MARTA, ("Fix", 270, 386), is_unread=True),
        row("INC-4484", "Wrong cost centre on the phone bill", "Ivo Marek", 4, "open", LEA, ("Fix", 315, 426)),
        row("INC-4481", "Scanner sends empty attachments", "Dana Wolf", 3, "open", SOFIA, ("Fix", 350, 443)),
    ]
    held = [
        row("INC-4466", "Badge reader at gate 2 rejects new cards", "Ken Abara", 3, "wait", MARTA, None, word="With supplier"),
        row("INC-4459", "Keyboard layout resets after each restart", "Olga Brandt", 4, "wait", SOFIA, None),
        row("REQ-8811", "Move nine desks, building C", "Facilities", 3, "wait", LEA, None, word="Scheduled"),
    ]
    return [
        {"key": "overdue", "label": "Overdue", "icon": "clock", "is_hot": True, "count": 2, "rows": overdue},
        {"key": "soon", "label": "Next 2 hours", "icon": "clock", "count": 5, "rows": soon},
        {"key": "later", "label": "Later today", "icon": "clock", "count": 6, "rows": later},
        {"key": "held", "label": "Clock paused", "icon": "paused", "count": 5, "rows": held},
    ]


def _said(who: dict[str, str], at: datetime, via: str, body: str, audience: str = "public", **more: Any) -> dict[str, Any]:
    return {"id": f"m{at:%H%M}", "audience": audience, "author": who, "at": at, "via": via, "body": body, **more}


def _timeline(now: datetime) -> list[dict[str, Any]]:
    ago = now - timedelta(hours=4)
    return [
        _said(INES, ago, "by email", "Good morning. Since the update last night my VPN drops every few minutes and I lose the patient "
              "planner each time. Five people on my floor see the same.", attachments=[{"name": "client-log.txt", "url": "#", "size": 18_200}]),
        {"is_event": True, "icon": "clock", "at": ago, "text": "Clock started: reply within 30 min, fix within 4 h", "why_url": "#", "why_text": "why?"},
        {"is_event": True, "icon": "bolt", "at": ago + timedelta(minutes=1),
         "text": "Rule “Remote access” set team Service desk, item vpn-gw-02 and priority P2 (impact medium, urgency high)"},
        _said(SOFIA, ago + timedelta(minutes=9), "to Ines Duarte", "Thank you, Ines. Please restart the client once from the tray menu, "
              "then tell me whether it still drops. I have opened the gateway log meanwhile."),
        {"is_event": True, "icon": "phone", "at": ago + timedelta(minutes=47),
         "text": "Ines called, restarting now. Clock running again, 38 min with the customer not counted"},
        _said(MARTA, now - timedelta(minutes=54), "", "Gateway 02 shows key renewals every 240 s for 5.2 clients only. Matches PRB-118. "
              "Rolling back to 5.1 helps, do not promise a date for 5.3 yet.", "internal"),
        _said(INES, now - timedelta(minutes=12), "by email", "Still the same after the restart you asked for. It drops about every four "
              "minutes, and always when I open the patient planner. My colleague on 5.1 has no trouble at all."),
    ]  # fmt: skip


def _properties() -> list[dict[str, Any]]:
    return [
        {"label": "Status", "status": _status("open"), "edit_url": "/dev/dialog/", "key": "s"},
        {"label": "Assignee", "has_avatar": True, "who": SOFIA, "text": "Sofia Keller", "edit_url": "/dev/dialog/", "key": "a"},
        {"label": "Team", "text": "Service desk", "edit_url": "/dev/dialog/", "key": "t"},
        {"label": "Priority", "priority": 2, "note": "medium × high", "text": "", "edit_url": "/dev/dialog/", "key": "p"},
        {"label": "Service", "text": "Remote access", "edit_url": "/dev/dialog/", "key": "v"},
        {"label": "Category", "text": "Network › VPN"},
        {"label": "Item", "health": "degraded", "health_word": "Degraded", "text": "vpn-gw-02", "url": "#"},
        {"label": "Due by law", "text": ""},
    ]


def _shell(request: HttpRequest, current: str = "All open", **more: Any) -> dict[str, Any]:
    """The context of both frames, with the page's own values on top; ?theme=, ?density=, ?dir= turn the page."""
    return {
        "nav": _nav(current), "me": SOFIA, "brand_name": "Calder IT", "search_url": "/dev/queue/", "now": timezone.now(),
        "notifications": {"url": "#", "count": 5}, "profile_url": "#", "preferences_url": "/dev/parts/",
        "page_theme": request.GET.get("theme"), "page_density": request.GET.get("density"), "page_dir": request.GET.get("dir"), **more,
    }  # fmt: skip


def _preview(now: datetime) -> dict[str, Any]:
    return {
        "number": "INC-4502", "url": "/dev/ticket/", "title": "VPN drops every few minutes since client 5.2", "priority": 2,
        "status": _status("open"), "fuse": _fuse(now, "Fix within 4 h, due 14:20", 38, 240), "met_text": "Replied in 9 min",
        "message": _timeline(now)[-1], "earlier_text": "2 earlier messages",
        "rows": [{"label": "Customer", "text": "Harbour Clinics", "chip": "Gold"}, *_properties()[4:5], *_properties()[6:7], *_properties()[1:2]],
        "reply_url": "/dev/ticket/?compose=reply#composer", "note_url": "/dev/ticket/?compose=note#composer", "reply_label": "Reply to Ines",
    }  # fmt: skip


def queue(request: HttpRequest) -> HttpResponse:
    """The queue of an agent at 13:42; ?state=empty shows it without a row."""
    now = timezone.now()
    is_empty = request.GET.get("state") == "empty"
    context = _shell(
        request, title="All open", count_text="27 of 27, service desk", groups=[] if is_empty else _groups(now), new_url="/dev/dialog/",
        chips=[{"text": "Team is", "value": "Service desk", "remove_url": "?"}, {"text": "Status is", "value": "not closed", "remove_url": "?"}],
        filter_url="/dev/dialog/", sort={"label": "Next due", "url": "?", "direction": "ascending"}, bulk_url="/dev/queue/",
        bulk=[{"label": "Assign", "key": "a", "value": "assign"}, {"label": "Priority", "key": "p", "value": "priority"}],
        has_preview=True, preview=None if is_empty else _preview(now), preview_toggle_url="?", live={"text": "Live. Updated 4 s ago"},
        empty={"text": "Nothing is open here.", "label": "Show all teams", "url": "?"}, pager={"text": "18 of 18"},
        band={"url": "#", "text": "INC-4471 Outbound mail delayed at all sites", "link_url": "#",
              "notes": ["38 min", "lead Omar Haddad", "next update due in 7 min"]},
    )  # fmt: skip
    return render(request, "desk/queue.html", context)


def preview(request: HttpRequest) -> HttpResponse:
    """The fragment that a cursor move loads."""
    return render(request, "desk/_preview.html", _shell(request, preview=_preview(timezone.now())))


def ticket(request: HttpRequest) -> HttpResponse:
    """One ticket; ?compose=reply or note opens an editor."""
    now = timezone.now()
    composer = {
        "open": request.GET.get("compose", ""), "ticket": "INC-4502", "version": 7, "reply_url": "/dev/ticket/", "note_url": "/dev/ticket/",
        "recipients": [{"name": "Ines Duarte"}, {"name": "floor-2@harbour-clinics.example", "is_external": True}],
        "reply_buttons": [{"label": "Send, set With customer", "name": "then", "value": "hold"}, {"label": "Send", "name": "then", "value": ""}],
    }  # fmt: skip
    verbs = [
        {"label": "Resolve", "icon": "check", "key": "e"}, {"label": "Hold", "icon": "player-pause", "key": "h"},
        {"label": "Take", "icon": "user-check", "key": "shift+a"}, {"label": "Link", "icon": "link", "key": "l"},
        {"label": "Duplicate of", "icon": "git-merge", "key": "d"}, {"label": "Cancel", "icon": "x"},
    ]  # fmt: skip
    context = _shell(
        request, is_narrow=True, timeline=_timeline(now), rows=_properties(), composer=composer,
        ticket={"number": "INC-4502", "title": "VPN drops every few minutes since client 5.2", "priority": 2, "status": _status("open"),
                "opened_text": "opened 4 h ago by email", "edit_url": "/dev/dialog/"},
        back={"url": "/dev/queue/", "label": "All open", "position": "3 of 27", "previous_url": "/dev/ticket/", "next_url": "/dev/ticket/"},
        verbs=[{**verb, "url": "/dev/dialog/"} for verb in verbs],
        tabs=[{"label": "Conversation", "url": "?", "count": 4, "current": True}, {"label": "Linked", "url": "?", "count": 2},
              {"label": "History", "url": "?"}],
        show={"label": "Show: everything", "options": [{"label": "Everything", "url": "?", "current": True}, {"label": "Messages", "url": "?"}]},
        clocks={"agreement_text": "Gold, 08:00 to 18:00", "fuses": [_fuse(now, "Fix, due 14:20 today", 38, 240)], "why_url": "/dev/dialog/",
                "done": [{"label": "First reply, target 30 min", "text": "Met in 9 min", "is_met": True}]},
        requester={**INES, "text": "Harbour Clinics, Lisbon. 12:42 there", "url": "#", "phone": "+351211234567"},
    )  # fmt: skip
    return render(request, "desk/ticket.html", context)


def _portal(request: HttpRequest, current: str, **more: Any) -> dict[str, Any]:
    places = [("Home", "home"), ("My requests", "list-check"), ("Help articles", "book"), ("Service status", "gauge")]
    nav = [{"label": label, "icon": icon, "url": "/dev/portal/", "current": label == current} for label, icon in places]
    help_ = {"phone": "2222", "hours": "07:00 to 19:00", "mail": "help@calder-it.example", "privacy_url": "#", "accessibility_url": "#"}
    return _shell(request, nav=nav, me=INES, help=help_, **more)


def portal(request: HttpRequest) -> HttpResponse:
    """The portal's first page."""
    offerings = [("Access to a system", "Folders, mailboxes, applications", "Usually 4 working hours", "key"),
                 ("Computer or phone", "New, replacement or loan", "Usually 3 working days", "device-laptop"),
                 ("Software", "Install from the approved list", "Usually within the hour", "package"),
                 ("Someone joins or leaves", "One form for everything they need", "Ask 5 working days ahead", "user-plus")]  # fmt: skip
    requests = [("VPN keeps dropping", "INC-4502", "since 09:42", "We asked you", 3), ("Monitor arm for desk C-217", "REQ-8790", "since 18 Nov",
                "Arrives Tue 24 Nov", 3), ("Shared mailbox for floor 2", "REQ-8774", "since 17 Nov", "Being set up", 2)]  # fmt: skip
    context = _portal(
        request, "Home", call_name="Ines", often=[{"label": one, "url": "#"} for one in
                                                  ("Reset a password", "VPN keeps dropping", "Borrow a laptop", "Book a training room")],
        report={"url": "#", "text": "The desk is open until 19:00. First replies take about 12 min today."},
        waiting=[{"title": "Is the VPN stable now?", "text": "Sofia asked 4 min ago. Without an answer we close it on Thursday 26 Nov.",
                  "url": "/dev/request/", "label": "Answer"},
                 {"title": "Approve: billing archive for Tomas Lind", "text": "Read-only, until 31 Dec 2026. No cost.", "url": "#", "label": "Decide"}],
        offerings=[dict(zip(("label", "text", "time_text", "icon"), one, strict=True), url="#") for one in offerings], catalogue_url="#",
        requests=[dict(zip(("title", "number", "since_text", "next_text", "step"), one, strict=True), url="/dev/request/", step_text=one[3])
                  for one in requests], all_url="#", all_text="All 14",
        articles=[{"title": title, "minutes_text": text, "url": "#"} for title, text in
                  (("Roll back the VPN client to 5.1", "3 min"), ("Set up mail on your own phone", "5 min"), ("Print from any building", "2 min"))],
        articles_url="#", banner={"lead": "Outgoing mail is delayed at all sites.", "url": "#", "link_text": "Follow this",
                                  "text": "Incoming mail works. We are on it, next update at 13:50."},
    )  # fmt: skip
    return render(request, "portal/home.html", context)


def portal_request(request: HttpRequest) -> HttpResponse:
    """One request as its customer sees it; ?state=resolved asks for the verdict."""
    now = timezone.now()
    verdict = {"text": "Sofia wrote: please go back to client 5.1.", "works_url": "#", "not_yet_url": "#",
               "until_text": "Without an answer we close it on Thursday 26 Nov."}  # fmt: skip
    words = ("We have it", "We are on it", "We asked you", "Solved")
    context = _portal(
        request, "My requests", back_url="/dev/portal/", timeline=[one for one in _timeline(now) if one.get("audience") == "public"],
        ticket={"number": "INC-4502", "title": "VPN keeps dropping", "since_text": "since 09:42", "next_text": "We asked you",
                "service_name": "Remote access"},
        steps=[{"word": word, "is_done": n < 2, "is_current": n == 2} for n, word in enumerate(words)],
        verdict=verdict if request.GET.get("state") == "resolved" else None, reply={"url": "#", "version": 7},
        extra=[{"label": "I no longer need this", "url": "#", "kind": "quiet"}],
    )  # fmt: skip
    return render(request, "portal/request.html", context)


def dialog(request: HttpRequest) -> HttpResponse:
    """A verb's dialog; a post without a title answers 422 with the errors."""
    form = ExampleForm(request.POST or None)
    is_wrong = request.method == "POST" and not form.is_valid()
    context = _shell(request, title="Resolve INC-4502", action="/dev/dialog/", form=form, submit="Resolve", version=7)
    name = "parts/_dialog.html" if request.headers.get("HX-Request") else "desk/form.html"
    return render(request, name, context, status=422 if is_wrong else 200)


def parts(request: HttpRequest) -> HttpResponse:
    """Every part in every state."""
    now = timezone.now()
    wrong = ExampleForm({"service": ""})
    wrong.add_error(None, "The mail server refused floor-2@harbour-clinics.example. Your text is kept.")
    context = _shell(
        request, form_empty=ExampleForm(prefix="one"), form_wrong=wrong, statuses=[_status(glyph) for glyph in WORDS], timeline=_timeline(now),
        fuses=[_fuse(now, "Fix", 350, 443), _fuse(now, "Reply", 38, 240), _fuse(now, "Fix", -14, 60), _fuse(now, "Fix", 4_600, 5_000),
               display.paused("Fix", reason="With the supplier"), display.met("Reply", "9 min")],
        times=[now, now - timedelta(minutes=12), now - timedelta(hours=4), now - timedelta(days=3), now - timedelta(days=40), now - timedelta(days=500)],
        people=[SOFIA, MARTA, INES], rows=_properties(), pending=_said(SOFIA, now, "", "Thank you, that helps.", is_pending=True),
        provider=_said(MARTA, now, "to Netline", "Please check the gateway.", "provider"), glyphs=list(WORDS),
        steps=[{"word": word, "is_done": n < 2, "is_current": n == 2} for n, word in enumerate(("We have it", "We are on it", "We asked you", "Solved"))],
        tones=["", "ok", "warn", "danger", "info", "accent", "note", "major", "line"],
    )  # fmt: skip
    return render(request, "dev/parts.html", context)


urlpatterns = [
    path("parts/", parts), path("queue/", queue), path("preview/", preview), path("ticket/", ticket),
    path("portal/", portal), path("request/", portal_request), path("dialog/", dialog),
]  # fmt: skip
