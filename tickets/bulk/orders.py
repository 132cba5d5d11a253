"""What is to be done to many tickets: a verb with its values, or plain fields; checked before anything is touched."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Person, Site, email_key
from catalogue.models import Category
from cmdb.models import ConfigurationItem
from core import errors
from core.actor import Actor
from tickets import inputs, processes
from tickets.choices import Level, LinkKind
from tickets.engine import Field, Transition

MOST = 500  # by number, one by one; a filter has no limit
ADD_CHILD = "add_child"  # no verb of a workflow: links each ticket to one parent
CHILD_FIELDS = (Field("parent", "number", _("Parent"), required=True),)
# About one ticket's own parts, or with an address of their own: never for many at once.
ONE_BY_ONE = frozenset(
    {"change", "link", "involve", "restrict", "lift_restriction", "split", "move_to_customer"}
)
WITHOUT_FILES = frozenset({"uploads"})  # an upload belongs to one message
INVERSES = frozenset({"assign", "watch", "merge", ADD_CHILD})  # beside fields: what can be taken back


@dataclass(frozen=True)
class Order:
    """One thing for many tickets: `verb` with `values`, or `fields` by hand; raw, as a JSON body has them."""

    verb: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)

    @property
    def can_be_undone(self) -> bool:
        return bool(self.fields) or self.verb in INVERSES

    @property
    def name(self) -> str:
        """In a word, for people."""
        if self.fields:
            return _("Change fields")
        return str(_("Add to a parent") if self.verb == ADD_CHILD else transitions(self.verb)[0].label)


def of(arguments: Mapping[str, Any]) -> Order:
    """The order of a job's arguments."""
    return Order(arguments["verb"], arguments["values"], arguments["fields"])


def transitions(verb: str) -> list[Transition]:
    """The transitions of this verb, one per process that has it. Raises Malformed."""
    found = [one.workflow.transitions[verb] for one in processes.every() if verb in one.workflow.transitions]
    if not found or verb in ONE_BY_ONE:
        sentence = _("“%(verb)s” cannot be done to many tickets at once.") % {"verb": verb[:40]}
        raise errors.Malformed(sentence, errors={"verb": [sentence]})
    return found


def check(order: Order, by: Actor) -> None:
    """Whether the order can be read at all. Raises Malformed, Invalid (something is missing)."""
    if bool(order.verb) == bool(order.fields) or (order.values and not order.verb):
        sentence = _("Give a verb with its values, or fields: one of the two.")
        raise errors.Malformed(sentence, errors={"verb": [sentence]})
    if order.fields:
        read_fields(order.fields, by)
        return
    declared = CHILD_FIELDS if order.verb == ADD_CHILD else transitions(order.verb)[0].fields
    values = inputs.clean([one for one in declared if one.type not in WITHOUT_FILES], order.values, by)
    missing = {
        one.name: [_("This is needed.")] for one in declared if one.required and not values.get(one.name)
    }
    if order.verb == "assign" and not values:
        missing = {"assignee": [_("Say to whom, or to which team.")]}
    if missing:
        raise errors.Invalid(_("Fill in: %(names)s.") % {"names": ", ".join(missing)}, errors=missing)


def read_fields(raw: Mapping[str, Any], by: Actor, customer_id: int | None = None) -> dict[str, Any]:
    """The values of plain fields, as one ticket of this customer takes them; without a customer whether they can be
    read at all. Raises Malformed, with a sentence per field."""
    wrong: dict[str, list[str]] = {}
    values: dict[str, Any] = {}
    for name, value in raw.items():
        try:
            if name in _OF_CUSTOMER:
                values[name] = _OF_CUSTOMER[name](value, by, customer_id)
            else:
                values[name] = _READERS[name](value, by)
        except KeyError:
            known = ", ".join({**_READERS, **_OF_CUSTOMER})
            wrong[name] = [_("Many tickets at once take: %(names)s.") % {"names": known}]
        except inputs.Wrong as error:
            wrong[name] = [str(error)]
    if wrong:
        raise errors.Malformed(
            _("These fields are wrong: %(names)s.") % {"names": ", ".join(wrong)}, errors=wrong
        )
    return values


def _level(value: Any, _by: Actor) -> int:
    if isinstance(value, bool) or value not in Level.values:
        raise inputs.Wrong(_("Choose one of: %(known)s.") % {"known": ", ".join(map(str, Level.values))})
    return int(value)


def _priority(value: Any, _by: Actor) -> int | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 99):
        raise inputs.Wrong(_("This must be a whole number."))
    return value


def _words(value: Any, by: Actor) -> str:
    return inputs.read_text(value, Field("text", "text"), by)[:1_000]


def _category(value: Any, by: Actor) -> Category | None:
    found = Category.objects.visible_to(by).filter(slug=str(value)[:80], is_active=True).first()
    if value is not None and found is None:
        raise inputs.Wrong(_("There is no category “%(value)s”.") % {"value": str(value)[:80]})
    return found


def _service(value: Any, by: Actor) -> ConfigurationItem | None:
    found = ConfigurationItem.objects.services().visible_to(by).filter(slug=str(value)[:80]).first()
    if value is not None and found is None:
        raise inputs.Wrong(_("There is no service “%(value)s”.") % {"value": str(value)[:80]})
    return found


def _site(value: Any, by: Actor, customer_id: int | None) -> Site | None:
    rows = Site.objects.of_customers(by)
    return _found(rows, value, customer_id, _("This customer has no such site."))


def _requester(value: Any, by: Actor, customer_id: int | None) -> Person | None:
    rows = Person.objects.visible_to(by).filter(is_active=True)
    return _found(rows, value, customer_id, _("This customer has no such person."), "email_key")


def _found(rows: QuerySet, value: Any, customer_id: int | None, sentence: str, name: str = "") -> Any:
    """The row with this id, or this word, of the ticket's own customer."""
    if value is None:
        return None
    text = str(value).strip()
    by_id = text.isdecimal() and len(text) < 19
    if not by_id and not name:
        raise inputs.Wrong(sentence)
    rows = rows.filter(pk=int(text)) if by_id else rows.filter(**{name: email_key(text[:250])})
    found = (rows.filter(customer_id=customer_id) if customer_id else rows).order_by("id").first()
    if found is None:
        raise inputs.Wrong(sentence)
    return found


def _item(value: Any, by: Actor) -> ConfigurationItem:
    text = str(value)
    rows = ConfigurationItem.objects.visible_to(by)
    found = rows.filter(pk=int(text)).first() if text.isdecimal() and len(text) < 19 else None
    if found is None:
        raise inputs.Wrong(_("There is no such configuration item: give its id."))
    return found


def _extra(value: Any, _by: Actor) -> dict[str, Any]:
    if not isinstance(value, dict) or not value:
        raise inputs.Wrong(_("Give custom fields by their keys."))
    return value


_OF_CUSTOMER: dict[str, Callable[[Any, Actor, int | None], Any]] = {"site": _site, "requester": _requester}
_READERS: dict[str, Callable[[Any, Actor], Any]] = {
    "impact": _level,
    "urgency": _level,
    "priority": _priority,
    "priority_reason": _words,
    "category": _category,
    "service": _service,
    "add_item": _item,
    "extra": _extra,
}
LINK = LinkKind.CHILD_OF
