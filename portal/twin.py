"""The static twin of the public status pages: plain files that any front serves while the application is down."""

import os
import tempfile
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.utils import translation

from accounts.models import Portal
from core.actor import ALL
from customers import scoping
from portal import branding, status

SHEET = "app.css"


def folder() -> Path:
    """Where the twin lies: `status` in the local folder."""
    return Path(settings.LOCAL_DIR) / "status"


def write() -> int:
    """Write the page of each customer whose status is public, and take away what is public no more; whole files
    replace whole files. Returns how many pages there are."""
    home = folder()
    with scoping.scope(ALL):
        rows = Portal.objects.filter(status_is_public=True).select_related("customer")
        portals = {one.customer.slug: one for one in rows}
    found = finders.find(SHEET)
    sheet = Path(found).read_text(encoding="utf-8") if found else ""
    for slug, own in portals.items():
        with translation.override(own.customer.language):
            page = status.render_public(slug, is_twin=True)
        if page is not None:
            _put(home / slug / SHEET, sheet)
            _put(home / slug / "look.css", branding.style(own))
            _put(home / slug / "index.html", page)
    _drop_others(home, set(portals))
    return len(portals)


def _drop_others(home: Path, wanted: set[str]) -> None:
    for one in home.iterdir() if home.is_dir() else ():
        if one.is_dir() and one.name not in wanted:
            for name in ("index.html", "look.css", SHEET):
                (one / name).unlink(missing_ok=True)
            one.rmdir()


def _put(path: Path, content: str) -> None:
    """A reader finds the old file or the new one, never half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=".unfinished-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(content)
    Path(unfinished).chmod(0o644)
    Path(unfinished).replace(path)
