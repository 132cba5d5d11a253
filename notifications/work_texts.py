"""What the mails about tasks and about verifying a caller say."""

from django.utils.translation import gettext as _

from notifications import links
from notifications.texts import Case, Text, moment
from tickets import verification
from tickets.models import Ticket, TicketTask, VerificationCode


def task(case: Case) -> Text:
    """To whoever has a task in hand now."""
    number, data = case.ticket.number, case.data
    row = TicketTask.objects.filter(customer_id=case.entry.customer_id, pk=data["task_id"]).first()
    due = moment(row.due_at) if row is not None and row.due_at else ""
    return Text(
        subject=f"[{number}] " + _("Task: %(task)s") % {"task": data["task"]},
        lines=[_("%(name)s has given you or your team a task.") % {"name": case.entry.actor_label}],
        facts=[(label, value) for label, value in ((_("Task"), data["task"]), (_("Due"), due)) if value],
        links=[(_("Open %(number)s") % {"number": number}, links.to_record(number))],
        why=_("You get this mail because a task of %(number)s is in your hands or in those of your team.")
        % {"number": number},
    )


def code(case: Case) -> Text:
    """To the requester: the code that he reads out to who is on the phone with him."""
    row = VerificationCode.objects.get(customer_id=case.entry.customer_id, pk=case.data["code_id"])
    number = case.ticket.number
    return Text(
        subject=f"[{number}] " + _("Your code"),
        lines=[
            _("Your code is %(code)s.") % {"code": verification.code_of(row)},
            _("Read it out to the agent who asked for it. It works until %(at)s, once.")
            % {"at": moment(row.expires_at)},
            _("If you have not called us about %(number)s, tell nobody this code.") % {"number": number},
        ],
        why=_(
            "You get this mail because an agent wants to make sure that it is you who called about %(number)s."
        )
        % {"number": number},
    )


def mentioned(case: Case) -> Text:
    """To a colleague whom a note names; its words stay at the desk."""
    number = case.ticket.number
    return Text(
        subject=f"[{number}] " + _("%(name)s names you in a note") % {"name": case.entry.actor_label},
        lines=[
            _("%(name)s names you in an internal note on “%(title)s”.")
            % {"name": case.entry.actor_label, "title": case.ticket.title}
        ],
        links=[(_("Open %(number)s") % {"number": number}, links.to_record(number))],
        why=_("You get this mail because an internal note of %(number)s names you.") % {"number": number},
    )


def several(case: Case) -> Text:
    """To whoever was given several tickets in one deed: all of them in one mail."""
    rows = Ticket.objects.filter(
        customer_id=case.entry.customer_id,
        number__in=case.data["together"],
        assignee_id=case.data.get("assignee_id"),
    )
    shown = list(rows.order_by("due_at", "id"))
    count = {"count": len(shown), "name": case.entry.actor_label}
    return Text(
        subject=_("%(count)s tickets assigned to you") % count,
        lines=[_("%(name)s has moved %(count)s tickets to you.") % count],
        links=[(f"{one.number} {one.title}", links.to_record(one.number)) for one in shown],
        why=_("You get this mail because these tickets are now in your hands."),
    )
