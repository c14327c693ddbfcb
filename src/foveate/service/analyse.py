"""What is known of a picture, as values and as JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from foveate.configuration.nearest import meant
from foveate.errors import BadOption
from foveate.imaging.guard import guard
from foveate.imaging.pixel_source import PixelSource
from foveate.service.memory import decoded_bytes
from foveate.service.parts import OFFERED
from foveate.service.parts.attributes import ATTRIBUTES
from foveate.service.work import Work

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from foveate.deadline import Deadline
    from foveate.geometry.box import Size
    from foveate.ports import Picture
    from foveate.service.analysis import Analyses, Analysis
    from foveate.service.part import Part
    from foveate.trace import Trace


MAX_MEANT: Final = 5
"""Names of which we say what was meant: whoever sends thousands must not keep us busy."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AnalysisResult:
    """What is known of one picture: a typed value for each part, by its name.

    Faces are `values.Face`, maps are float32 arrays in 0..1 over the whole picture, boxes are
    pixels of the upright source. `to_json` is what the API answers.
    """

    size: Size
    parts: Mapping[str, Any]
    switched_off: tuple[str, ...] = ()
    """Attributes that were asked for and that the settings do not let anybody guess."""
    timings_ms: Mapping[str, float] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<AnalysisResult {self.size} {', '.join(self.parts)}>"

    def __getitem__(self, part: str) -> Any:  # noqa: ANN401 - each part has a type of its own
        return self.parts[part]

    def __contains__(self, part: object) -> bool:
        return part in self.parts

    def __iter__(self) -> Iterator[str]:
        return iter(self.parts)

    def to_json(self) -> dict[str, Any]:
        """Return width, height, a key for each part, and what each took."""
        answer: dict[str, Any] = {"width": self.size.width, "height": self.size.height}
        for name, value in self.parts.items():
            offer = OFFERED[name].offer
            answer[name] = offer.to_json(value) if offer else None
        if self.switched_off:
            answer["switched_off"] = list(self.switched_off)
        return {**answer, "timings_ms": dict(self.timings_ms)}


def timings_of(trace: Trace) -> dict[str, float]:
    """Return what decoding and each part took, in milliseconds, in the order they began."""
    spent = trace.total_ms()
    told = {name: ms for name, ms in spent.items() if name in OFFERED or name == "decode"}
    return {name: round(ms + _before(name, spent), 1) for name, ms in told.items()}


def _before(name: str, spent: Mapping[str, float]) -> float:
    """Return what was spent on what this part needs and nobody may ask for by its name."""
    needs = OFFERED[name].needs if name in OFFERED else ()
    return sum(spent.get(need.name, 0.0) for need in needs if need.offer is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Analyser:
    """Picture in, analysis out."""

    analyses: Analyses
    switched_off: tuple[str, ...] = ()
    """Attributes that the settings do not let anybody guess; the answer says so."""

    def prepare(self, picture: Picture, names: Sequence[str]) -> Work[AnalysisResult]:
        """Return the work of analysing. Raises BadOption, ImageError.

        What is said of faces comes in the order of `faces`, which is then there too.
        """
        parts = offered(names)
        need = decoded_bytes(picture.facts) + self.analyses.memory_bytes(parts)
        return Work(need, partial(self._analyse, picture, parts))

    def _analyse(
        self,
        picture: Picture,
        parts: Sequence[Part[Any]],
        deadline: Deadline,
        trace: Trace,
    ) -> AnalysisResult:
        scale = self.analyses.scale_for(picture.facts.size, parts)
        analysis = self.analyses.open(PixelSource(picture, deadline, trace, scale=scale))
        with deadline, guard():
            analysis.see(parts)
            told = {*parts, *(need for part in parts for need in part.needs)}
            values = {
                name: _value(analysis, part) for name, part in OFFERED.items() if part in told
            }
        return AnalysisResult(
            size=picture.facts.size,
            parts=values,
            switched_off=self.switched_off if ATTRIBUTES in parts else (),
            timings_ms=timings_of(trace),
        )


def _value(analysis: Analysis, part: Part[Any]) -> Any:  # noqa: ANN401
    value = part.offer.value if part.offer else None
    return value(analysis) if value else analysis.get(part)


def offered(names: Sequence[str]) -> list[Part[Any]]:
    """Return the parts of those names. Raises BadOption for one that nobody may ask for."""
    unknown = [name for name in names if name not in OFFERED]
    if unknown or not names:
        got = [f"{name}{meant(name, OFFERED)}" for name in unknown[:MAX_MEANT]]
        got += unknown[MAX_MEANT:]
        raise BadOption(f"Expected parts out of {', '.join(OFFERED)}, got {', '.join(got) or '-'}.")
    return [OFFERED[name] for name in names]
