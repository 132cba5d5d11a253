"""Small parts that only the desk's pages use."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts import once as once_only
from core.templatetags import parts

register = template.Library()


@register.simple_tag
def once() -> SafeString:
    """{% once %} inside a form: its key, so that sending it twice counts once."""
    return format_html('<input type="hidden" name="{}" value="{}">', once_only.FIELD, once_only.new_key())


@register.filter
def caps(key: str) -> str:
    """{% key verb.key|caps %}: the words on the cap of a `data-key` value, in a menu."""
    return parts.key_caps(key)
