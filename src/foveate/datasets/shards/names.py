"""What the files of samples are called: no name leaves its folder, and no two are the same."""

from __future__ import annotations

import re
from hashlib import blake2b
from string import ascii_letters, digits
from typing import TYPE_CHECKING, Final

from foveate.datasets.sample import SPLIT
from foveate.errors import BadOption

if TYPE_CHECKING:
    from foveate.datasets.sample import Made

MANIFEST: Final = "manifest.json"
"""What a dataset consists of; there once all else is."""
STATISTICS: Final = "statistics.json"
ESCAPE: Final = "~"
PLAIN: Final = frozenset(ascii_letters + digits + "_-+=@,() ")
"""Stands as it is. Which other letters there are differs among versions of Python."""
HIDDEN: Final = "__"
"""Readers of WebDataset leave out what begins so."""
LONGEST: Final = 180
"""Bytes of one name between slashes, before its ending: file systems allow 255."""
LONGEST_STEM: Final = 512
"""Bytes of a name with its folders, before its ending, where each is a file: a bucket takes 1024 of
a key, in which the id stands before it, and what the bucket's owner has before that.
"""
ENDING: Final = re.compile(r"[a-z0-9_]{1,32}(\.[a-z0-9_]{1,32}){0,3}")
PART: Final = r"[A-Za-z0-9_+=@,() ~-][A-Za-z0-9_+=@,() ~.-]{0,254}"
FILE: Final = re.compile(f"{PART}(?:/{PART})*")
"""What the files of a dataset may be called: what `stem` makes, and an ending."""
LONGEST_PATH: Final = 4096
ARRAYS: Final = ("key", "image", "labels", "boxes", "box_labels", "masks")
"""What a sample has as arrays beside its targets: no target is called so."""
OURS: Final = frozenset({"cls", "json"})
"""Endings of what is said of a picture."""


def stem(key: str) -> str:
    """Return the name of a sample's files without their endings: another for every other key.

    A dot would end it for readers of WebDataset, so that dots are escaped like all that is odd.

    >>> stem("cats/7-003"), stem("../a.b"), stem("/x//")
    ('cats/7-003', '~2E~2E/a~2Eb', '~/x/~/~')
    """
    return "/".join(map(_between_slashes, key.split("/")))


def _between_slashes(part: str) -> str:
    escaped = "".join(letter if letter in PLAIN else _escaped(letter) for letter in part)
    if escaped.startswith(HIDDEN):
        escaped = _escaped("_") + escaped[1:]
    if len(escaped) <= LONGEST:
        return escaped or ESCAPE
    # Two escapes in a row are in no other name.
    digest = blake2b(part.encode(errors="surrogatepass"), digest_size=12).hexdigest()
    return escaped[: LONGEST // 2] + 2 * ESCAPE + digest


def shortened(name: str) -> str:
    """Return a name that `stem` made, or one with fewer folders where it is too long for a key.

    >>> shortened("cats/7-003"), shortened(120 * "cats/" + "7-003")[-32:]
    ('cats/7-003', 'cats/c~~cba465950a40d6e7075fc5fa')
    """
    if len(name) <= LONGEST_STEM:
        return name
    # Not within an escape, nor at the end of a folder: two escapes are in no other name.
    digest = blake2b(name.encode(), digest_size=12).hexdigest()
    return name[: LONGEST_STEM // 2].rstrip("/") + 2 * ESCAPE + digest


def _escaped(letter: str) -> str:
    return "".join(f"{ESCAPE}{byte:02X}" for byte in letter.encode(errors="surrogatepass"))


def parted(name: str) -> tuple[str, str]:
    """Return what `stem` made and the ending.

    >>> parted("cats/7-003.matte.png")
    ('cats/7-003', 'matte.png')
    """
    folder, slash, base = name.rpartition("/")
    first, _, ending = base.partition(".")
    return folder + slash + first, ending


def check_inside(name: str) -> None:
    """Raise BadOption for a name of a file that is not below its folder."""
    parts = name.split("/")
    if not {"", ".", ".."}.isdisjoint(parts) or not {"\\", ":", "\0"}.isdisjoint(name):
        raise BadOption(f"Expected a file of the dataset, got {name[:80]!r}.")


def is_file(name: str) -> bool:
    """Return whether a file of a dataset may be called so: below its folder, and not hidden."""
    return len(name) <= LONGEST_PATH and FILE.fullmatch(name) is not None


def check_split(split: str) -> None:
    """Raise BadOption for what files cannot be called by."""
    if not SPLIT.fullmatch(split):
        raise BadOption(f"Expected a split of small letters and digits, got {split[:40]!r}.")


def check_endings(made: Made) -> None:
    """Raise BadOption for endings that no file could have, or that two files would have."""
    endings = [made.ext, *made.targets]
    for ending in endings:
        if not ENDING.fullmatch(ending) or ending in OURS:
            raise BadOption(f"Expected an ending such as jpg or matte.png, got {ending[:40]!r}.")
    if made.ext in made.targets:
        raise BadOption(f"Expected targets that end otherwise than {made.ext}, got one of them.")
