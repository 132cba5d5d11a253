"""Tags of templates that need no page to be drawn: done when the template is read instead of at every page."""

from django import template
from django.template import base


def settle(register: template.Library, name: str) -> None:
    """Let the simple tag of this name be plain text wherever all its words are written in the template."""
    compiled = register.tags[name]

    def compile_(parser: base.Parser, token: base.Token) -> template.Node:
        node = compiled(parser, token)
        given = [*node.args, *node.kwargs.values()]
        if node.target_var or not all(isinstance(one.var, str) and not one.filters for one in given):
            return node
        return base.TextNode(
            node.func(*(one.var for one in node.args), **{key: one.var for key, one in node.kwargs.items()})
        )

    register.tags[name] = compile_
