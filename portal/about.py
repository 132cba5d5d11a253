"""Help and about for a customer's people: whom to ask, and what this program is."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from core import about as program
from portal import frame


@require_safe
@frame.door
def about(request: HttpRequest) -> HttpResponse:
    """Led to from the footer of every page."""
    return frame.page(
        request, "portal/about.html", "about", contact=frame.installation(request), **program.facts()
    )
