"""Help and about: the version, the licence, the keys, and whom to ask."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core import about as program
from customers.models import Installation
from desk import doors, shell


@require_safe
@doors.page
def about(request: HttpRequest) -> HttpResponse:
    """One page for everybody at the desk."""
    ours = Installation.objects.first() or Installation()
    return shell.render(
        request,
        "desk/about.html",
        current="about",
        title=_("Help and about"),
        contact=ours,
        **program.facts(),
    )
