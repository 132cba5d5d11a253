"""Pages and REST: the WSGI application that gunicorn serves.

The server loads this once and then forks its workers, so whatever is read here is read once and its memory shared:
addresses with all that they import, words, templates.
"""

import gc
import os
from pathlib import Path

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.template import loader
from django.urls import get_resolver
from django.utils import translation

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "itsm.settings")


def warm_up() -> None:
    """Read what every worker would read for itself at its first requests."""
    _ = get_resolver().reverse_dict  # all addresses, with the modules behind them
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            translation.gettext("Sign in")
    for folder in settings.TEMPLATES[0]["DIRS"]:
        for path in sorted(Path(folder).rglob("*.html")):
            loader.get_template(path.relative_to(folder).as_posix())
    gc.collect()
    gc.freeze()  # a collection in a worker would write to every page it looks at, and so copy it


application = get_wsgi_application()
warm_up()
