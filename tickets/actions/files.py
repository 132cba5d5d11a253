"""Files: stored first, seen by the uploader only, taken by a message, dropped after 24 hours otherwise."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterable

import puremagic
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from core import errors
from core.actor import Actor
from tickets.models import Attachment, Draft, Message, PendingSend, Upload

KEEP_UNCLAIMED = dt.timedelta(hours=24)
UNKNOWN = "application/octet-stream"


def upload(file: UploadedFile, *, by: Actor, at: dt.datetime) -> Upload:
    """Store one file for this caller. Its type is read from its bytes, never believed. Raises TooLarge."""
    if file.size > settings.ATTACHMENT_LIMIT:
        raise errors.TooLarge(
            _("“%(name)s” is larger than %(limit)s MB: send a smaller file or a link.")
            % {"name": file.name, "limit": settings.ATTACHMENT_LIMIT // 1_000_000}
        )
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    key = default_storage.save(f"attachments/{at:%Y/%m}/{uuid.uuid4().hex}", file)
    return Upload.objects.create(
        caller=by.key, name=str(file.name or "file")[-255:], content_type=_sniff(file), size=file.size,
        sha256=digest, storage_key=key, created_at=at,
    )  # fmt: skip


def claim_uploads(message: Message, ids: Iterable[str], *, by: Actor, at: dt.datetime) -> list[Attachment]:
    """Turn the caller's uploads into the message's attachments. Raises Invalid for one that is not his or is gone."""
    wanted = list(dict.fromkeys(str(one) for one in ids))
    if not wanted:
        return []
    found = _find(wanted, by)
    missing = [one for one in wanted if one not in found]
    if missing:
        raise errors.required(
            "attachments", _("The file %(id)s is no longer here: add it again.") % {"id": missing[0]}
        )
    made = Attachment.objects.bulk_create(_attachment(message, found[one], at) for one in wanted)
    Upload.objects.filter(id__in=wanted).delete()
    return made


def drop_unclaimed(*, by: Actor, at: dt.datetime) -> int:
    """Forget the caller's files that no message took in 24 hours, but for those that wait with a draft or in the
    outbox. Returns how many."""
    drafts = Draft.objects.filter(caller=by.key).values_list("uploads", flat=True)
    pending = PendingSend.objects.filter(author_id=by.user_id).values_list("uploads", flat=True)
    waiting = {one for ids in [*drafts, *pending] for one in ids}
    old = [
        one
        for one in Upload.objects.filter(caller=by.key, created_at__lt=at - KEEP_UNCLAIMED)
        if one.pk not in waiting
    ]
    for one in old:
        default_storage.delete(one.storage_key)
        one.delete()
    return len(old)


def _find(ids: list[str], by: Actor) -> dict[str, Upload]:
    try:
        return {str(one.pk): one for one in Upload.objects.filter(id__in=ids, caller=by.key)}
    except ValidationError as error:
        sentence = _("An attachment is named by the id that the upload answered.")
        raise errors.Malformed(sentence, errors={"attachments": [sentence]}) from error


def _attachment(message: Message, one: Upload, at: dt.datetime) -> Attachment:
    return Attachment(
        customer_id=message.customer_id, compartment=message.compartment, ticket_id=message.ticket_id,
        message=message, audience=message.audience, name=one.name, content_type=one.content_type,
        size=one.size, sha256=one.sha256, storage_key=one.storage_key, created_at=at,
    )  # fmt: skip


def _sniff(file: UploadedFile) -> str:
    head = file.read(4096)
    file.seek(0)
    try:
        return puremagic.from_string(head, mime=True, filename=file.name) or UNKNOWN
    except (puremagic.PureError, ValueError):
        return UNKNOWN
