"""Roles as data: what each may do. The permission matrix in docs and tests is derived from this table."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """The roles of the service management system (ISO/IEC 20000-1 5.3)."""

    REQUESTER = "requester", _("Requester")
    CUSTOMER_MANAGER = "customer_manager", _("Customer manager")
    AGENT = "agent", _("Agent")
    TEAM_LEAD = "team_lead", _("Team lead")
    INCIDENT_MANAGER = "incident_manager", _("Incident manager")
    CHANGE_MANAGER = "change_manager", _("Change manager")
    PROBLEM_MANAGER = "problem_manager", _("Problem manager")
    CONFIGURATION_MANAGER = "configuration_manager", _("Configuration manager")
    SERVICE_LEVEL_MANAGER = "service_level_manager", _("Service level manager")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")


CUSTOMER_ROLES = frozenset({Role.REQUESTER, Role.CUSTOMER_MANAGER})

_REQUESTER = frozenset({"ticket.open", "ticket.read_own", "ticket.answer", "ticket.confirm"})
_READER = frozenset(
    {"ticket.read", "message.read_desk", "ticket.read_clocks", "configuration.read", "agreement.read"}
)
_AGENT = _READER | {
    "ticket.open",
    "ticket.work",
    "ticket.note",
    "ticket.assign",
    "person.write",
    "ticket.restrict",
}
_LEAD = _AGENT | {"ticket.override_priority", "ticket.cancel_any", "ticket.break_glass", "macro.write"}

# No role: what the people of a supplier may do with what was handed to them, whichever customer it is of.
SUPPLIER_PERMISSIONS = frozenset({"handover.work"})

PERMISSIONS: dict[str, frozenset[str]] = {
    Role.REQUESTER: _REQUESTER,
    Role.CUSTOMER_MANAGER: _REQUESTER | {"ticket.read_customer", "agreement.approve", "report.read"},
    Role.AGENT: _AGENT,
    Role.TEAM_LEAD: _LEAD | {"delivery.retry"},
    Role.INCIDENT_MANAGER: _LEAD | {"category.write", "delivery.retry"},
    Role.CHANGE_MANAGER: _AGENT,
    Role.PROBLEM_MANAGER: _AGENT,
    Role.CONFIGURATION_MANAGER: _AGENT | {"configuration.write"},
    Role.SERVICE_LEVEL_MANAGER: _AGENT | {"agreement.write", "calendar.write"},
    Role.AUDITOR: _READER | {"settings.read", "delivery.read"},
    Role.ADMINISTRATOR: _READER
    | {
        "settings.read",
        "settings.write",
        "customer.write",
        "person.write",
        "user.write",
        "team.write",
        "category.write",
        "macro.write",
        "rule.write",
        "agreement.write",
        "calendar.write",
        "configuration.write",
        "delivery.read",
        "delivery.retry",
        "mail.read",
        "import.run",
    },
}


def permissions_of(roles: list[str]) -> frozenset[str]:
    """Everything that any of these roles may do."""
    return frozenset().union(*(PERMISSIONS[role] for role in roles))
