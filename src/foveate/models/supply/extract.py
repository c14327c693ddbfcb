"""From a verified artefact to the bytes of the weights, without running anything of it."""

from __future__ import annotations

import ast
import gzip
import hashlib
import json
import shutil
import tarfile
import zipfile
import zlib
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from foveate.errors import WeightsCorrupt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    Read = Callable[[str], bytes]

_GZIP: Final = b"\x1f\x8b"
_BROKEN: Final = (
    EOFError,
    KeyError,
    OSError,
    SyntaxError,
    TypeError,
    ValueError,
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
)


def _as_it_is(read: Read, member: str, _: str) -> bytes:
    return read(member)


def _python_literal(read: Read, member: str, name: str) -> bytes:
    """Return the bytes that Python source assigns to `name`; the source is parsed, never run."""
    for node in ast.parse(read(member)).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            names = [target.id for target in node.targets if isinstance(target, ast.Name)]
            if name in names and isinstance(node.value.value, bytes):
                return node.value.value
    raise ValueError(f"expected an assignment of bytes to {name}, found none")


def _chunks(read: Read, member: str, key: str) -> bytes:
    """Return a file in pieces, each beside the JSON list of them and named after its sha256."""
    entry = json.loads(read(member))[key]
    folder = PurePosixPath(member).parent
    whole = bytearray()
    for chunk in sorted(entry["chunks"], key=lambda chunk: chunk["offsets"]):
        piece = read(str(folder / chunk["hash"]))
        if (got := hashlib.sha256(piece).hexdigest()) != chunk["hash"]:
            raise ValueError(f"expected a chunk of sha256 {chunk['hash']}, got {got}")
        if (span := [len(whole), len(whole) + len(piece)]) != chunk["offsets"]:
            raise ValueError(f"expected a chunk for bytes {chunk['offsets']}, got one for {span}")
        whole += piece
    if len(whole) != entry["size"]:
        raise ValueError(f"expected {entry['size']} bytes in all, got {len(whole)}")
    return bytes(whole)


EXTRACTORS: Final[Mapping[str, Callable[[Read, str, str], bytes]]] = {
    "file": _as_it_is,
    "python-literal": _python_literal,
    "chunks": _chunks,
}


def _seekable(artefact: Path) -> Path:
    """Return a tarball without gzip, where each jump back would read from the start again."""
    with artefact.open("rb") as packed:
        if packed.read(len(_GZIP)) != _GZIP:
            return artefact
    plain = artefact.with_name(f"{artefact.name}.tar")
    if not plain.exists():
        with gzip.open(artefact) as packed, plain.open("wb") as out:
            shutil.copyfileobj(packed, out, 1 << 20)
    return plain


@contextmanager
def _opened(artefact: Path) -> Iterator[Read]:
    """Give what reads a member of a zip or tarball."""
    if zipfile.is_zipfile(artefact):
        with zipfile.ZipFile(artefact) as archive:
            yield archive.read
        return
    with tarfile.open(_seekable(artefact)) as tarball:

        def read(member: str) -> bytes:
            found = tarball.extractfile(member)
            if found is None:
                raise ValueError(f"{member} is not a file")
            return found.read()

        yield read


def extract(artefact: Path, member: str, how: str) -> bytes:
    """Return the weights inside an artefact. Raises WeightsCorrupt when they are not there.

    `how` is a name in `EXTRACTORS`, with its argument after a colon. A gzipped tarball is
    unpacked beside itself, once.
    """
    kind, _, argument = how.partition(":")
    if kind not in EXTRACTORS:
        known = ", ".join(EXTRACTORS)
        raise WeightsCorrupt(f"{artefact.name}: expected extract to be one of {known}; got {how}.")
    if not member:
        return artefact.read_bytes()
    try:
        with _opened(artefact) as read:
            return EXTRACTORS[kind](read, member, argument)
    except _BROKEN as why:
        raise WeightsCorrupt(f"{artefact.name}: cannot extract {member} as {how}: {why}.") from why
