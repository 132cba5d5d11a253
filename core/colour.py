"""Whether a colour can be read on another one: the contrast of WCAG 2.2, by relative luminance. Pure."""

import re

from django.utils.translation import gettext as _

from core import errors

READABLE = 4.5  # the least contrast of text (WCAG 1.4.3)
# What the accent must be read on: the surfaces of frontend/css/tokens.css, by theme.
LIGHT = ("#FFFFFF", "#F1F4F2")
DARK = ("#161C1B", "#0E1312")
_HEX = re.compile(r"#[0-9A-Fa-f]{6}")


def luminance(colour: str) -> float:
    """The relative luminance of #RRGGBB, from 0 (black) to 1 (white)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast of two colours #RRGGBB, from 1 (none) to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def require_readable(colour: str, grounds: tuple[str, ...], *, field: str) -> str:
    """The colour in capitals; empty stays empty. Raises Invalid (no colour, or too little contrast on a ground)."""
    if not colour:
        return ""
    if not _HEX.fullmatch(colour):
        raise errors.required(
            field, _("“%(text)s” is no colour: write it like #0B636D.") % {"text": colour[:20]}
        )
    worst = min(contrast(colour, ground) for ground in grounds)
    if worst < READABLE:
        raise errors.required(
            field,
            _("%(colour)s cannot be read here: its contrast is %(found).1f, and 4.5 is needed.")
            % {"colour": colour, "found": worst},
        )
    return colour.upper()


def shade(colour: str, towards: str, share: float) -> str:
    """The colour moved by this share (0 to 1) towards another one: for the pointer resting on it, and for tints."""
    pairs = ((int(colour[place : place + 2], 16), int(towards[place : place + 2], 16)) for place in (1, 3, 5))
    return "#" + "".join(f"{round(own + (other - own) * share):02X}" for own, other in pairs)
