"""What a door brings for an agreement: plain values and rows that it has looked up, checked here against the rules."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

from django.utils.translation import gettext as _

from accounts.models import Team
from accounts.roles import Role
from calendars import queries as calendars
from calendars.models import Calendar
from calendars.worktime import NeverOpens
from catalogue.models import Category, RequirementState, ServiceRequirement
from cmdb.models import ConfigurationItem, ItemType, Subscription
from core import errors
from customers.models import Customer, Organization
from slas import metrics
from slas.choices import AUDIENCE, MOST_OFFSET, MOST_PERCENT, SUPPLIED, AgreementKind, Counting, Metric
from slas.models import Agreement
from tickets import processes, reference
from tickets.choices import HoldKind

_ANY_DAY = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, kw_only=True)
class StepDraft:
    """One step: `percent` of the target, or `offset_seconds` around due; whom it tells, to whom it gives."""

    percent: int | None = None
    offset_seconds: int | None = None
    counting: str = Counting.BUSINESS
    notify: Sequence[str] = ()
    reassign_to: Team | None = None


@dataclass(frozen=True, kw_only=True)
class TargetDraft:
    """One promise. What is None or blank fits any ticket."""

    metric: str
    seconds: int
    priority: int | None = None
    ticket_kind: str = ""
    category: Category | None = None
    item_type: ItemType | None = None
    calendar: Calendar | None = None
    pauses_on: Sequence[str] = ()
    steps: Sequence[StepDraft] = ()

    @property
    def case(self) -> tuple[str, str, int | None, int | None, int | None]:
        """For which tickets it is: two targets of one agreement may not share it."""
        category = self.category.pk if self.category else None
        item_type = self.item_type.pk if self.item_type else None
        return self.metric, self.ticket_kind, self.priority, category, item_type


@dataclass(frozen=True, kw_only=True)
class LimitDraft:
    """So many tickets a calendar month. What is None or blank counts any ticket."""

    most: int
    ticket_kind: str = ""
    priority: int | None = None


@dataclass(frozen=True, kw_only=True)
class AgreementDraft:
    """A whole agreement. `customer` None: an SLA is the installation's best effort, an inner agreement is for all.

    `team` is the other side of an OLA, `supplier` that of a contract. `services` None = all of the customer. The rest
    as in AgreementVersion; `exceptions` one to a line.
    """

    customer: Customer | None
    name: str
    calendar: Calendar
    targets: Sequence[TargetDraft]
    kind: str = AgreementKind.SLA
    team: Team | None = None
    supplier: Organization | None = None
    services: Sequence[ConfigurationItem] | None = None
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    based_on: Agreement | None = None
    moves_running: bool = False
    scope: str = ""
    responsibilities: str = ""
    limits: Sequence[LimitDraft] = ()
    no_limits_reason: str = ""
    exceptions: str = ""
    no_exceptions_reason: str = ""
    requirements: Sequence[ServiceRequirement] = ()

    @property
    def is_default(self) -> bool:
        return self.customer is None and self.kind == AgreementKind.SLA


HEAD = ("customer", "kind", "team", "supplier")  # with whom it is: never changed
DOCUMENT = (  # columns of a version that a draft has under the same name
    "calendar", "valid_from", "valid_to", "based_on", "moves_running", "scope", "responsibilities",
    "exceptions", "no_exceptions_reason", "no_limits_reason",
)  # fmt: skip
FIELDS = tuple(one.name for one in fields(AgreementDraft) if one.name not in HEAD)


def check(draft: AgreementDraft) -> None:
    """Raises Invalid with a sentence for each wrong field."""
    wrong: dict[str, list[str]] = {}
    for name, sentence in _faults(draft):
        wrong.setdefault(name, []).append(sentence)
    if wrong:
        raise errors.Invalid(next(iter(wrong.values()))[0], errors=wrong)


def check_offer(draft: AgreementDraft) -> None:
    """Raises Invalid where the other side cannot be asked yet: a part that the standard wants is missing.

    8.3.3 for an SLA: targets, workload limits, exceptions, and the requirements it answers. 8.3.4 for contracts and
    inner agreements: what is supplied, the targets, and who is responsible for what.
    """
    missing = _missing_of_sla(draft) if draft.kind == AgreementKind.SLA else _missing_of_inner(draft)
    wrong = {name: [sentence] for name, sentence in missing}
    if wrong:
        raise errors.Invalid(next(iter(wrong.values()))[0], errors=wrong)


def _missing_of_sla(draft: AgreementDraft) -> Iterator[tuple[str, str]]:
    if not draft.limits and not draft.no_limits_reason.strip():
        yield "limits", _("Say how many tickets a month the agreement is made for, or why there is no limit.")
    if not draft.exceptions.strip() and not draft.no_exceptions_reason.strip():
        yield "exceptions", _("Say when the targets do not hold, or why there is no exception.")
    if not draft.requirements:
        yield "requirements", _("Name the service requirements that the agreement answers: at least one.")


def _missing_of_inner(draft: AgreementDraft) -> Iterator[tuple[str, str]]:
    if draft.kind in SUPPLIED and not draft.scope.strip():
        yield "scope", _("Say what is supplied.")
    if draft.kind in SUPPLIED and not draft.responsibilities.strip():
        yield "responsibilities", _("Say who does and who decides what, on both sides.")


def _faults(draft: AgreementDraft) -> Iterator[tuple[str, str]]:
    if not draft.name.strip():
        yield "name", _("An agreement needs a name.")
    yield from _party_faults(draft)
    yield from _period_faults(draft)
    if draft.is_default and draft.services is not None:
        yield "services", _("The best effort of the installation covers all services.")
    if draft.services is not None and not draft.services:
        yield "services", _("Name at least one service, or let the agreement cover all.")
    if _never_opens(draft.calendar):
        yield (
            "calendar",
            _("“%(calendar)s” never opens: no deadline could ever come.") % {"calendar": draft.calendar},
        )
    if not draft.targets:
        yield "targets", _("An agreement needs at least one target.")
    for number, target in enumerate(draft.targets, start=1):
        for _part, fault in target_faults(target):
            yield "targets", _("Target %(number)d: %(fault)s") % {"number": number, "fault": fault}
    for first, second in twins([one.case for one in draft.targets]):
        yield (
            "targets",
            _("Targets %(first)d and %(second)d are for the same tickets: keep one of them.")
            % {"first": first, "second": second},
        )
    yield from _level_faults(draft, {one.level for one in reference.priorities()})
    yield from _limit_faults(draft)
    yield from _requirement_faults(draft)


def _party_faults(draft: AgreementDraft) -> Iterator[tuple[str, str]]:
    if draft.kind not in AgreementKind.values:
        yield "kind", _("An agreement is one of: %(kinds)s.") % {"kinds": ", ".join(AgreementKind.values)}
    if draft.kind == AgreementKind.OLA and draft.team is None:
        yield "team", _("An operational level agreement is with a team: name it.")
    if draft.kind in SUPPLIED and draft.supplier is None:
        yield "supplier", _("A contract is with a supplier: name him.")
    if draft.team is not None and draft.kind != AgreementKind.OLA:
        yield "team", _("Only an operational level agreement is with a team.")
    if draft.supplier is not None and draft.kind not in SUPPLIED:
        yield "supplier", _("Only a contract is with a supplier.")


def _period_faults(draft: AgreementDraft) -> Iterator[tuple[str, str]]:
    if draft.valid_from and draft.valid_to and draft.valid_to < draft.valid_from:
        yield "valid_to", _("The agreement ends before it begins.")
    if draft.services and draft.customer is not None:
        ends = Subscription.objects.filter(
            customer=draft.customer, service__in=draft.services, valid_to__isnull=False
        )
        for one in ends.select_related("service").order_by("valid_to"):
            if draft.valid_to is None or draft.valid_to > one.valid_to:
                yield "valid_to", _("“%(service)s” ends on %(day)s: the agreement about it has to end by then.") % {
                    "service": one.service, "day": one.valid_to,
                }  # fmt: skip


def _level_faults(draft: AgreementDraft, levels: set[int]) -> Iterator[tuple[str, str]]:
    """A priority that no ticket ever has promises nothing, and counts nothing."""
    for name, parts in (("targets", draft.targets), ("limits", draft.limits)):
        if any(one.priority is not None and one.priority not in levels for one in parts):
            yield name, _("There is no such priority here.")


def _limit_faults(draft: AgreementDraft) -> Iterator[tuple[str, str]]:
    if any(one.most <= 0 for one in draft.limits):
        yield "limits", _("A limit allows at least one ticket a month.")
    cases = [(one.ticket_kind, one.priority) for one in draft.limits]
    if len(set(cases)) < len(cases):
        yield "limits", _("Two limits count the same tickets: keep one of them.")


def _requirement_faults(draft: AgreementDraft) -> Iterator[tuple[str, str]]:
    for one in draft.requirements:
        if draft.customer is None or one.customer_id != draft.customer.pk:
            yield (
                "requirements",
                _("“%(requirement)s” is a requirement of another customer.") % {"requirement": one},
            )
        elif one.state == RequirementState.RETIRED:
            yield (
                "requirements",
                _("“%(requirement)s” is no longer needed: answer another one.") % {"requirement": one},
            )


def _never_opens(calendar: Calendar) -> bool:
    try:
        calendars.business_time(calendar).add(_ANY_DAY, dt.timedelta(seconds=1))
    except NeverOpens:
        return True
    return False


def twins(cases: Sequence[object]) -> Iterator[tuple[int, int]]:
    """Which rows, counted from 1, repeat the case of an earlier one: (the earlier, the later)."""
    seen: dict[object, int] = {}
    for number, case in enumerate(cases, start=1):
        if case in seen:
            yield seen[case], number
        seen.setdefault(case, number)


def target_faults(target: TargetDraft) -> Iterator[tuple[str, str]]:
    """What is wrong with one target: (the name of its part, a sentence)."""
    yield from _metric_faults(target)
    if target.seconds <= 0:
        yield "seconds", _("A target needs a time above 0.")
    if target.metric == Metric.FIRST_RESPONSE and target.pauses_on:
        yield (
            "pauses_on",
            _("A first response never pauses: nobody waits for a customer who has not been answered yet."),
        )
    unknown = [kind for kind in target.pauses_on if kind not in HoldKind.values]
    if unknown:
        yield (
            "pauses_on",
            _("“%(kind)s” is no kind of waiting: use %(known)s.")
            % {"kind": unknown[0], "known": ", ".join(HoldKind.values)},
        )
    if target.calendar is not None and _never_opens(target.calendar):
        yield (
            "calendar",
            _("“%(calendar)s” never opens: no deadline could ever come.") % {"calendar": target.calendar},
        )
    yield from (("steps", sentence) for step in target.steps for sentence in _step_faults(step))


def _metric_faults(target: TargetDraft) -> Iterator[tuple[str, str]]:
    """A metric that all know, or that a process declares; for one type of ticket, one that this type has."""
    if target.metric not in metrics.labels():
        sentence = _("Nothing measures “%(metric)s”: use one of %(known)s.")
        yield "metric", sentence % {"metric": target.metric, "known": ", ".join(metrics.labels())}
        return
    kinds = [one.kind for one in processes.every() if target.ticket_kind in ("", one.kind)]
    if target.ticket_kind and not kinds:
        sentence = _("There is no type of ticket “%(kind)s”: use %(known)s, or leave it empty.")
        known = ", ".join(one.kind for one in processes.every())
        yield "ticket_kind", sentence % {"kind": target.ticket_kind, "known": known}
    own = [one for kind in kinds if (one := metrics.declared(kind).get(target.metric))]
    if target.pauses_on and own and not any(one.can_pause for one in own):
        yield "pauses_on", _("“%(metric)s” never pauses.") % {"metric": metrics.label(target.metric)}


def _step_faults(step: StepDraft) -> Iterator[str]:
    if (step.percent is None) == (step.offset_seconds is None):
        yield _("A step comes at a percentage of the target, or at an offset from due: give one of the two.")
    if step.percent is not None and not 1 <= step.percent <= MOST_PERCENT:
        yield _("The percentage of a step lies between 1 and 1000.")
    if step.offset_seconds is not None and abs(step.offset_seconds) > MOST_OFFSET:
        yield _("A step comes a year before or after due at most.")
    if step.counting not in Counting.values:
        yield _("An offset counts in one of: %(known)s.") % {"known": ", ".join(Counting.values)}
    if not step.notify and step.reassign_to is None:
        yield _("A step tells somebody, or gives the ticket to a team.")
    unknown = [name for name in step.notify if name not in (*AUDIENCE, *Role.values)]
    if unknown:
        sentence = _("A step cannot tell “%(name)s”: use assignee, team, lead, on_call or a role.")
        yield sentence % {"name": unknown[0]}
