"""Recipes: how the files of a package become a network that every engine can run.

A table of words, so that a card is data. What a recipe works with is imported when it runs.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from foveate.errors import FoveateError
from foveate.models import quiet

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from foveate.models.supply.card import ModelCard, Reference


@dataclass(frozen=True, slots=True)
class Recipe:
    """One function that makes or changes an `onnx.ModelProto`."""

    module: str
    function: str
    version: int = 1
    """To be raised when it makes something else of the same input: files are then built anew."""

    def __call__(self, *inputs: Any) -> Any:  # noqa: ANN401 - as many as the function has
        """Return the model that the function makes. Raises ValueError, BadInstallation."""
        # onnx takes a fifth of a second and 30 MB, which no server needs.
        module = import_module(f"foveate.models.supply.{self.module}")
        try:
            return getattr(module, self.function)(*inputs)
        except (ValueError, FoveateError, ImportError, OSError, MemoryError):
            raise
        except Exception as why:
            # Files may be of any odd shape, and errors of onnx have no common ancestor but this.
            raise ValueError(f"{self.function} expects another network: {why!r}") from why


RECIPES: Final[Mapping[str, Recipe]] = {
    "onnx": Recipe("surgery", "read"),
    "tfjs": Recipe("tfjs", "convert"),
    "ncnn": Recipe("ncnn", "convert"),
    "face-api-age-gender": Recipe("face_api", "age_gender"),
    "face-api-expression": Recipe("face_api", "expression"),
    "efficientnet-lite": Recipe("efficientnet", "convert"),
    "tcmonodepth-small": Recipe("tcmonodepth", "convert"),
    "any-batch": Recipe("surgery", "any_batch"),
    "any-sides": Recipe("surgery", "any_sides"),
    "any-size": Recipe("surgery", "any_size"),
    "expose": Recipe("surgery", "expose"),
    "flush-tiny": Recipe("surgery", "flush_tiny"),
    "int8": Recipe("surgery", "quantise"),
    "linear-resize": Recipe("surgery", "linear_resize"),
    "prune": Recipe("surgery", "prune"),
    "tell": Recipe("surgery", "tell"),
}


def _recipe(word: str) -> Recipe:
    if word not in RECIPES:
        raise ValueError(f"expected build to be of {', '.join(RECIPES)}; got {word}")
    return RECIPES[word]


def build(words: Sequence[str], files: Sequence[bytes]) -> bytes:
    """Return the ONNX file that recipes make of files; the first word reads, others change.

    A word takes its arguments after colons. Raises ValueError.
    """
    first, *rest = words
    name, *arguments = first.split(":")
    model = _recipe(name)(*files, *arguments)
    for word in rest:
        name, *arguments = word.split(":")
        model = _recipe(name)(model, *arguments)
    made: bytes = model.SerializeToString()
    return made


def identity(card: ModelCard) -> dict[str, Any]:
    """Return what decides about the answers of a card's network: weights, and what is done to them.

    Raises ValueError for a word that is no recipe.
    """
    steps = (word.partition(":") for word in card.build)
    recipe = [f"{name}@{_recipe(name).version}{colon}{rest}" for name, colon, rest in steps]
    return {"made_of": [card.sha256, *(member.sha256 for member in card.beside)], "recipe": recipe}


def fingerprint(card: ModelCard) -> str:
    """Return 12 hex digits that change when the answers of a card's network may."""
    if not card.build:
        return card.sha256[:12]
    return hashlib.sha256(json.dumps(identity(card)).encode()).hexdigest()[:12]


def pattern(reference: Reference) -> NDArray[np.float32]:
    """Return the input of a reference."""
    count = np.arange(np.prod(reference.shape))
    ramp = (count % 251 / 250).astype(np.float32)
    x = ramp * np.float32(reference.mul) + np.float32(reference.add)
    return x.reshape(reference.shape)


def deviation(network: bytes, reference: Reference) -> float:
    """Return by how much a network is off its reference at most. Raises ValueError."""
    onnxruntime = quiet.onnxruntime()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(network, options, ["CPUExecutionProvider"])
        outputs = session.run(None, {session.get_inputs()[0].name: pattern(reference)})
    except Exception as why:
        # Its errors have no common ancestor but this, and no public home.
        raise ValueError(f"onnxruntime cannot run it: {why}") from why
    if len(outputs) != len(reference.firsts):
        raise ValueError(f"expected {len(reference.firsts)} outputs, got {len(outputs)}")
    off = [
        np.abs(output.ravel()[: len(first)] - np.array(first)).max(initial=0)
        for output, first in zip(outputs, reference.firsts, strict=True)
    ]
    off += [
        abs(output.mean() - mean) for output, mean in zip(outputs, reference.means, strict=False)
    ]
    return float(np.max(off))  # not a number, if one of them is not
