"""Why this deadline: every clock of the agreement with us, as its customer reads it. No inner clock, name or rule."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from portal import frame, queries, showing
from slas import pages


@require_safe
@frame.door
def why(request: HttpRequest, number: str) -> HttpResponse:
    """The bar of each clock and the arithmetic in sentences."""
    ticket = queries.get_request(number, request.actor)
    clocks = pages.of_ticket(ticket, request.actor)
    return frame.page(
        request,
        "portal/why.html",
        "requests",
        ticket={"number": ticket.number, "title": ticket.title},
        clocks=clocks,
        back_url=showing.url_of(ticket),
    )
