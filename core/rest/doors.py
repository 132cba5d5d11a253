"""The base of every REST resource. A door loads what the caller may see, calls ONE action, and answers the record."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from core import errors, time
from core.actor import Actor
from core.rest import etags, fields, pages
from core.rest.records import Input, Record

Expansion = Callable[[Sequence[Any], Actor], Mapping[Any, Any]]


def nothing_here() -> errors.NotFound:
    """The one answer for what was never given and for what the caller may not see."""
    return errors.NotFound(_("There is nothing at this address, or you may not see it."))


class Door(viewsets.GenericViewSet):
    """One resource.

    `resource` is its name in scopes; `record` shapes answers, `input` and `change` what is written. `filters` maps a
    name of the query string to `(value, actor) -> Q`; `orderings` a name to its key-set order. An expansion answers,
    for the rows of one page, a mapping from primary key to what `?expand=` puts in.
    """

    resource: ClassVar[str] = ""
    model: ClassVar[type[Model]]
    record: ClassVar[type[Record]]
    input: ClassVar[type[Input] | None] = None
    change: ClassVar[type[Input] | None] = None
    order: ClassVar[tuple[str, ...]] = ("id",)
    orderings: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    filters: ClassVar[Mapping[str, Any]] = {}
    expansions: ClassVar[Mapping[str, Expansion]] = {}
    parameters: Sequence[
        str
    ] = ()  # of one action, beyond `fields` and `expand`; @action(parameters=…) sets it
    needs: str = ""  # the kind of scope an action needs where its method does not say: @action(needs="read")
    http_method_names = ("get", "head", "post", "patch", "delete")
    lookup_field = "id"
    lookup_value_regex = "[0-9]{1,18}"
    pagination_class = pages.KeyPages
    filter_backends = (pages.Narrowing,)

    # What a subclass says.

    def rows(self) -> QuerySet:
        """What the caller may see, with all that the record shows."""
        raise TypeError(f"{type(self).__name__} does not say which rows it shows.")

    # The request.

    @property
    def actor(self) -> Actor:
        return self.request.actor

    @property
    def at(self) -> Any:
        return self.request.at

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self._check_parameters()

    def extra_parameters(self) -> Sequence[str]:
        """Parameters of this action beyond filters, pages, `fields` and `expand`."""
        return self.parameters

    def known_parameters(self) -> set[str]:
        """Every name that the query string may hold here."""
        shared = {"fields", "expand", *self.extra_parameters()}
        return shared | ({*self.known_filters(), *pages.CONTROLS} if self.action == "list" else set())

    def known_filters(self) -> Mapping[str, Any]:
        """The filters that this caller may use: what he may not see, he may not ask about either."""
        return self.filters

    def _check_parameters(self) -> None:
        known = self.known_parameters()
        wrong = {name: [_("There is no such filter here.")] for name in self.request.GET if name not in known}
        twice = [name for name, values in self.request.GET.lists() if len(values) > 1]
        spoiled = [name for name, value in self.request.GET.items() if "\0" in value]
        wrong.update({name: [_("This holds characters that are no text.")] for name in spoiled})
        wrong.update({name: [_("Give this once; a comma means or.")] for name in twice})
        if wrong:
            raise errors.Malformed(
                _("Not understood: %(names)s.") % {"names": ", ".join(wrong)}, errors=wrong
            )

    # Rows.

    def get_queryset(self) -> QuerySet:
        if getattr(self, "swagger_fake_view", False):
            return self.model._base_manager.none()
        return self.rows()

    def narrow(self, rows: QuerySet) -> QuerySet:
        """The rows that the query string asks for. Raises Malformed."""
        return pages.narrowed(rows, self.known_filters(), self.request.GET, self.actor)

    def key_order(self, rows: QuerySet) -> tuple[QuerySet, tuple[str, ...]]:
        """The rows and their key-set order by `?ordering=`. Raises Malformed."""
        given = self.request.GET.get("ordering")
        if given is None:
            return rows, self.order
        if given not in self.orderings:
            known = ", ".join(self.orderings) or _("nothing else")
            raise pages.malformed("ordering", _("Order by one of: %(known)s.") % {"known": known})
        return rows, self.orderings[given]

    def get_object(self) -> Any:
        """The row at this address. Raises NotFound."""
        found = fields.find(
            self.get_queryset(), self.lookup_field, self.kwargs[self.lookup_url_kwarg or self.lookup_field]
        )
        if found is None:
            raise nothing_here()
        return found

    # Answers.

    def get_serializer_class(self) -> type[serializers.Serializer]:
        return self.record

    def get_serializer_context(self) -> dict[str, Any]:
        context = super().get_serializer_context()
        return {**context, "actor": getattr(self.request, "actor", None)}

    def input_class(self) -> type[Input] | None:
        """What the body of this action looks like, or None."""
        own = getattr(self, f"{self.action}_input", None)
        return own or {"create": self.input, "partial_update": self.change or self.input}.get(self.action)

    def read(self, shape: type[Input] | None = None, *, partial: bool = False) -> dict[str, Any]:
        """The body as values. Raises ValidationError, which the caller reads as 400 with a sentence per field."""
        shape = shape or self.input_class()
        serializer = shape(data=self.request.data, partial=partial, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def represent(self, rows: Iterable[Any], shape: type[Record] | None = None) -> list[dict[str, Any]]:
        """Rows as the caller may see them, with `?fields=` and `?expand=` carried out."""
        rows, shape = list(rows), shape or self.record
        expand, chosen = self._choose(shape)
        context = {**self.get_serializer_context(), "chosen": chosen}
        found = [dict(one) for one in shape(rows, many=True, context=context).data]
        for name in expand:
            extra = self.expansions[name](rows, self.actor)
            for row, one in zip(rows, found, strict=True):
                one[name] = extra.get(row.pk)
        return found

    def answer(
        self, row: Any, *, status: int = status.HTTP_200_OK, headers: Mapping[str, str] | None = None
    ) -> Response:
        """One whole record with its version as ETag."""
        return Response(
            self.represent([row])[0], status=status, headers={**self._tag(row), **(headers or {})}
        )

    def answer_page(
        self, rows: QuerySet, order: tuple[str, ...], shape: type[Record] | None = None
    ) -> Response:
        """One page of a list."""
        params = self.request.GET
        found = pages.page(rows, order, params)
        body: dict[str, Any] = {
            "results": self.represent(found.items, shape),
            "next": pages.url(self.request, found.next),
            "previous": pages.url(self.request, found.previous),
        }
        if pages.wants_count(params):
            body["count"] = pages.estimate(rows)
        return Response({**body, "as_of": time.iso(self.at)})

    def _choose(self, shape: type[Record]) -> tuple[list[str], frozenset[str]]:
        expand, chosen = self._names("expand"), frozenset(self._names("fields"))
        if not expand and not chosen:
            return expand, chosen
        declared = shape(context={"actor": self.actor}).fields
        self._refuse("expand", [one for one in expand if one not in self.expansions], self.expansions)
        known = [*declared, *self.expansions]
        self._refuse("fields", sorted(chosen.difference(known)), known)
        return expand, chosen

    def _names(self, parameter: str) -> list[str]:
        return [one for one in self.request.GET.get(parameter, "").split(",") if one]

    def _refuse(self, parameter: str, unknown: list[str], known: Iterable[str]) -> None:
        if unknown:
            sentence = _("“%(name)s” is unknown; choose from: %(known)s.")
            raise pages.malformed(parameter, sentence % {"name": unknown[0], "known": ", ".join(known)})

    def _tag(self, row: Any) -> dict[str, str]:
        return {"ETag": etags.of(row.version)} if hasattr(row, "version") else {}

    # Versions.

    def expected_version(self, row: Any) -> int | None:
        """The version that the action must find, by If-Match; None where the caller did not say. Raises Stale."""
        accepted = etags.expected(self.request)
        if accepted is None:
            return None
        if str(row.version) not in accepted:
            raise errors.Stale(
                _("This record has changed since you read it: look again, then repeat."), record=row
            )
        return row.version

    def handle_exception(self, exc: Exception) -> Response:
        """A stale write is answered with the record as it stands now."""
        if isinstance(exc, errors.Stale) and exc.record is not None:
            exc.extra["record"] = self.present(exc.record)
            exc.extra["etag"] = etags.of(exc.record.version)
        return super().handle_exception(exc)

    def as_it_stands(self, done: Any, known: Any) -> Any:
        """What was written, read anew; `known` is the same record with what is known of the rows beside it."""
        return self.rows().get(pk=done.pk)

    def present(self, row: Any) -> dict[str, Any]:
        """A record that moved on, as it stands now."""
        return self.represent(self.rows().filter(pk=row.pk))[0]


class Lists:
    """GET on the resource: one page."""

    def list(self, request: Request, **kwargs: Any) -> Response:
        rows, order = self.key_order(self.filter_queryset(self.get_queryset()))
        return self.answer_page(rows, order)


class Reads:
    """GET on one record."""

    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        """One record."""
        return self.answer(self.get_object())


class Creates:
    """POST on the resource: `make(values)` is the action; 201 with Location and ETag."""

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Make a record: 201 with the whole of it."""
        made = self.make(self.read())
        row = self.as_it_stands(made, made)
        place = self.request.build_absolute_uri(f"{self.request.path}{getattr(row, self.lookup_field)}/")
        return self.answer(row, status=status.HTTP_201_CREATED, headers={"Location": place})


class Changes:
    """PATCH on one record: `alter(row, values, version)` is the action."""

    def partial_update(self, request: Request, **kwargs: Any) -> Response:
        """Change the named fields."""
        row = self.get_object()
        self.alter(row, self.read(partial=True), self.expected_version(row))
        return self.answer(self.as_it_stands(row, row))
