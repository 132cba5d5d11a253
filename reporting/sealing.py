"""The seal on what was issued: HMAC-SHA256 over canonical JSON, with a key that only this installation can derive."""

import hmac
import json
from typing import Any

from django.conf import settings
from django.utils.crypto import salted_hmac

from core import time
from reporting.models import Amendment, ServiceReport

SALT = "reporting.sealing.1"


def canonical(value: Any) -> str:
    """A value as one text, whatever order its keys were stored in."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def of_report(report: ServiceReport, *, key: str | None = None) -> str:
    """The signature that belongs to an issued report as it stands."""
    content = {
        "report": report.pk,
        "customer": report.customer_id,
        "from_on": report.from_on.isoformat(),
        "to_on": report.to_on.isoformat(),
        "time_zone": report.time_zone,
        "formula": report.formula_version,
        "issued_at": time.iso(report.issued_at),
        "issued_by": report.issued_by_label,
        "figures": report.figures,
        "lists": report.lists,
    }
    return _sign(content, key)


def of_amendment(amendment: Amendment, before: str, *, key: str | None = None) -> str:
    """The signature that belongs to an amendment after the one signed `before`."""
    content = {
        "report": amendment.report_id,
        "customer": amendment.customer_id,
        "number": amendment.number,
        "reason": amendment.reason,
        "formula": amendment.formula_version,
        "at": time.iso(amendment.at),
        "by": amendment.by_label,
        "figures": amendment.figures,
        "lists": amendment.lists,
        "before": before,
    }
    return _sign(content, key)


def is_intact(report: ServiceReport, amendments: list[Amendment]) -> bool:
    """Whether report and amendments are what was signed, each of them and all of them in their order.

    Signatures by a key that has been replaced since still count (SECRET_KEY_FALLBACKS).
    """
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if not _matches(report.signature, [of_report(report, key=key) for key in keys]):
        return False
    before = report.signature
    for place, one in enumerate(amendments, 1):
        signed = [of_amendment(one, before, key=key) for key in keys]
        if one.number != place or not _matches(one.signature, signed):
            return False
        before = one.signature
    return True


def _sign(content: dict[str, Any], key: str | None) -> str:
    return salted_hmac(SALT, canonical(content), secret=key, algorithm="sha256").hexdigest()


def _matches(signature: str, expected: list[str]) -> bool:
    return any(hmac.compare_digest(signature, one) for one in expected)
