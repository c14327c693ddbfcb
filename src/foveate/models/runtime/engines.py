"""Which engine runs which network on this machine, and why."""

from __future__ import annotations

import logging
import os
import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from foveate.cores import cores
from foveate.errors import WeightsCorrupt, WeightsMissing
from foveate.models.runtime import openvino_engine
from foveate.models.runtime.buckets import BUCKETS
from foveate.models.runtime.onnx_engine import PROVIDERS, OnDevice, open_onnx
from foveate.models.runtime.openvino_engine import OpenVinoSession
from foveate.models.runtime.parity import WORTH, parity_of, version_of
from foveate.models.runtime.processor import this_processor
from foveate.models.supply.cards import choose
from foveate.models.supply.recipes import fingerprint
from foveate.models.supply.weights import FileState, catalogue, check_licence, folder, verify, where
from foveate.settings import Engine

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from foveate.models.runtime.onnx_engine import OnnxSession
    from foveate.models.runtime.parity import Parity
    from foveate.models.supply.card import ModelCard
    from foveate.ports import Session
    from foveate.settings import Models, Runtime

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Variant:
    """A card that stands in for another one where onnxruntime runs it."""

    card: str
    precision: str


VARIANTS: Final[Mapping[str, Variant]] = {"gaze": Variant("gaze-int8", "int8")}
"""onnxruntime is faster with these. OpenVINO is slower with them than with the network itself."""
SHARED: Final[Mapping[str, int]] = {"retinaface": 2}
"""Threads of what all else in a request waits for, in onnxruntime: where a core idles, faces are
found in 14 ms instead of 20, by the same answer to the last bit; where none does, eight streams
have as many pictures a second."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which engine, in which precision, with which card's file, and the reason in a sentence."""

    engine: Engine
    precision: str
    card: str
    why: str


def _onnxruntime(name: str, why: str) -> Choice:
    variant = VARIANTS.get(name, Variant(name, "f32"))
    return Choice(Engine.ONNXRUNTIME, variant.precision, variant.card, why)


def _openvino(name: str, *, bf16: bool, why: str) -> Choice:
    return Choice(Engine.OPENVINO, "bf16" if bf16 else "f32", name, why)


def _on_request(name: str, parity: Parity | None) -> Choice:
    if parity is None:
        why = "runtime.engine=openvino; f32 until foveate doctor --check tried bf16"
        return _openvino(name, bf16=False, why=why)
    why = f"runtime.engine=openvino; bf16 is {'' if parity.holds else 'not '}as good"
    return _openvino(name, bf16=parity.holds, why=why)


def _by_itself(name: str, parity: Parity | None, *, bf16: bool) -> Choice:
    if not bf16:
        return _onnxruntime(name, "this processor has neither AMX-BF16 nor AVX512-BF16")
    if parity is None:
        return _onnxruntime(name, "OpenVINO was not checked here")
    if not parity.holds:
        bad = next(measure for measure in parity.measures if not measure.holds)
        return _onnxruntime(name, f"of OpenVINO {bad} does not hold")
    if not parity.passed:
        return _onnxruntime(name, f"OpenVINO is {parity.ratio:.2f}x as fast, below {WORTH}x")
    return _openvino(name, bf16=True, why=f"{parity.ratio:.2f}x as fast, and as good")


def decide(
    name: str, runtime: Runtime, parity: Parity | None, *, installed: bool, bf16: bool
) -> Choice:
    """Return what runs a network.

    `installed` says whether OpenVINO is here, `bf16` whether the processor multiplies it.
    """
    if runtime.provider != "cpu":
        return _onnxruntime(name, f"runtime.provider={runtime.provider}")
    if runtime.engine == Engine.ONNXRUNTIME:
        return _onnxruntime(name, "runtime.engine=onnxruntime")
    if not installed:
        return _onnxruntime(name, "OpenVINO is not installed")
    if runtime.engine == Engine.OPENVINO:
        return _on_request(name, parity)
    return _by_itself(name, parity, bf16=bf16)


def choice_of(name: str, models: Models, runtime: Runtime) -> Choice:
    """Return what runs a card's network on this machine, by what was found when it was checked.

    Raises UnknownModel or BadSettings.
    """
    (card,) = choose(catalogue(models), [name])
    return decide(
        name,
        runtime,
        parity_of(card, models, runtime),
        installed=openvino_engine.installed(),
        bf16=this_processor().bf16,
    )


def card_run(name: str, models: Models, runtime: Runtime) -> str:
    """Return the name of the card whose file is loaded for a network. Raises as `choice_of`."""
    return choice_of(name, models, runtime).card if name in VARIANTS else name


def checked_file(card: ModelCard, models: Models) -> Path:
    """Return where a card's file is, compared byte by byte.

    Raises LicenceNotAcknowledged, WeightsMissing or WeightsCorrupt.
    """
    check_licence(card, models)
    state, path = verify(card, models), where(card, models)
    if state is FileState.MISSING:
        raise WeightsMissing(card.name)
    if state is FileState.CORRUPT:
        cure = f"Fetch them anew: foveate models pull {card.name}"
        raise WeightsCorrupt(
            f"The weights of {card.name} are damaged: {path} does not have the sha256 of its card. "
            f"{cure}",
            public=f"The weights of {card.name} are damaged. {cure}",
        )
    return path


def blobs_for(card: ModelCard, models: Models, precision: str) -> Path | None:
    """Return the folder of what OpenVINO compiled before; None where nothing can be written.

    Folders of other weights or releases of the same card go, so that it does not grow.
    """
    home = _blobs(card, models)
    if not os.access(folder(models), os.W_OK):
        return None
    current = f"{fingerprint(card)}-{version_of('openvino')}"
    for stale in home.glob("*"):
        if stale.name != current:
            shutil.rmtree(stale, ignore_errors=True)
    # OpenVINO would take a blob of the other precision for its own.
    return home / current / precision


def _blobs(card: ModelCard, models: Models) -> Path:
    return folder(models) / "compiled" / card.name


def forget_blobs(card: ModelCard, models: Models) -> None:
    """Remove what OpenVINO compiled of a card's network, where it will not run it."""
    shutil.rmtree(_blobs(card, models), ignore_errors=True)


def open_openvino(
    card: ModelCard, models: Models, runtime: Runtime, precision: str
) -> OpenVinoSession:
    """Return a card's network in OpenVINO. Raises as `checked_file` does."""
    return OpenVinoSession(
        checked_file(card, models),
        precision=precision,
        threads=runtime.threads,
        buckets=BUCKETS.get(card.name),
        blobs=blobs_for(card, models, precision),
    )


def open_onnxruntime(card: ModelCard, models: Models, runtime: Runtime) -> OnnxSession | OnDevice:
    """Return a card's network in onnxruntime. Raises as `checked_file` does, and BadSettings."""
    shapes = BUCKETS[card.name].shapes if card.name in BUCKETS else ()
    return open_onnx(
        checked_file(card, models),
        provider=runtime.provider,
        threads=runtime.threads,
        shapes=shapes,
    )


def threads_for(name: str, asked: int, here: int) -> int:
    """Return with how many threads onnxruntime runs a network, of that many cores.

    >>> threads_for("retinaface", 1, 8), threads_for("retinaface", 4, 8), threads_for("gear", 1, 8)
    (2, 4, 1)
    >>> threads_for("retinaface", 1, 1)
    1
    """
    return max(asked, min(SHARED.get(name, 1), here))


def open_model(name: str, models: Models, runtime: Runtime) -> Session:
    """Return a card's network in the engine that suits it, checked byte by byte.

    Raises UnknownModel, LicenceNotAcknowledged, WeightsMissing, WeightsCorrupt or BadSettings.
    """
    choice = choice_of(name, models, runtime)
    if runtime.engine == Engine.OPENVINO and choice.engine is not Engine.OPENVINO:
        log.warning("runtime.engine=openvino: %s runs in %s; %s.", name, choice.engine, choice.why)
    (card,) = choose(catalogue(models), [choice.card])
    if choice.engine is Engine.OPENVINO:
        return open_openvino(card, models, runtime, choice.precision)
    threads = threads_for(name, runtime.threads, cores())
    return open_onnxruntime(card, models, replace(runtime, threads=threads))


def fell_back(provider: str, runtime: Runtime) -> bool:
    """Return whether a network runs on something else than the settings name.

    `auto` names nothing, and whoever asks for OpenVINO leaves its precision open.
    """
    if runtime.engine == Engine.OPENVINO and not provider.startswith(Engine.OPENVINO):
        return True
    return runtime.provider != "cpu" and provider != PROVIDERS[runtime.provider][0]
