"""From the parts of a text to the two bodies of a mail, and words that are safe in its headers."""

from django.template.loader import render_to_string

from notifications.texts import Text


def lay_out(text: Text, language: str) -> dict[str, str]:
    """The same parts as plain text and as simple HTML."""
    context = {"text": text, "language": language, "subject": one_line(text.subject)}
    return {
        "text": render_to_string("emails/message.txt", context),
        "html": render_to_string("emails/message.html", context),
    }


def one_line(words: str) -> str:
    """Words fit for a header: no line breaks, no control characters, so that nothing can be smuggled in."""
    return " ".join("".join(one if one.isprintable() else " " for one in words).split())
