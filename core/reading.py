"""Reading many rows with what stands beside them, for lists: the same service or colleague is one object for all rows
that name it, and no row passes through a constructor that checks what the database has just said.

A page of fifty tickets with seven rows beside each is three hundred and fifty objects as Django reads it, and a third
of what the page costs (docs/performance.md).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.db.models import Model, QuerySet
from django.db.models.base import ModelState
from django.db.models.query import ModelIterable
from django.db.models.sql.compiler import SQLCompiler

Known = dict[Any, Model]


def shared(rows: QuerySet) -> QuerySet:
    """The same rows, read like this. For reading alone: who changes a row beside one changes it beside all."""
    found = rows.all()
    found._iterable_class = Shared  # noqa: SLF001 - where Django itself puts `values()`
    return found


class Shared(ModelIterable):
    """Rows of one model, with those that `select_related` joins to them."""

    def __iter__(self) -> Iterator[Model]:
        rows = self.queryset
        compiler = rows.query.get_compiler(using=rows.db)
        results = compiler.execute_sql(chunked_fetch=self.chunked_fetch, chunk_size=self.chunk_size)
        if rows._known_related_objects or not is_plain(compiler.klass_info):  # noqa: SLF001
            yield from super().__iter__()
            return
        yield from Reader(compiler, rows.db).all(compiler.results_iter(results))


def is_plain(info: dict[str, Any]) -> bool:
    """Whether all of it goes from a row to the one that it names: nothing inherited, nothing read backwards."""
    return all(
        not (one["from_parent"] or one["reverse"] or one["field"].unique) and is_plain(one)
        for one in info.get("related_klass_infos", ())
    )


class Reader:
    """Makes the objects of a compiled SELECT from its rows. It keeps nothing of them, so it may be kept itself."""

    def __init__(self, compiler: SQLCompiler, database: str):
        self.joined = _Joined(compiler.klass_info, compiler.select, database)
        self.annotated = list((compiler.annotation_col_map or {}).items())

    def all(self, rows: Iterable[Sequence[Any]]) -> Iterator[Model]:
        """The object of each row; what several rows name is one object."""
        known: Known = {}
        for row in rows:
            found = self.joined.make(row, known)
            for name, column in self.annotated:
                setattr(found, name, row[column])
            yield found


class _Joined:
    """Which columns make an object of one model, and what is joined to it."""

    def __init__(self, info: dict[str, Any], select: Sequence[Any], database: str):
        fields = info["select_fields"]
        self.model: type[Model] = info["model"]
        self.database = database
        self.start, self.end = fields[0], fields[-1] + 1
        self.names = [one[0].target.attname for one in select[self.start : self.end]]
        self.key = self.start + self.names.index(self.model._meta.pk.attname)
        self.beside: list[tuple[_Joined, Callable[[Model, Model | None], None]]] = [
            (_Joined(one, select, database), one["local_setter"])
            for one in info.get("related_klass_infos", ())
        ]

    def make(self, row: Sequence[Any], known: Known) -> Model:
        """The object of this row."""
        found = self.model.__new__(self.model)
        state = ModelState()
        state.adding, state.db = False, self.database
        found.__dict__.update(zip(self.names, row[self.start : self.end], strict=True), _state=state)
        for joined, put in self.beside:
            put(found, joined.find(row, known))
        return found

    def find(self, row: Sequence[Any], known: Known) -> Model | None:
        """The object of this row, made once for each key; None where nothing is joined."""
        key = row[self.key]
        if key is None:
            return None
        place = (self, key)
        if place not in known:
            known[place] = self.make(row, known)
        return known[place]
