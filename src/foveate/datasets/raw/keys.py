"""What samples are called: as their pictures, without endings where that tells them apart."""

from __future__ import annotations

from collections import Counter
from posixpath import splitext
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def keys_of(names: Iterable[str]) -> dict[str, str]:
    """Return the key of each name; those that differ in their ending alone keep it.

    >>> keys_of(["a/1.jpg", "2.jpg", "2.png"])
    {'a/1.jpg': 'a/1', '2.jpg': '2.jpg', '2.png': '2.png'}
    """
    names = list(names)
    stems = {name: splitext(name)[0] for name in names}
    many = Counter(stems.values())
    taken = set(names)
    return {
        name: stem if many[stem] == 1 and stem not in taken else name
        for name, stem in stems.items()
    }
