"""What a door brings for an agreement: plain values and rows that it has looked up, checked here against the rules."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

from django.utils.translation import gettext as _

from accounts.models import Team
from accounts.roles import Role
from calendars.models import Calendar
from catalogue.models import Category
from cmdb.models import ConfigurationItem
from core import errors
from customers.models import Customer
from slas.choices import AUDIENCE, AgreementKind, Counting, Metric
from slas.models import Agreement
from tickets.choices import HoldKind


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
    calendar: Calendar | None = None
    pauses_on: Sequence[str] = ()
    steps: Sequence[StepDraft] = ()

    @property
    def case(self) -> tuple[str, str, int | None, int | None]:
        """For which tickets it is: two targets of one agreement may not share it."""
        return self.metric, self.ticket_kind, self.priority, self.category.pk if self.category else None


@dataclass(frozen=True, kw_only=True)
class AgreementDraft:
    """A whole agreement. `customer` None = the installation's best effort. `services` None = all of the customer."""

    customer: Customer | None
    name: str
    calendar: Calendar
    targets: Sequence[TargetDraft]
    kind: str = AgreementKind.SLA
    services: Sequence[ConfigurationItem] | None = None
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    based_on: Agreement | None = None


FIELDS = tuple(one.name for one in fields(AgreementDraft) if one.name not in ("customer", "kind"))


def check(draft: AgreementDraft) -> None:
    """Raises Invalid with a sentence for each wrong field."""
    wrong = {name: [sentence] for name, sentence in _faults(draft)}
    if wrong:
        raise errors.Invalid(next(iter(wrong.values()))[0], errors=wrong)


def _faults(draft: AgreementDraft) -> Iterator[tuple[str, str]]:
    if not draft.name.strip():
        yield "name", _("An agreement needs a name.")
    if draft.kind not in AgreementKind.values:
        yield "kind", _("An agreement is one of: %(kinds)s.") % {"kinds": ", ".join(AgreementKind.values)}
    if draft.customer is None and draft.services is not None:
        yield "services", _("The best effort of the installation covers all services.")
    if draft.valid_from and draft.valid_to and draft.valid_to < draft.valid_from:
        yield "valid_to", _("The agreement ends before it begins.")
    if not draft.targets:
        yield "targets", _("An agreement needs at least one target.")
    if draft.services is not None and not draft.services:
        yield "services", _("Name at least one service, or let the agreement cover all.")
    yield from (("targets", sentence) for target in draft.targets for sentence in _target_faults(target))
    cases = [one.case for one in draft.targets]
    if len(set(cases)) < len(cases):
        yield "targets", _("Two targets of this agreement are for the same tickets: keep one of them.")


def _target_faults(target: TargetDraft) -> Iterator[str]:
    name = {"metric": target.metric, "priority": target.priority or _("any priority")}
    if not target.metric or len(target.metric) > 24:
        yield _("A target needs a metric: %(known)s, or a name of up to 24 letters.") % {
            "known": ", ".join(Metric.values)
        }
    if target.seconds <= 0:
        yield _("The target %(metric)s for %(priority)s needs a time above 0.") % name
    if target.metric == Metric.FIRST_RESPONSE and target.pauses_on:
        yield _("A first response never pauses: nobody waits for a customer who has not been answered yet.")
    unknown = [kind for kind in target.pauses_on if kind not in HoldKind.values]
    if unknown:
        yield _("“%(kind)s” is no kind of waiting: use %(known)s.") % {
            "kind": unknown[0],
            "known": ", ".join(HoldKind.values),
        }
    yield from (sentence for step in target.steps for sentence in _step_faults(step))


def _step_faults(step: StepDraft) -> Iterator[str]:
    if (step.percent is None) == (step.offset_seconds is None):
        yield _("A step comes at a percentage of the target, or at an offset from due: give one of the two.")
    if step.percent is not None and not 1 <= step.percent <= 1000:
        yield _("The percentage of a step lies between 1 and 1000.")
    if step.counting not in Counting.values:
        yield _("An offset counts in one of: %(known)s.") % {"known": ", ".join(Counting.values)}
    if not step.notify and step.reassign_to is None:
        yield _("A step tells somebody, or gives the ticket to a team.")
    unknown = [name for name in step.notify if name not in (*AUDIENCE, *Role.values)]
    if unknown:
        yield _("A step cannot tell “%(name)s”: use assignee, team, lead or a role.") % {"name": unknown[0]}
