"""One picture that a batch is to work on, as its source names it."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

ID_BYTES: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Where a picture is, and what its list says of it."""

    key: str
    """What is read: a file by its absolute name, or an address."""
    path: str
    """What it is called below its source, without its ending."""
    number: int = 0
    """Which one it is, from 1 on."""
    version: str = ""
    """What changes when the bytes do, where the source tells it."""
    options: str = ""
    """What its list asks for beside the options of all."""
    columns: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""
    """Why nothing can be made of it, where that is known already."""
    missed: bool = False
    """Whether it stands for pictures that could not be listed."""

    @property
    def id(self) -> bytes:
        """Return what stays the same from run to run: what is asked for, not its place."""
        said = (self.key, self.path, self.options, *sum(sorted(self.columns.items()), ()))
        if self.problem:  # of what is no picture nothing else may tell two rows apart
            said = (*said, self.problem, "" if self.key else str(self.number))
        text = "\0".join(said).encode("utf-8", "surrogatepass")
        return blake2b(text, digest_size=ID_BYTES).digest()

    def values(self) -> dict[str, str]:
        """Return what templates say of it; its own words go before columns of the same name."""
        stem = posixpath.basename(self.path)
        return {**self.columns, "path": self.path, "stem": stem, "row": str(self.number)}


def version_of(found: os.stat_result) -> str:
    """Return the version of a file."""
    return f"{found.st_size}-{found.st_mtime_ns}-{found.st_ino}"


def stored(text: str) -> str:
    """Return a text that databases, JSON and Arrow can hold: names of files may be no UTF-8."""
    return text.encode("utf-8", "backslashreplace").decode()


def path_of(name: str) -> str:
    """Return what a picture is called that is named by itself, without its ending.

    >>> path_of("a/b.jpg"), path_of("/x/c.d.png"), path_of("https://b.com/x/c%20d.jpg?v=1.5")
    ('a/b', 'x/c.d', 'b.com/x/c d')
    >>> path_of("s3://b/x/c%20d?1#2.jpg")
    'b/x/c%20d?1#2'
    """
    if "://" in name:
        name = _at_host(name)
    name = posixpath.normpath(name)
    if name.startswith("../"):
        name = posixpath.abspath(name)
    return posixpath.splitext(name)[0].lstrip("/")


def _at_host(address: str) -> str:
    scheme, _, rest = address.partition("://")
    if scheme.lower() == "s3":  # no URL: its key is what stands there
        return rest
    try:
        parts = urlsplit(address)
    except ValueError:  # whoever reads it says what is wrong
        return rest
    return f"{parts.hostname or parts.netloc}/{unquote(parts.path).lstrip('/')}"
