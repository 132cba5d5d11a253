"""Who is told what: one table. A row is an entry's past-tense word, whom it goes to, when, and in which words.

The words of a note are in no row: what the desk writes for itself never becomes mail. Whom it names hears that it does.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q

from accounts import compartments
from accounts.models import User
from customers import scoping
from incidents.major import events as majors
from journal.events import Audience
from journal.models import Entry
from notifications import life_texts, major, people, texts, work_texts
from notifications.choices import Channel, Kind, Mode, Topic
from notifications.models import Preference
from notifications.people import Recipient
from notifications.texts import Case, Text
from slas import events as clocks
from slas.models import Step, Timer
from tickets import events, reference, survey_events, work_events
from tickets.choices import HoldKind
from tickets.models import Ticket, TicketTask, VerificationCode

To = Callable[[Case], list[Recipient]]
When = Callable[[Case], bool]
Write = Callable[[Case], Text]


@dataclass(frozen=True)
class Rule:
    """One line of the table. `is_receipt`: also goes to the one who did it himself. `topic`: under which kind people
    choose about it (None: nobody does). `must`: when it comes whatever they chose."""

    past: str
    to: To
    write: Write
    when: When = lambda _case: True
    kind: Kind = Kind.UPDATE
    is_receipt: bool = False
    topic: Topic | None = None
    must: When = lambda _case: False


def _requester(case: Case) -> list[Recipient]:
    return people.requester(case.ticket)


def _customer(case: Case) -> list[Recipient]:
    """The requester, and who takes part beside him."""
    return [*people.requester(case.ticket), *people.participants(case.ticket)]


def _participants(case: Case) -> list[Recipient]:
    return people.participants(case.ticket)


def _watchers(case: Case) -> list[Recipient]:
    return people.watchers(case.ticket)


def _newcomer(case: Case) -> list[Recipient]:
    """The one who was let in, if he still takes part."""
    return [one for one in people.participants(case.ticket) if one.person_id == case.data["person_id"]]


def _levels(case: Case) -> list[Recipient]:
    return people.named("service_level_manager", case.ticket)


def _in_hand(case: Case) -> list[Recipient]:
    return people.in_hand(case.ticket)


def _assigned(case: Case) -> list[Recipient]:
    """The one it was given to; a team only where it was given to nobody in particular."""
    ticket, data = case.ticket, case.data
    if data.get("together"):
        return _for_several(case)
    if data.get("assignee_id"):
        changed = data.get("assignee") != data.get("was_assignee")
        return people.of_users([ticket.assignee], ticket) if changed and _still(case) else []
    return (
        people.of_team(ticket.team, ticket) if ticket.team and ticket.team_id == data.get("team_id") else []
    )


def _for_several(case: Case) -> list[Recipient]:
    """Who got several in one deed and has one of them still; the first entry of the deed speaks for all."""
    if case.entry.pk != _mates(case)[0]:
        return []
    held = Ticket.objects.filter(customer_id=case.entry.customer_id, number__in=case.data["together"])
    owner = User.objects.filter(
        pk__in=held.filter(assignee_id=case.data["assignee_id"]).values("assignee_id")
    )
    return people.of_users(owner, case.ticket)


def _mates(case: Case) -> list[int]:
    """The entries of one deed that gave several tickets to the same person, the first before the others."""
    entry = case.entry
    numbers = case.data["together"]
    ids = Ticket.objects.filter(customer_id=entry.customer_id, number__in=numbers).values("pk")
    same = Entry.objects.filter(
        customer_id=entry.customer_id, subject_kind=entry.subject_kind, subject_id__in=ids, at=entry.at,
        name=entry.name, data__assignee_id=case.data.get("assignee_id"),
    )  # fmt: skip
    return list(same.order_by("id").values_list("id", flat=True)) or [entry.pk]


def _given(case: Case) -> Text:
    return work_texts.several(case) if case.data.get("together") else texts.assigned(case)


def _still(case: Case) -> bool:
    return case.ticket.assignee is not None and case.ticket.assignee_id == case.data["assignee_id"]


def _supplier(case: Case) -> list[Recipient]:
    return people.of_supplier(case.ticket)


def _is_from_supplier(case: Case) -> bool:
    """Words of the supplier that no mail about the end of his work carries."""
    return bool(case.data.get("from_supplier")) and not _comes_with(case, "handover_ended")


def _is_to_supplier(case: Case) -> bool:
    """Words of the desk to the supplier, beyond those that came with the handover."""
    return not case.data.get("from_supplier") and not _comes_with_handover(case)


def _comes_with_handover(case: Case) -> bool:
    entry = case.entry
    own = Entry.objects.about(entry.subject_kind, entry.subject_id).filter(customer_id=entry.customer_id)
    return own.filter(at=entry.at, id__lt=entry.pk, name=f"{entry.subject_kind}.handed_over").exists()


def _is_handed_back(case: Case) -> bool:
    return case.data.get("cause") == "handed_back"


def _is_taken_back(case: Case) -> bool:
    return case.data.get("cause") in ("taken_back", "merged")


def _on_the_list(case: Case) -> list[Recipient]:
    """The people of a restricted ticket's list."""
    return people.of_users(compartments.members(case.ticket.compartment), case.ticket)


def _mailbox(case: Case) -> list[Recipient]:
    """A team's shared mailbox hears of new tickets; its members see them in the queue."""
    team = case.ticket.team
    return people.of_team(team, case.ticket) if team and team.email else []


def _members_who_want(case: Case) -> list[Recipient]:
    """The members of its team who asked for a mail about each new ticket; the others see it in the queue."""
    asked = Preference.objects.filter(topic=Topic.TEAM_NEW, channel=Channel.EMAIL).exclude(mode=Mode.OFF)
    team = case.ticket.team
    if team is None or not asked.exists():
        return []
    members = User.objects.filter(memberships__team=team, pk__in=asked.values("user_id"))
    return people.of_users(members.order_by("id"), case.ticket)


def _mentioned(case: Case) -> list[Recipient]:
    """The colleagues whom a note names."""
    ids = case.data.get("mentions") or []
    return people.of_users(User.objects.filter(pk__in=ids).order_by("id"), case.ticket) if ids else []


def is_highest(case: Case) -> bool:
    """Whether it is a matter of the highest priority: whom the agreement names is woken."""
    highest = next(iter(reference.priorities()), None)
    return highest is not None and case.ticket.priority == highest.level


def _always(_case: Case) -> bool:
    return True


def _is_from_desk(case: Case) -> bool:
    """Words of the desk to the customer that no other mail of the same moment carries."""
    said = case.said
    is_public = said is not None and said.audience == Audience.PUBLIC and not said.is_from_customer
    return is_public and not _comes_with(case, "held", kind=HoldKind.CUSTOMER)


def _is_from_customer(case: Case) -> bool:
    said = case.said
    return said is not None and said.is_from_customer and not _comes_with(case, "reopened")


def _leads(case: Case) -> list[Recipient]:
    team = case.ticket.team
    return people.of_team(team, case.ticket, leads_only=True) if team else []


def _is_low(case: Case) -> bool:
    return bool(case.data.get("is_low"))


def _is_question(case: Case) -> bool:
    return case.data.get("kind") == HoldKind.CUSTOMER


def _is_due_again(case: Case) -> bool:
    """Whether work goes on though nobody of the desk did it: the arranged time, or a word of the customer."""
    return case.data.get("cause") in ("until", "not_waiting")


def _comes_with(case: Case, past: str, **data: object) -> bool:
    """Whether the same step also left an entry that a mail of its own tells better."""
    entry = case.entry
    later = Entry.objects.about(entry.subject_kind, entry.subject_id).filter(
        customer_id=entry.customer_id, at=entry.at, id__gt=entry.pk, name=f"{entry.subject_kind}.{past}"
    )
    return later.filter(**{f"data__{name}": str(value) for name, value in data.items()}).exists()


def _named(case: Case) -> list[Recipient]:
    """Whom the step of the agreement names: `assignee`, `team`, `lead`, `on_call`, or everybody with a role."""
    return people.told_by_step(case.data, case.ticket)


def _is_alone(case: Case) -> bool:
    """Whether no step of the agreement speaks at the same moment: it says the same, to whom the agreement wants."""
    timer = Timer.objects.filter(customer_id=case.entry.customer_id, pk=case.data["timer_id"]).first()
    at_due = Step.objects.filter(
        Q(percent=100) | Q(offset_seconds=0), target_id=timer.target_id if timer else None
    )
    return not at_due.exclude(notify=[]).exists()


def _task(case: Case) -> list[Recipient]:
    """Whom a task was given to; a team only where it is nobody's in particular."""
    task = TicketTask.objects.filter(customer_id=case.entry.customer_id, pk=case.data["task_id"]).first()
    if task is None or not task.is_open:
        return []
    if task.assignee:
        return people.of_users([task.assignee], case.ticket)
    return people.of_team(task.team, case.ticket) if task.team else []


def _has_new_hands(case: Case) -> bool:
    data = case.data
    return (data.get("assignee"), data.get("team")) != (data.get("was_assignee"), data.get("was_team"))


def _code_works(case: Case) -> bool:
    """A code is mailed while it works; a delivery that comes late sends none."""
    codes = VerificationCode.objects.filter(customer_id=case.entry.customer_id, pk=case.data["code_id"])
    return codes.filter(used_at=None, expires_at__gt=scoping.current().at).exists()


RULES = (
    Rule("opened", _requester, texts.receipt, is_receipt=True, topic=Topic.RECEIPT),
    Rule("opened", _mailbox, texts.opened),
    Rule("opened", _members_who_want, texts.opened, topic=Topic.TEAM_NEW),
    Rule("noted", _mentioned, work_texts.mentioned, topic=Topic.MENTIONED),
    Rule("assigned", _assigned, _given, topic=Topic.ASSIGNED),
    Rule("replied", _customer, texts.reply, when=_is_from_desk, topic=Topic.ANSWER),
    Rule("replied", _in_hand, texts.customer_replied, when=_is_from_customer, topic=Topic.REPLIED),
    Rule("replied", _watchers, texts.watched_reply, topic=Topic.WATCHED),
    Rule("held", _customer, texts.question, when=_is_question, topic=Topic.ANSWER),
    Rule("chased", _requester, texts.reminder, topic=Topic.ANSWER),
    Rule("end_blocked", _in_hand, life_texts.end_blocked, topic=Topic.MOVED),
    Rule("resumed", _in_hand, texts.woken, when=_is_due_again, topic=Topic.MOVED),
    Rule("resolved", _customer, texts.resolved, topic=Topic.RESOLVED),
    Rule("resolved", _watchers, texts.watched_resolved, topic=Topic.WATCHED),
    Rule(
        "resolved",
        major.top_management,
        major.was_resolved,
        when=major.is_major,
        topic=Topic.MAJOR,
        must=_always,
    ),
    Rule(
        "major_declared",
        major.top_management,
        major.was_declared,
        kind=Kind.ALARM,
        topic=Topic.MAJOR,
        must=_always,
    ),
    Rule(
        "update_posted",
        major.top_management,
        major.was_updated,
        when=major.has_words_for_management,
        topic=Topic.MAJOR,
        must=_always,
    ),
    Rule("major_roles_given", major.new_in_roles, major.role_given, topic=Topic.MAJOR, must=_always),
    Rule("major_lead_missing", major.leads, major.lead_missing, kind=Kind.ALARM, topic=Topic.MAJOR),
    Rule("update_overdue", major.responsible, major.update_overdue, kind=Kind.ALARM, topic=Topic.MAJOR),
    Rule("reopened", _customer, texts.reopened, is_receipt=True, topic=Topic.RECEIPT),
    Rule("reopened", _in_hand, texts.customer_reopened, topic=Topic.REPLIED),
    Rule("closed", _requester, texts.closed, topic=Topic.CLOSED),
    Rule("closed", _participants, life_texts.ended, topic=Topic.CLOSED),
    Rule("rated", _leads, texts.rated, when=_is_low, topic=Topic.QUALITY),
    Rule("cancelled", _customer, texts.cancelled, topic=Topic.CLOSED),
    Rule("handed_over", _supplier, texts.handed_over),
    Rule("supplier_replied", _supplier, texts.desk_wrote, when=_is_to_supplier),
    Rule("supplier_replied", _in_hand, texts.supplier_wrote, when=_is_from_supplier, topic=Topic.MOVED),
    Rule("handover_ended", _in_hand, texts.handed_back, when=_is_handed_back, topic=Topic.MOVED),
    Rule("handover_ended", _supplier, texts.taken_back, when=_is_taken_back),
    Rule("glass_broken", _on_the_list, texts.glass_broken),
    Rule("task_added", _task, work_texts.task, topic=Topic.TASK),
    Rule("task_assigned", _task, work_texts.task, when=_has_new_hands, topic=Topic.TASK),
    Rule("code_sent", _requester, work_texts.code, when=_code_works),
    Rule("misfiled", _customer, texts.cancelled, topic=Topic.CLOSED),
    Rule("merged", _customer, life_texts.merged, topic=Topic.CLOSED),
    Rule("participant_added", _newcomer, life_texts.let_in),
    Rule(
        "escalated_to",
        _named,
        life_texts.escalated_to,
        kind=Kind.ALARM,
        topic=Topic.ESCALATED,
        must=is_highest,
    ),
    Rule("priority_lowered", _levels, life_texts.priority_lowered, topic=Topic.QUALITY),
    Rule(
        "breached",
        _in_hand,
        texts.breached,
        when=_is_alone,
        kind=Kind.ALARM,
        topic=Topic.CLOCK,
        must=is_highest,
    ),
    Rule("escalated", _named, texts.escalated, kind=Kind.ALARM, topic=Topic.CLOCK, must=is_highest),
)

EVENTS = (
    majors.MajorDeclared,
    majors.UpdatePosted,
    majors.RolesGiven,
    majors.LeadMissing,
    majors.UpdateOverdue,
    work_events.TaskAdded,
    work_events.TaskAssigned,
    work_events.CodeSent,
    events.Opened,
    events.Assigned,
    events.Replied,
    events.Noted,
    events.Held,
    events.Resolved,
    events.Reopened,
    events.Closed,
    events.Cancelled,
    survey_events.Rated,
    events.GlassBroken,
    events.HandedOver,
    events.HandoverEnded,
    events.SupplierReplied,
    events.Chased,
    events.EndBlocked,
    events.Resumed,
    events.Merged,
    events.ParticipantAdded,
    events.EscalatedTo,
    events.PriorityLowered,
    clocks.Breached,
    clocks.Escalated,
)
