"""Attachments on their way out: as downloads, never as something a browser would run."""

from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core import errors
from desk import doors, records
from tickets.models import Attachment


@require_GET
@doors.page
def download(request: HttpRequest, number: str, file_id: int) -> HttpResponse:
    """One file of a ticket that the actor sees, in an audience that he reads."""
    ticket = records.get_ticket(request, number)
    rows = Attachment.objects.visible_to(request.actor)
    found = rows.filter(pk=file_id, customer_id=ticket.customer_id, ticket=ticket).first()
    if found is None:
        raise errors.NotFound(_("There is no such file here, or it is not yours to see."))
    if not default_storage.exists(found.storage_key):
        raise errors.NotFound(
            _("The content of “%(name)s” is missing in the file storage: tell an administrator.")
            % {"name": found.name}
        )
    response = FileResponse(
        default_storage.open(found.storage_key),
        as_attachment=True,
        filename=found.name,
        content_type=found.content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response
