"""Which engine runs which network on this machine, and why."""

from __future__ import annotations

import logging
import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate.errors import WeightsCorrupt, WeightsMissing
from foveate.models import openvino_engine
from foveate.models.buckets import BUCKETS
from foveate.models.cards import choose
from foveate.models.fetch import Status, catalogue, check_licence, folder, verify, where
from foveate.models.onnx_engine import open_onnx
from foveate.models.openvino_engine import OpenVinoSession
from foveate.models.processor import this_processor
from foveate.models.recipes import fingerprint
from foveate.models.verdicts import verdict_on, version_of
from foveate.settings import Engine

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from foveate.models.card import ModelCard
    from foveate.models.onnx_engine import OnnxSession
    from foveate.models.verdicts import Verdict
    from foveate.ports import Session
    from foveate.settings import Models

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Variant:
    """A card that stands in for another one where onnxruntime runs it."""

    card: str
    precision: str


VARIANTS: Final[Mapping[str, Variant]] = {"gaze": Variant("gaze-int8", "int8")}
"""onnxruntime is faster with these. OpenVINO is slower with them than with the network itself."""


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


def _on_request(name: str, verdict: Verdict | None) -> Choice:
    if verdict is None:
        why = "models.engine=openvino; f32 until foveate doctor --check tried bf16"
        return _openvino(name, bf16=False, why=why)
    why = f"models.engine=openvino; bf16 is {'' if verdict.holds else 'not '}as good"
    return _openvino(name, bf16=verdict.holds, why=why)


def _by_itself(name: str, verdict: Verdict | None, *, bf16: bool) -> Choice:
    if not bf16:
        return _onnxruntime(name, "this processor has neither AMX-BF16 nor AVX512-BF16")
    if verdict is None:
        return _onnxruntime(name, "OpenVINO was not checked here")
    if not verdict.holds:
        bad = next(measure for measure in verdict.measures if not measure.holds)
        return _onnxruntime(name, f"OpenVINO's {bad.what} is {bad.got:.3f}")
    if not verdict.passed:
        return _onnxruntime(name, f"OpenVINO is {verdict.ratio:.2f}x as fast")
    return _openvino(name, bf16=True, why=f"{verdict.ratio:.2f}x as fast, and as good")


def decide(
    name: str, settings: Models, verdict: Verdict | None, *, installed: bool, bf16: bool
) -> Choice:
    """Return what runs a network.

    `installed` says whether OpenVINO is here, `bf16` whether the processor multiplies it.
    """
    if settings.provider != "cpu":
        return _onnxruntime(name, f"models.provider={settings.provider}")
    if settings.engine == Engine.ONNXRUNTIME:
        return _onnxruntime(name, "models.engine=onnxruntime")
    if not installed:
        return _onnxruntime(name, "OpenVINO is not installed")
    if settings.engine == Engine.OPENVINO:
        return _on_request(name, verdict)
    return _by_itself(name, verdict, bf16=bf16)


def choice_of(name: str, settings: Models) -> Choice:
    """Return what runs a card's network on this machine, by what was found when it was checked.

    Raises UnknownModel or BadSettings.
    """
    (card,) = choose(catalogue(settings), [name])
    return decide(
        name,
        settings,
        verdict_on(card, settings),
        installed=openvino_engine.installed(),
        bf16=this_processor().bf16,
    )


def checked_file(card: ModelCard, settings: Models) -> Path:
    """Return where a card's file is, compared byte by byte.

    Raises LicenceNotAcknowledged, WeightsMissing or WeightsCorrupt.
    """
    check_licence(card, settings)
    status, path = verify(card, settings), where(card, settings)
    if status is Status.MISSING:
        raise WeightsMissing(card.name)
    if status is Status.CORRUPT:
        cure = f"Fetch them anew: foveate models pull {card.name}"
        raise WeightsCorrupt(
            f"{path} does not have the sha256 of its card. {cure}",
            public=f"The weights of {card.name} are damaged. {cure}",
        )
    return path


def blobs_for(card: ModelCard, settings: Models, precision: str) -> Path | None:
    """Return the folder of what OpenVINO compiled before; None where nothing can be written.

    Folders of other weights or releases of the same card go, so that it does not grow.
    """
    home = folder(settings) / "compiled" / card.name
    if not os.access(folder(settings), os.W_OK):
        return None
    current = f"{fingerprint(card)}-{version_of('openvino')}"
    for stale in home.glob("*"):
        if stale.name != current:
            shutil.rmtree(stale, ignore_errors=True)
    # OpenVINO would take a blob of the other precision for its own.
    return home / current / precision


def open_openvino(card: ModelCard, settings: Models, precision: str) -> OpenVinoSession:
    """Return a card's network in OpenVINO. Raises as `checked_file` does."""
    return OpenVinoSession(
        checked_file(card, settings),
        precision=precision,
        threads=settings.threads,
        buckets=BUCKETS.get(card.name),
        blobs=blobs_for(card, settings, precision),
    )


def open_onnxruntime(card: ModelCard, settings: Models) -> OnnxSession:
    """Return a card's network in onnxruntime. Raises as `checked_file` does, and BadSettings."""
    path = checked_file(card, settings)
    return open_onnx(path, provider=settings.provider, threads=settings.threads)


def open_model(name: str, settings: Models) -> Session:
    """Return a card's network in the engine that suits it, checked byte by byte.

    Raises UnknownModel, LicenceNotAcknowledged, WeightsMissing, WeightsCorrupt or BadSettings.
    """
    choice = choice_of(name, settings)
    if settings.engine == Engine.OPENVINO and choice.engine is not Engine.OPENVINO:
        log.warning("models.engine=openvino: %s runs in %s; %s.", name, choice.engine, choice.why)
    (card,) = choose(catalogue(settings), [choice.card])
    if choice.engine is Engine.OPENVINO:
        return open_openvino(card, settings, choice.precision)
    return open_onnxruntime(card, settings)
