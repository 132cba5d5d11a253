"""The ids of a job's tickets: so small that one row of a job holds a hundred thousand of them."""

import base64
import itertools
import re
import zlib
from array import array
from collections.abc import Iterable, Sequence

PLAIN = 500  # up to here a list that everybody can read


def pack(ids: Iterable[int]) -> list[int] | str:
    """Ids in rising order, as a JSON value: a list, or for many the packed distances from one to the next."""
    found = array("q", sorted(set(ids)))
    if len(found) <= PLAIN:
        return found.tolist()
    steps = itertools.chain(found[:1], (later - one for one, later in itertools.pairwise(found)))
    return base64.b64encode(zlib.compress(",".join(map(str, steps)).encode())).decode()


def unpack(packed: list[int] | str) -> Sequence[int]:
    """What `pack` was given: eight bytes an id, never a row."""
    if not isinstance(packed, str):
        return packed
    text = zlib.decompress(base64.b64decode(packed)).decode()
    return array("q", itertools.accumulate(int(one[0]) for one in re.finditer(r"\d+", text)))
