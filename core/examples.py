"""Example data of the gallery: a morning at a desk, in the shapes that the pages expect."""

from datetime import datetime, timedelta
from typing import Any

from core import display

Shape = dict[str, Any]

SOFIA: Shape = {
    "initials": "SK",
    "name": "Sofia Keller",
    "email": "sofia.keller@calder-it.example",
    "kind": "me",
}
MARTA: Shape = {"initials": "MK", "name": "Marta Kovac", "kind": ""}
INES: Shape = {
    "initials": "ID",
    "name": "Ines Duarte",
    "email": "ines@harbour-clinics.example",
    "kind": "customer",
}
PEOPLE: dict[str, Shape | None] = {
    "SK": SOFIA,
    "MK": MARTA,
    "OH": {"initials": "OH", "name": "Omar Haddad", "kind": ""},
    "JT": {"initials": "JT", "name": "Jonas Thil", "kind": ""},
    "LV": {"initials": "LV", "name": "Lea Vogt", "kind": ""},
    "": None,
}
WORDS = {
    "new": "New",
    "open": "In progress",
    "reopened": "Reopened",
    "wait": "With customer",
    "approval": "Approval",
    "done": "Resolved",
    "closed": "Closed",
    "cancelled": "Cancelled",
}
PLACES = """
Inbox | inbox | 3
Assigned to me | user | 12
Service desk
All open | users | 27
Unassigned | st-new | 7
Overdue | clock | 2
Clock paused | paused | 5
VIP and clinics | star | 4
Processes
Major incidents | access-point | 1
Problems | zoom-question |
Changes | refresh |
Configuration | sitemap |
Knowledge | book |
Services and SLAs | gauge |
Reports | chart-bar |
"""
# number | title | requester | priority | glyph | assignee | clock | minutes left | of minutes | marks
QUEUE = {
    "Overdue": """
INC-4471 | Outbound mail delayed at all sites | | 1 | open | OH | Fix | -14 | 60 | major
REQ-8820 | Laptop for new starter, Finance, Monday | Ruth Ansah | 3 | approval | LV | Fix | -65 | 480 |
""",
    "Next 2 hours": """
INC-4502 | VPN drops every few minutes since client 5.2 | Ines Duarte | 2 | open | SK | Fix | 38 | 240 | unread current
INC-4507 | Label printers offline in dispatch hall B | Piotr Zielinski | 2 | new | | Reply | 52 | 120 |
INC-4499 | Shared calendar missing for the HR team | Amara Nwosu | 3 | reopened | SK | Fix | 70 | 290 | unread
REQ-8831 | Read-only access to the billing archive | Tomas Lind | 3 | approval | MK | Fix | 95 | 206 |
INC-4495 | Second monitor flickers after docking | Hana Sato | 4 | open | JT | Fix | 112 | 220 |
""",
    "Later today": """
INC-4488 | Payroll export stops with a timeout | Greta Holm | 2 | open | SK | Fix | 200 | 322 | vip
INC-4490 | Camera not detected in meeting room 3.12 | Luis Prado | 3 | new | | Reply | 221 | 251 |
REQ-8826 | CAD viewer on four workstations | Nadia Ben | 3 | open | JT | Fix | 245 | 371 |
REQ-8829 | Mailbox for the spring tender | Ruth Ansah | 3 | open | MK | Fix | 270 | 386 | unread
INC-4484 | Wrong cost centre on the phone bill | Ivo Marek | 4 | open | LV | Fix | 315 | 426 |
INC-4481 | Scanner sends empty attachments | Dana Wolf | 3 | open | SK | Fix | 350 | 443 |
""",
    "Clock paused": """
INC-4466 | Badge reader at gate 2 rejects new cards | Ken Abara | 3 | wait | MK | Fix | | | supplier
INC-4459 | Keyboard layout resets after each restart | Olga Brandt | 4 | wait | SK | Fix | | |
REQ-8811 | Move nine desks, building C | Facilities | 3 | wait | LV | Fix | | | scheduled
""",
}
WAITING = {"supplier": "With supplier", "scheduled": "Scheduled"}
SAID = {
    "first": "Good morning. Since the update last night my VPN drops every few minutes and I lose the patient "
    "planner each time. Five people on my floor see the same.",
    "asked": "Thank you, Ines. Please restart the client once from the tray menu, then tell me whether it still "
    "drops. I have opened the gateway log meanwhile.",
    "note": "Gateway 02 shows key renewals every 240 s for 5.2 clients only. Matches PRB-118. Rolling back to "
    "5.1 helps, do not promise a date for 5.3 yet.",
    "again": "Still the same after the restart you asked for. It drops about every four minutes, and always "
    "when I open the patient planner. My colleague on 5.1 has no trouble at all.",
}
OFFERINGS = """
Access to a system | Folders, mailboxes, applications | Usually 4 working hours | key
Computer or phone | New, replacement or loan | Usually 3 working days | device-laptop
Software | Install from the approved list | Usually within the hour | package
Someone joins or leaves | One form for everything they need | Ask 5 working days ahead | user-plus
"""
REQUESTS = """
VPN keeps dropping | INC-4502 | since 09:42 | We asked you | 3
Monitor arm for desk C-217 | REQ-8790 | since 18 Nov | Arrives Tue 24 Nov | 3
Shared mailbox for floor 2 | REQ-8774 | since 17 Nov | Being set up | 2
"""
ARTICLES = """
Roll back the VPN client to 5.1 | 3 min
Set up mail on your own phone | 5 min
Print from any building | 2 min
"""


def cells(table: str) -> list[list[str]]:
    """The lines of one table above, each as its trimmed cells."""
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


def status(glyph: str, word: str = "") -> Shape:
    return {"glyph": glyph, "word": word or WORDS[glyph]}


def fuse(now: datetime, label: str, minutes: int, of_minutes: int) -> display.Fuse:
    """A running clock with so many minutes left of so many."""
    due_at = now + timedelta(minutes=minutes, seconds=20 if minutes > 0 else 0)
    return display.fuse(label, due_at=due_at, from_at=due_at - timedelta(minutes=of_minutes), now=now)


def nav(current: str) -> list[Shape]:
    """The sidebar of an agent."""
    return [_place(row, current) for row in cells(PLACES)]


def _place(row: list[str], current: str) -> Shape:
    if len(row) == 1:
        return {"label": row[0], "is_heading": True}
    return {
        "label": row[0],
        "icon": row[1],
        "count": row[2],
        "url": "/dev/queue/",
        "current": row[0] == current,
        "hot": row[0] in ("Overdue", "Major incidents"),
    }


def groups(now: datetime) -> list[Shape]:
    """The queue by time left."""
    return [
        {
            "key": label,
            "label": label,
            "icon": "paused" if label == "Clock paused" else "clock",
            "is_hot": label == "Overdue",
            "count": len(cells(table)),
            "rows": [_ticket(now, row) for row in cells(table)],
        }
        for label, table in QUEUE.items()
    ]


def _ticket(now: datetime, row: list[str]) -> Shape:
    number, title, requester, priority, glyph, assignee, label, left, of_minutes, marks = row
    reason = WAITING.get(marks, "")
    clock = fuse(now, label, int(left), int(of_minutes)) if left else display.paused(label, reason=reason)
    return {
        "number": number,
        "title": title,
        "requester": requester,
        "priority": int(priority),
        "status": status(glyph, reason),
        "assignee": PEOPLE[assignee],
        "fuse": clock,
        "is_unread": "unread" in marks,
        "is_current": "current" in marks,
        "is_major": marks == "major",
        "flags": ["VIP"] if marks == "vip" else [],
        "linked_text": "19 linked" if marks == "major" else "",
        "url": "/dev/ticket/",
        "preview_url": "/dev/preview/",
    }


def said(who: Shape, at: datetime, via: str, body: str, audience: str = "public", **more: Any) -> Shape:
    """One message."""
    entry = {"id": f"m{at:%H%M}", "audience": audience, "author": who, "at": at, "via": via, "body": body}
    return entry | more


def happened(icon: str, at: datetime, text: str, why_url: str = "") -> Shape:
    """One event line."""
    return {"is_event": True, "icon": icon, "at": at, "text": text, "why_url": why_url, "why_text": "why?"}


def timeline(now: datetime) -> list[Shape]:
    """A conversation of four hours."""
    ago = now - timedelta(hours=4)
    log = [{"name": "client-log.txt", "url": "#", "size": 18_200}]
    rule = "Rule “Remote access” set team Service desk, item vpn-gw-02 and priority P2 (impact medium, urgency high)"
    call = "Ines called, restarting now. Clock running again, 38 min with the customer not counted"
    return [
        said(INES, ago, "by email", SAID["first"], attachments=log),
        happened("clock", ago, "Clock started: reply within 30 min, fix within 4 h", "#"),
        happened("bolt", ago + timedelta(minutes=1), rule),
        said(SOFIA, ago + timedelta(minutes=9), "to Ines Duarte", SAID["asked"]),
        happened("phone", ago + timedelta(minutes=47), call),
        said(MARTA, now - timedelta(minutes=54), "", SAID["note"], "internal"),
        said(INES, now - timedelta(minutes=12), "by email", SAID["again"]),
    ]


def properties() -> list[Shape]:
    """The facts beside a ticket."""
    dialog = "/dev/dialog/"
    return [
        {"label": "Status", "status": status("open"), "edit_url": dialog, "key": "s"},
        {
            "label": "Assignee",
            "has_avatar": True,
            "who": SOFIA,
            "text": SOFIA["name"],
            "edit_url": dialog,
            "key": "a",
        },
        {"label": "Team", "text": "Service desk", "edit_url": dialog, "key": "t"},
        {"label": "Priority", "priority": 2, "note": "medium × high", "edit_url": dialog, "key": "p"},
        {"label": "Service", "text": "Remote access", "edit_url": dialog, "key": "v"},
        {"label": "Category", "text": "Network › VPN"},
        {"label": "Item", "health": "degraded", "health_word": "Degraded", "text": "vpn-gw-02", "url": "#"},
        {"label": "Due by law", "text": ""},
    ]


def preview(now: datetime) -> Shape:
    """The ticket beside the queue."""
    facts = {row["label"]: row for row in properties()}
    return {
        "number": "INC-4502",
        "url": "/dev/ticket/",
        "title": "VPN drops every few minutes since client 5.2",
        "priority": 2,
        "status": status("open"),
        "fuse": fuse(now, "Fix within 4 h, due 14:20", 38, 240),
        "met_text": "Replied in 9 min",
        "message": timeline(now)[-1],
        "earlier_text": "2 earlier messages",
        "rows": [
            {"label": "Customer", "text": "Harbour Clinics", "chip": "Gold"},
            *(facts[name] for name in ("Service", "Item", "Assignee")),
        ],
        "reply_url": "/dev/ticket/?compose=reply#composer",
        "note_url": "/dev/ticket/?compose=note#composer",
        "reply_label": "Reply to Ines",
    }
