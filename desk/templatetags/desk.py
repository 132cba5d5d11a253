"""Small parts that only the desk's pages use."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from desk import once as once_only

register = template.Library()


@register.simple_tag
def once() -> SafeString:
    """{% once %} inside a form: its key, so that sending it twice counts once."""
    return format_html('<input type="hidden" name="{}" value="{}">', once_only.FIELD, once_only.new_key())
