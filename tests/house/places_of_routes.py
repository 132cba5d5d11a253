"""What stands in the places of each address when people of Acme try it: Beta's records (see routes.py)."""

from typing import Any

from accounts.models import Rota, RotaSwap
from automation.models import Macro, Rule, SavedText, Schedule, TicketTemplate
from calendars.models import Calendar
from catalogue.models import ServiceRequirement
from incidents.models import StatusNotice
from reporting.models import ServiceReport
from slas.models import Agreement, Gap
from tickets.models import AffectedItem

LEVELS = "desk/service-levels/"


def values_of(side: Any, ticket: Any, file: Any) -> dict[str, object]:
    """What stands in the places of an address: by name, then by converter."""
    agreement = Agreement.objects.get(customer=side.customer)
    return {
        "number": ticket.number,
        "slug": side.customer.slug,
        "pk": ticket.pk,
        "id": file.pk,
        "verb": "note",
        "field": "assignee",
        "desk/settings/slug": "people",
        "desk/settings/key": side.requester.pk,
        **{f"{one}agreements/key": agreement.pk for one in (LEVELS, "", "supplier/")},
        f"{LEVELS}requirements/key": ServiceRequirement.objects.get(customer=side.customer).pk,
        f"{LEVELS}agreements/deed": "withdraw",
        "api/v1/people/id": side.requester.pk,
        "api/v1/services/slug": side.service.slug,
        "api/v1/configuration-items/id": AffectedItem.objects.filter(ticket=ticket)[0].item_id,
        "api/v1/rotas/id": Rota.objects.get(team__customer=side.customer).pk,
        "swap_id": RotaSwap.objects.get(rota__team__customer=side.customer).pk,
        "api/v1/calendars/id": Calendar.objects.get(customer=side.customer).pk,
        "api/v1/service-requirements/id": ServiceRequirement.objects.get(customer=side.customer).pk,
        "api/v1/gaps/id": Gap.objects.filter(customer=side.customer)[0].pk,
        "gap_id": Gap.objects.filter(customer=side.customer)[0].pk,
        "api/v1/agreements/id": agreement.pk,
        "api/v1/macros/id": Macro.objects.get(customer=side.customer).pk,
        "api/v1/saved-texts/id": SavedText.objects.get(customer=side.customer).pk,
        "api/v1/ticket-templates/id": TicketTemplate.objects.get(customer=side.customer).pk,
        "api/v1/routing-rules/id": Rule.objects.get(customer=side.customer).pk,
        "api/v1/recurring-tickets/id": Schedule.objects.get(customer=side.customer).pk,
        "api/v1/status-notices/id": StatusNotice.objects.filter(customer=side.customer)[0].pk,
        "api/v1/service-reports/id": ServiceReport.objects.get(customer=side.customer).pk,
        "report_id": ServiceReport.objects.get(customer=side.customer).pk,
        "macro_id": Macro.objects.get(customer=side.customer).pk,
        "file_id": file.pk,
    }


def body_of(values: dict[str, object]) -> dict[str, Any]:
    """A body that names Beta's records wherever a field may."""
    return {
        "body": "x",
        "customer": "beta",
        "title": "x",
        "number": values["number"],
        "requester": values["pk"],
    }
