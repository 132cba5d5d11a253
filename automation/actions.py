"""The verbs about what is prepared and what runs by itself: each with version, reason and entry (decision 22).

What is one's own needs the right to work on tickets; a team's, everybody's, rules and schedules need `macro.write`
or `rule.write`.
"""

import datetime as dt
import zoneinfo
from typing import Any

from django.utils.translation import gettext as _

from accounts import settings
from automation import occurrences, variables
from automation.choices import Frequency, MonthDay
from automation.models import Macro, Rule, SavedText, Schedule, TicketTemplate
from automation.models.owned import MANAGE, Owned
from cmdb.models import Subscription
from core import errors
from core.actor import Actor
from tickets import people, processes, reference

RULES = "rule.write"
MOST_OF = {MonthDay.DATE: 31, MonthDay.WEEKDAY: 5, MonthDay.WORKING_DAY: 23}
SET = ("set_team_id", "set_assignee_id", "set_category_id", "set_priority")


def create_prepared(row: Owned, *, by: Actor, at: dt.datetime, reason: str = "") -> Owned:
    """Add a macro, a saved text or a template. Raises Forbidden, Invalid (unknown variable, nothing to do), Conflict
    (name taken). Records macro.created, saved_text.created or ticket_template.created."""
    _require_prepared(row, by)
    _check_prepared(row)
    return settings.create(row, by=by, at=at, reason=reason)


def change_prepared(
    row: Owned,
    *,
    by: Actor,
    at: dt.datetime,
    fields: dict[str, Any],
    version: int | None = None,
    reason: str = "",
) -> Owned:
    """Change a macro, a saved text or a template. Raises Forbidden, Invalid, Conflict, Stale.
    Records macro.changed, saved_text.changed or ticket_template.changed."""
    _require_prepared(row, by)
    wanted = type(row)._default_manager.get(pk=row.pk)
    for name, value in fields.items():
        setattr(wanted, name, value)
    _require_prepared(wanted, by)
    _check_prepared(wanted)
    return settings.change(row, by=by, at=at, fields=fields, version=version, reason=reason)


def create_rule(rule: Rule, *, by: Actor, at: dt.datetime, reason: str = "") -> Rule:
    """Add a routing rule (8.6.1). Raises Forbidden, Invalid (no effect, wrong priority or person), Conflict.
    Records routing_rule.created."""
    settings.require(by, RULES, rule.customer_id)
    _check_rule(rule)
    return settings.create(rule, by=by, at=at, reason=reason)


def change_rule(
    rule: Rule,
    *,
    by: Actor,
    at: dt.datetime,
    fields: dict[str, Any],
    version: int | None = None,
    reason: str = "",
) -> Rule:
    """Change a routing rule, its place, or switch it on or off. Raises Forbidden, Invalid, Conflict, Stale.
    Records routing_rule.changed."""
    settings.require(by, RULES, rule.customer_id)
    wanted = Rule.objects.get(pk=rule.pk)
    for name, value in fields.items():
        setattr(wanted, name, value)
    settings.require(by, RULES, wanted.customer_id)
    _check_rule(wanted)
    return settings.change(rule, by=by, at=at, fields=fields, version=version, reason=reason)


def create_schedule(schedule: Schedule, *, by: Actor, at: dt.datetime, reason: str = "") -> Schedule:
    """Add a recurring ticket of a customer. Its first occurrence lies after `at`.

    Raises Forbidden, Invalid (never occurs, a template of another customer), Conflict.
    Records recurring_ticket.created.
    """
    settings.require(by, RULES, schedule.customer_id)
    _check_schedule(schedule)
    _aim(schedule, at)
    return settings.create(schedule, by=by, at=at, reason=reason)


def change_schedule(
    schedule: Schedule,
    *,
    by: Actor,
    at: dt.datetime,
    fields: dict[str, Any],
    version: int | None = None,
    reason: str = "",
) -> Schedule:
    """Change a recurring ticket, or switch it on or off; it goes on with what lies after `at`, never with the past.
    Raises Forbidden, Invalid, Conflict, Stale. Records recurring_ticket.changed."""
    settings.require(by, RULES, schedule.customer_id)
    wanted = Schedule.objects.get(pk=schedule.pk, customer_id=schedule.customer_id)
    for name, value in fields.items():
        setattr(wanted, name, value)
    _check_schedule(wanted)
    saved = settings.change(schedule, by=by, at=at, fields=fields, version=version, reason=reason)
    _aim(saved, at)
    saved.save(update_fields=["checked_on", "next_at"])
    return saved


def _require_prepared(row: Owned, by: Actor) -> None:
    if row.user_id is None:
        settings.require(by, MANAGE, row.customer_id)
    elif row.user_id != by.user_id:
        raise errors.Forbidden(_("“%(name)s” is somebody's own.") % {"name": row.name})
    else:
        settings.require(by, "ticket.work", row.customer_id)


def _check_prepared(row: Owned) -> None:
    if not row.name.strip():
        raise errors.required("name", _("A name is needed."))
    if isinstance(row, Macro):
        _check_macro(row)
    elif isinstance(row, SavedText):
        if not row.body.strip():
            raise errors.required("body", _("A text is needed."))
        variables.check("body", row.body)
    elif isinstance(row, TicketTemplate):
        _check_template(row)


def _check_macro(row: Macro) -> None:
    variables.check("reply", row.reply)
    variables.check("note", row.note)
    for name, value in row.values.items():
        if isinstance(value, str):
            variables.check("values", value)
        elif not isinstance(value, int | float | bool | None):
            raise errors.required("values", _("“%(name)s” is no plain value.") % {"name": name})
    _check_verb(row)
    _check_level(row.set_priority)
    if not (row.reply or row.note or row.verb or row.takes or any(getattr(row, one) for one in SET)):
        raise errors.Invalid(_("A macro does something: give it a text, a change or a verb."))


def _check_verb(row: Macro) -> None:
    if not row.verb:
        return
    tables = [one.workflow.transitions for one in processes.every()]
    offered = [table[row.verb] for table in tables if row.verb in table]
    if not offered or row.verb in NOT_BY_MACRO:
        raise errors.required("verb", _("There is no verb “%(verb)s” for macros.") % {"verb": row.verb})
    known = {field.name for field in offered[0].fields}
    strange = sorted(set(row.values) - known)
    if strange:
        sentence = _("“%(verb)s” takes no “%(name)s”.") % {"verb": row.verb, "name": strange[0]}
        raise errors.required("values", sentence)


def _check_template(row: TicketTemplate) -> None:
    if not row.title.strip():
        raise errors.required("title", _("A title is needed."))
    if row.kind not in {one.kind for one in processes.every()}:
        raise errors.required("kind", _("There is no process “%(kind)s” here.") % {"kind": row.kind})
    if row.service_id and row.customer_id:
        taken = Subscription.objects.filter(customer_id=row.customer_id, service_id=row.service_id)
        if not taken.exists():
            raise errors.required("service", _("This customer does not take that service."))


def _check_rule(rule: Rule) -> None:
    if not rule.name.strip():
        raise errors.required("name", _("A name is needed."))
    if not (rule.set_team_id or rule.set_assignee_id or rule.set_priority):
        raise errors.Invalid(_("A rule does something: a team, an assignee or a priority."))
    for level in (rule.set_priority, *rule.priorities):
        _check_level(level)
    if rule.set_assignee and rule.customer_id:
        people.require_worker(rule.set_assignee, rule.customer_id)


def _check_level(level: int | None) -> None:
    if level and level not in {one.level for one in reference.priorities()}:
        raise errors.required("set_priority", _("There is no such priority here."))


def _check_schedule(row: Schedule) -> None:
    if row.time_zone not in zoneinfo.available_timezones():
        raise errors.required("time_zone", _("There is no such time zone."))
    if row.template.customer_id not in (None, row.customer_id):
        raise errors.required("template", _("This template is another customer's."))
    if row.template.user_id:
        raise errors.required("template", _("A template of one's own opens nothing by itself."))
    if row.requester and row.requester.customer_id != row.customer_id:
        raise errors.required("requester", _("The requester belongs to another customer."))
    if row.ends_on and row.ends_on < row.starts_on:
        raise errors.required("ends_on", _("It ends before it starts."))
    _check_days(row)


def _check_days(row: Schedule) -> None:
    if row.frequency not in Frequency.values:
        raise errors.required("frequency", _("Choose how often."))
    if row.frequency == Frequency.WEEKLY and not row.weekdays:
        raise errors.required("weekdays", _("Choose at least one weekday."))
    if row.frequency == Frequency.MONTHLY:
        number = row.month_number or 0
        most = MOST_OF[MonthDay(row.month_day or MonthDay.DATE)]
        if not (number == -1 or 1 <= number <= most):
            raise errors.required(
                "month_number", _("Say which one: 1 to %(most)d, or -1 for the last.") % {"most": most}
            )
        if row.month_day == MonthDay.WEEKDAY and not row.weekdays:
            raise errors.required("weekdays", _("Choose the weekday."))
    if not occurrences.days(row, row.starts_on, 1):
        raise errors.Invalid(_("This would never occur: look at the days again."))


def _aim(row: Schedule, at: dt.datetime) -> None:
    """Let the schedule go on with the first occurrence after `at`."""
    following = occurrences.after(row, at, 1)
    row.checked_on = occurrences.local_day(row, at)
    row.next_at = following[0].due_at if following and row.is_on else None


NOT_BY_MACRO = frozenset(
    {"reply", "note", "change", "link", "assign", "apply_macro", "merge", "split", "move"}
)
