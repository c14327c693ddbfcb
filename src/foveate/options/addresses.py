"""Addresses of renditions: image URLs of one source, signed where a server wants that."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from foveate.errors import BadOption, BadUrl
from foveate.options.grammar import MOUNT, format_options
from foveate.options.signing import Signer, split_query
from foveate.options.values import shown

if TYPE_CHECKING:
    from foveate.options.model import TransformOptions

HOST: Final = re.compile(r"https?://[^/?#]+", re.IGNORECASE)
_BASE: Final = re.compile(r"https?://[^/?#\s]+(?:/[^?#\s]*)?", re.IGNORECASE)
_SENT: Final = "/?%:@!$&()*+,;=~"
"""What clients send as it is. An apostrophe they turn in a query, and leave in a path."""
_IN_NAMES: Final = "/:@!$&()*+,;=~"


def prefix(base: str, root: str) -> str:
    """Return what stands before /cdn-cgi/: the base, and the prefix `root` if it has no path.

    Raises BadOption.

    >>> prefix("https://b.com/", "/pics"), prefix("https://b.com/other", "/pics")
    ('https://b.com/pics', 'https://b.com/other')
    """
    if not _BASE.fullmatch(base):
        raise BadOption(f"Expected http(s)://HOST as base, with or without a path, got {base!r}.")
    bare = base.rstrip("/")
    return bare + root if HOST.fullmatch(bare) else bare


def sent(source: str) -> str:
    """Return a source, percent-encoded as in an image URL, as clients send it.

    >>> sent("/a b,c.jpg"), sent("https://b.com/x.jpg?y=1")
    ('a%20b,c.jpg', 'https%3A%2F%2Fb.com%2Fx.jpg%3Fy%3D1')
    """
    if HOST.match(source) and "?" in source:
        # As a whole: a query of its own may hold what is ours, `exp` and `sig`.
        return quote(source, safe="")
    return _placed(quote(source, safe=_SENT))


def of_file(name: str) -> str:
    """Return a file name below the origin as it stands in an image URL.

    >>> of_file("photos/100%.jpg")
    'photos/100%25.jpg'
    """
    return _placed(quote(name, safe=_IN_NAMES))


def found_at(source: object, folder: str) -> str:
    """Return where a server with that folder of originals finds a file or an address, for a URL.

    Raises BadOption where that is not known.
    """
    name = str(source) if isinstance(source, str | PathLike) else ""
    if HOST.match(name):
        return sent(name)
    if name and "://" not in name:
        path = Path(name).expanduser()
        below = Path(folder).expanduser().absolute() if folder and "://" not in folder else None
        if below and path.absolute().is_relative_to(below):
            path = path.absolute().relative_to(below)
        if not path.is_absolute() and ".." not in path.parts:
            return of_file(path.as_posix())
    raise BadOption(
        f"Expected url, where a server finds the picture, got {shown(name) if name else 'none'}."
    )


def _placed(source: str) -> str:
    """Return it behind the slash of the options, and so that a `srcset` does not lose its end."""
    ending = source.rstrip(",")
    return ending.lstrip("/") + "%2C" * (len(source) - len(ending))


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Image URLs of one source."""

    source: str
    """As `sent` or `of_file` give it."""
    before: str = ""
    """What stands before the path: a host, or a prefix."""
    signer: Signer = field(default_factory=Signer)
    expires: int | None = None
    """Until when signed ones are good, in unix seconds; for ever where it is None."""
    key: str | None = None
    """The name of the limited key to sign with; the first of the others where it is None."""

    def __post_init__(self) -> None:
        if not self.source:
            raise BadUrl("Expected a source, got none.")
        if self.key is not None:
            self.signer.key(self.key)
        if self.expires is not None and not self.signer.needed:
            raise BadOption(
                "Expected a signing key for URLs that are to expire, got none. Set "
                "FOVEATE_SIGNING__KEYS."
            )
        if self.signer.needed and split_query(self.source.partition("?")[2])[1]:
            raise BadUrl(
                "Expected a source without exp and sig of its own, which would be taken for ours, "
                f"got {shown(self.source)}. Percent-encode it as a whole."
            )

    def path(self, options: TransformOptions) -> str:
        """Return the path of a rendition, with its signature.

        Raises BadSettings without a key, and OptionNotAllowed where its key is not for that.
        """
        said = format_options(options)
        self.signer.check(said, self.key)
        path = f"{MOUNT}{said}/{self.source}"
        return self.signer.sign(path, self.expires, key=self.key) if self.signer.needed else path

    def __call__(self, options: TransformOptions) -> str:
        """Return the address of a rendition. Raises BadSettings without a key."""
        return self.before + self.path(options)
