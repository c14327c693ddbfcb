"""Whether OpenVINO in bfloat16 answers as well as onnxruntime on this machine, and how fast.

Both engines are given what the network is given of the sample portrait, or without it the ramp
of its card. This takes seconds, so it is done when weights are fetched or an operator asks.
"""

from __future__ import annotations

import time
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, Final

from foveate.models.check.measures import COMPARE, measured
from foveate.models.runtime import openvino_engine
from foveate.models.runtime.engines import (
    VARIANTS,
    decide,
    forget_blobs,
    open_onnxruntime,
    open_openvino,
)
from foveate.models.runtime.parity import Parity, keep, parity_of, stamp
from foveate.models.runtime.processor import this_processor
from foveate.models.supply.cards import choose
from foveate.models.supply.recipes import pattern
from foveate.models.supply.weights import FileState, allowed, catalogue, verify
from foveate.settings import Engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from foveate.models.check.recorder import Feed
    from foveate.models.runtime.onnx_engine import OnDevice, OnnxSession
    from foveate.models.supply.card import ModelCard
    from foveate.settings import Models, Runtime

SAMPLE: Final = "astronaut"
"""The card of the sample portrait."""
MIN_ROUNDS: Final = 5
TIMED_S: Final = 0.5
"""Rounds go on for this long, so that fast networks are timed often."""


def timed(
    runs: Mapping[str, Callable[[], object]], *, seconds: float = TIMED_S
) -> dict[str, float]:
    """Return the median CPU ms of each; they take turns, so that noise hits all alike.

    CPU time is what a server pays, and a busy neighbour does not change it much.
    """
    for run in runs.values():
        run()
    spent: dict[str, list[float]] = {name: [] for name in runs}
    end = time.monotonic() + seconds
    while time.monotonic() < end or len(next(iter(spent.values()))) < MIN_ROUNDS:
        for name, run in runs.items():
            start = time.process_time()
            run()
            spent[name].append((time.process_time() - start) * 1000)
    return {name: median(each) for name, each in spent.items()}


def checkable(card: ModelCard, models: Models) -> bool:
    """Return whether this card can be checked here: its kind of network, and both engines."""
    if not (openvino_engine.installed() and this_processor().bf16):
        return False
    known = card.task in COMPARE and card.reference is not None
    return known and all(
        allowed(each, models) and verify(each, models) is FileState.OK
        for each in (card, *_beaten_by(card, models))
    )


def _beaten_by(card: ModelCard, models: Models) -> tuple[ModelCard, ...]:
    """Return the card, if any, that onnxruntime would run in its place: the one to be beaten."""
    variant = VARIANTS.get(card.name)
    return choose(catalogue(models), [variant.card]) if variant else ()


def check(
    card: ModelCard,
    models: Models,
    runtime: Runtime,
    feed: Feed | None = None,
    *,
    seconds: float = TIMED_S,
) -> Parity:
    """Return how OpenVINO in bfloat16 does against onnxruntime, for a card that is checkable.

    Both are given `feed`, or else the ramp of the card's reference, and timed for `seconds`.
    """
    fast = open_openvino(card, models, runtime, "bf16")
    fast.compile_all()
    slow = open_onnxruntime(card, models, runtime)
    given = _ramp(card, slow) if feed is None else feed
    measures = measured(card.task, slow.run(given), fast.run(given))
    for variant in _beaten_by(card, models):
        slow = open_onnxruntime(variant, models, runtime)
    ms = timed(
        {"slow": partial(slow.run, given), "fast": partial(fast.run, given)}, seconds=seconds
    )
    return Parity(
        card=card.name,
        stamp=stamp(card, runtime),
        measures=measures,
        onnxruntime_ms=ms["slow"],
        openvino_ms=ms["fast"],
    )


def _won(parity: Parity, runtime: Runtime) -> bool:
    """Return whether OpenVINO runs the network from now on."""
    here, bf16 = openvino_engine.installed(), this_processor().bf16
    return decide(parity.card, runtime, parity, installed=here, bf16=bf16).engine == Engine.OPENVINO


def _ramp(card: ModelCard, session: OnnxSession | OnDevice) -> Feed:
    assert card.reference is not None, f"{card.name} is not checkable"  # noqa: S101
    return {session.inputs[0]: pattern(card.reference)}


def due(
    cards: Iterable[ModelCard], models: Models, runtime: Runtime, *, again: bool = False
) -> tuple[ModelCard, ...]:
    """Return the cards that can be checked here and were not yet; with `again`, those as well."""
    return tuple(
        card
        for card in cards
        # What is known asks first: whether it is checkable takes reading its file through.
        if (again or parity_of(card, models, runtime) is None) and checkable(card, models)
    )


def check_all(
    cards: Iterable[ModelCard],
    models: Models,
    runtime: Runtime,
    feeds: Mapping[str, Feed] | None = None,
    *,
    tell: Callable[[ModelCard], None] = lambda _: None,
) -> tuple[Parity, ...]:
    """Check cards that are checkable, and keep what was found.

    What OpenVINO compiled stays for networks that it will run: of others it is hundreds of MB.
    `feeds` has what each network is given, by card; those without get their ramp. `tell` hears of
    each card before it is checked. Raises OSError where it cannot be kept.
    """
    found = []
    for card in cards:
        tell(card)
        parity = check(card, models, runtime, (feeds or {}).get(card.name))
        if not _won(parity, runtime):
            forget_blobs(card, models)
        found.append(parity)
    if found:
        keep(found, models)
    return tuple(found)
