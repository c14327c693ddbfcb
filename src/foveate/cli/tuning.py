"""Which settings are best for somebody's own pictures on this machine: by trying them."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass, replace
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from foveate.app import DETECTOR_CARD
from foveate.cli.measuring import BUSY, Speed, speed, without_caches
from foveate.cores import cores
from foveate.ledger.amounts import Amounts, cost
from foveate.models.runtime.engines import choice_of
from foveate.settings import MIB, Engine

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from foveate.app import App
    from foveate.service.score import Scored
    from foveate.settings import Costs, Settings
    from foveate.storage.source import Source

    Value = int | str
    Pair = tuple[Scored, Scored]
    """A picture at a quality below the usual one, and at one above it."""

AROUND: Final = 6
"""By how much these qualities lie off the usual one."""
GROWTH: Final = 0.1
"""Points of the score by which they differ at least, where anything can be said of them."""
SIZE: Final = "width=800,height=800,fit=scale-down"
FACE: Final = "width=400,height=400,fit=cover,gravity=face,format=jpeg"
SRCSET: Final = tuple(f"width={width},format=jpeg" for width in (400, 800, 1200, 1600))
MIXED: Final = tuple(f"{SIZE},format={name}" for name in ("jpeg", "webp", "avif"))


def disturbed(done: Sequence[Trial]) -> float:
    """Return which part of the cores worked at the least where most worked too little; else 0."""
    least = min(trial.speed.busy for trial in done)
    few = [trial for trial in done if trial.speed.busy < BUSY]
    return least if len(few) * 2 > len(done) else 0.0


class By(Enum):
    """What makes one value better than another."""

    COST = "what a rendition costs, made once and sent so often"
    CPU = "its processor time"
    RATE = "renditions a second"


MARGINS: Final = {By.COST: 0.02, By.CPU: 0.1, By.RATE: 0.1}
"""What is better by less than this may be so by chance: what is set stays. Bytes are no chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """A setting, what it may be, and what is rendered to see what is best."""

    setting: str
    values: tuple[Value, ...]
    options: tuple[str, ...]
    by: By = By.CPU

    @property
    def looks(self) -> bool:
        """Return whether the same quality looks different: then bytes are compared at one look."""
        return self.by is By.COST


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """How one value of a setting did."""

    setting: str
    value: Value
    by: By
    speed: Speed
    bytes: float
    """Of a rendition, looking as it does with what is set now."""
    cost: float
    """Of a thousand renditions, in the currency of the prices."""

    @property
    def loss(self) -> float:
        """Return what is to be small."""
        losses = {By.COST: self.cost, By.CPU: self.speed.cpu_ms, By.RATE: 1 / self.speed.rate}
        return losses[self.by]

    def to_json(self) -> dict[str, Any]:
        """Return it as what JSON can hold."""
        return {
            "setting": self.setting,
            "value": self.value,
            "renditions_per_s": round(self.speed.rate, 2),
            "cpu_ms": round(self.speed.cpu_ms, 2),
            "bytes": round(self.bytes),
            "cost_per_1000": round(self.cost, 6),
            "busy": round(self.speed.busy, 2),
        }


def axes(settings: Settings, *, faces: bool) -> tuple[Axis, ...]:
    """Return what is tried, in this order; what is set now comes first of each.

    `faces` says whether the network that finds them is here.
    """
    face = (FACE,) if faces else ()
    engines = engines_of(settings) if faces else ()
    tried = (
        # Harder, a picture of half a megapixel takes AVIF seconds.
        Axis(setting="encoding.avif_effort", values=(0, 1, 2, 3), options=MIXED[2:], by=By.COST),
        Axis(setting="encoding.webp_effort", values=(0, 2, 4, 6), options=MIXED[1:2], by=By.COST),
        Axis(setting="runtime.engine", values=engines, options=face),
        Axis(setting="caching.mezzanine_bytes", values=(0, 48 * MIB, 192 * MIB), options=SRCSET),
        Axis(
            setting="load.workers",
            values=(0, cores() + 1, 2 * cores()),
            options=(*MIXED, *face),
            by=By.RATE,
        ),
    )
    now = (_from_now(axis, value_of(settings, axis.setting)) for axis in tried)
    return tuple(axis for axis in now if len(axis.values) > 1)


def engines_of(settings: Settings) -> tuple[Value, ...]:
    """Return the engines that run the detector in different ways here, the one set now first."""
    kept: dict[tuple[str, str], Value] = {}
    for engine in (settings.runtime.engine, *Engine):
        choice = choice_of(DETECTOR_CARD, settings.models, replace(settings.runtime, engine=engine))
        kept.setdefault((choice.engine, choice.precision), str(engine))
    return tuple(kept.values())


def _from_now(axis: Axis, now: Value) -> Axis:
    return replace(axis, values=(now, *(value for value in axis.values if value != now)))


def value_of(settings: Settings, name: str) -> Value:
    """Return what a setting is, by its full name."""
    group, _, key = name.partition(".")
    value: Value = getattr(getattr(settings, group), key)
    return value


def with_value(settings: Settings, name: str, value: Value) -> Settings:
    """Return the settings with another value of one, by its full name."""
    group, _, key = name.partition(".")
    return replace(settings, **{group: replace(getattr(settings, group), **{key: value})})


def trials(
    settings: Settings,
    sources: Sequence[Source],
    tried: Sequence[Axis],
    *,
    seconds: float,
    views: int,
) -> Iterator[Trial]:
    """Yield how each value does, in about so many seconds together.

    Each setting is tried with what was best of those before it. Raises FoveateError.
    """
    share = seconds / sum(len(axis.values) for axis in tried)
    for axis in tried:
        of_axis: list[Trial] = []
        now: list[Pair] = []
        for value in axis.values:
            with without_caches(with_value(settings, axis.setting, value)) as app:
                part = share / 2 if axis.looks else share
                taken = speed(app, sources, axis.options, seconds=part)
                pairs = list(_pairs(app, sources, axis.options[0], part)) if axis.looks else []
            now = now or pairs
            size = equal_bytes(now, pairs) if axis.looks else taken.bytes / taken.renditions
            trial = Trial(
                setting=axis.setting,
                value=value,
                by=axis.by,
                speed=taken,
                bytes=size,
                cost=cost_of(taken.cpu_ms, size, settings.costs, views),
            )
            of_axis.append(trial)
            yield trial
        settings = with_value(settings, axis.setting, best(of_axis).value)


def best(of_axis: Sequence[Trial]) -> Trial:
    """Return what did best of one setting; of what did about as well the first, else the lightest.

    The first is what is set now. It stays, too, where others took the cores while rates were
    measured: these then say how busy the machine was.
    """
    now = of_axis[0]
    if now.by is By.RATE and min(trial.speed.busy for trial in of_axis) < BUSY:
        return now
    most = (1 + MARGINS[now.by]) * min(trial.loss for trial in of_axis)
    good = [trial for trial in of_axis if trial.loss <= most]
    return now if now in good else min(good, key=lambda trial: trial.speed.cpu_ms)


def cost_of(cpu_ms: float, size: float, prices: Costs, views: int) -> float:
    """Return what a thousand renditions cost that are made once and sent so often each."""
    thousand = Amounts(cpu_s=cpu_ms, bytes_out=round(1000 * views * size))
    return cost(thousand, prices).total


def try_out(app: App, source: Source) -> None:
    """Do once what trials do with a picture. Raises FoveateError for what they could not use."""
    scored(app, source, MIXED[0], app.settings.encoding.quality)


def _pairs(app: App, sources: Sequence[Source], options: str, seconds: float) -> Iterator[Pair]:
    """Yield each picture below and above the usual quality, for so long; one at least."""
    encoding, until = app.settings.encoding, time.perf_counter() + seconds
    usual = encoding.avif_quality if "format=avif" in options else encoding.quality
    low, high = max(1, usual - AROUND), min(99, usual + AROUND)
    for number, source in enumerate(sources):
        if number and time.perf_counter() >= until:
            return
        yield scored(app, source, options, low), scored(app, source, options, high)


def scored(app: App, source: Source, options: str, quality: int) -> Scored:
    """Return how a rendition looks and what it weighs. Raises FoveateError."""
    from foveate.background import waited
    from foveate.library import read_options, work_on

    asked = read_options(f"{options},quality={quality}")
    return waited(work_on(app, [source], partial(app.scorer.prepare, options=asked), "score"))


def equal_bytes(now: Sequence[Pair], others: Sequence[Pair]) -> float:
    """Return what pictures weigh where each looks as it does now, by those that both have."""
    both = [
        (_between(*before), at_score(*pair, (before[0].score + before[1].score) / 2))
        for before, pair in zip(now, others, strict=False)
    ]
    times = sum(other for _, other in both) / sum(before for before, _ in both)
    return times * statistics.fmean(_between(*pair) for pair in now)


def _between(low: Scored, high: Scored) -> float:
    return at_score(low, high, (low.score + high.score) / 2)


def at_score(low: Scored, high: Scored, score: float) -> float:
    """Return what a picture weighs that looks so, from what it does at two qualities.

    Each further point of the score takes the same percentage of bytes more, about.
    """
    apart = high.score - low.score
    share = (score - low.score) / apart if apart > GROWTH else 0.5
    growth: float = (high.bytes / low.bytes) ** min(2.0, max(-1.0, share))
    return low.bytes * growth
