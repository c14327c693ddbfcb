"""What was found when two engines ran the same network: kept beside the weights.

It counts only for the weights, the processor, the engines and the threads that it names; once
one of them changes it is stale, as if it had never been.
"""

from __future__ import annotations

import json
import logging
import os
import tempfile
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from foveate.models.runtime.processor import this_processor
from foveate.models.supply.recipes import fingerprint
from foveate.models.supply.weights import folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from foveate.models.supply.card import ModelCard
    from foveate.settings import Models, Runtime

log = logging.getLogger(__name__)
FILE: Final = "engines.json"
WORTH: Final = 1.9
"""So many times faster OpenVINO must be: a smaller gain drowns in its memory and start."""


@dataclass(frozen=True, slots=True)
class Measure:
    """How far the outputs of two engines agree, and how far they must."""

    what: str
    got: float
    limit: float
    at_least: bool
    """Whether `got` may not be below the limit; else it may not be above."""

    @property
    def holds(self) -> bool:
        """Return whether it is good enough. What is not a number never is."""
        return self.got >= self.limit if self.at_least else self.got <= self.limit

    def __str__(self) -> str:
        """Return it as a comparison that is true or not."""
        return f"{self.what} {self.got:.4f} ({'>=' if self.at_least else '<='} {self.limit:g})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parity:
    """What a check of OpenVINO in bfloat16 against onnxruntime found, times in CPU ms."""

    card: str
    stamp: Mapping[str, str]
    measures: tuple[Measure, ...]
    onnxruntime_ms: float
    openvino_ms: float

    @property
    def ratio(self) -> float:
        """Return how many times faster OpenVINO is."""
        return self.onnxruntime_ms / self.openvino_ms

    @property
    def holds(self) -> bool:
        """Return whether the answers are as good."""
        return all(measure.holds for measure in self.measures)

    @property
    def passed(self) -> bool:
        """Return whether OpenVINO is worth it: answers as good, and enough of a gain."""
        return self.holds and self.ratio >= WORTH


@cache
def version_of(package: str) -> str:
    """Return the version of an installed package, or an empty string. Nothing is imported."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def stamp(card: ModelCard, runtime: Runtime) -> dict[str, str]:
    """Return everything that the parity of a card's engines depends on."""
    return {
        "weights": fingerprint(card),
        "processor": str(this_processor()),
        "onnxruntime": version_of("onnxruntime"),
        "openvino": version_of("openvino"),
        "threads": str(runtime.threads),
    }


def _parity(row: Mapping[str, Any]) -> Parity:
    return Parity(**{**row, "measures": tuple(Measure(**each) for each in row["measures"])})


@cache
def _complain(sentence: str) -> None:
    """Log it, once: every card asks."""
    log.warning(sentence)


def _kept(models: Models) -> dict[str, Any]:
    file = folder(models) / FILE
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as why:
        _complain(f"{file} cannot be read ({why}). Make it anew: foveate doctor --check")
        return {}
    return kept if isinstance(kept, dict) else {}


def parity_of(card: ModelCard, models: Models, runtime: Runtime) -> Parity | None:
    """Return what was found on this machine with these weights, or None."""
    row = _kept(models).get(card.name)
    try:
        found = _parity(row) if row else None
    except (KeyError, TypeError):  # written by another release
        return None
    return found if found and found.stamp == stamp(card, runtime) else None


def keep(parities: Iterable[Parity], models: Models) -> Path:
    """Write what was found beside what is kept of other cards, and return where. Raises OSError."""
    home = folder(models)
    rows = _kept(models) | {parity.card: asdict(parity) for parity in parities}
    descriptor, fresh = tempfile.mkstemp(prefix=".engines-", dir=home)
    # Who serves may be another user than who fetched; it is no secret, as the weights are none.
    Path(fresh).chmod(0o644)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(rows, file, indent=2)
    # In one step, so that who starts meanwhile reads the old file or the new one.
    return Path(fresh).replace(home / FILE)
