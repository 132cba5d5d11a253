"""What this program says of itself, read once from the packaging file."""

import functools
import tomllib

from django.conf import settings


@functools.cache
def facts() -> dict[str, str]:
    """`version` and `licence` (its short name) as pyproject.toml has them."""
    with (settings.BASE_DIR / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    return {"version": str(project["version"]), "licence": str(project["license"])}
