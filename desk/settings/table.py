"""The table of contents of the Settings: every section, in the order of the index."""

from accounts.roles import PERMISSIONS, Role
from desk.settings import (
    access,
    codes,
    custom_fields,
    levels,
    major,
    people,
    portals,
    prepared,
    rotas,
    rules,
    services,
)
from desk.settings.section import Section

SECTIONS: dict[str, Section] = {
    one.slug: one
    for one in (
        *people.SECTIONS,
        rotas.SECTION,
        *portals.SECTIONS,
        *access.SECTIONS,
        people.INSTALLATION,
        *services.SECTIONS,
        codes.SECTION,
        custom_fields.SECTION,
        *levels.SECTIONS,
        *prepared.SECTIONS,
        *rules.SECTIONS,
        *major.SECTIONS,
    )
}


def roles_with(permission: str) -> str:
    """The names of the roles that hold a permission, for a sentence."""
    return ", ".join(str(Role(role).label) for role, held in PERMISSIONS.items() if permission in held)
