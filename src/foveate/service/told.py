"""What may be asked of recognition, and what its stages say: as values and as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from foveate.configuration.nearest import meant
from foveate.errors import BadOption
from foveate.service.serialise import age_to_json, choice_to_json, face_to_json
from foveate.service.stages.preprocess import EMBEDDED, MOST
from foveate.service.stages.search import LIMIT, SEARCHED
from foveate.vision.attributes import ON_REQUEST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from foveate.errors import FoveateError
    from foveate.geometry.box import Size
    from foveate.service.stages.search import SubjectMatch
    from foveate.values import Face

FACES: Final = "faces"
TOLD: Final = (FACES, EMBEDDED, *ON_REQUEST, SEARCHED)
"""What may be asked for, in the order in which a gathered answer has it."""
MAX_LIMIT: Final = 100
MAX_COLLECTION: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be told of a picture."""

    words: tuple[str, ...] = TOLD
    """Out of `TOLD`."""
    collection: str = ""
    """Where to search; empty is the default one."""
    limit: int = LIMIT
    """Matches of each face."""
    remembered: bool = False
    """Whether it may come from what was seen before, and is kept for later."""


def asked(
    parts: Sequence[str] = (), *, collection: str = "", limit: int = LIMIT, cache: bool = False
) -> Asked:
    """Return what is asked for; no parts are all of them. Raises BadOption.

    The search is among all of them only where a collection is named: not everybody has one.
    """
    unknown = [f"{name[:40]}{meant(name[:40], TOLD)}" for name in parts if name not in TOLD]
    if unknown:
        raise BadOption(f"Expected parts out of {', '.join(TOLD)}, got {', '.join(unknown[:5])}.")
    if not 1 <= limit <= MAX_LIMIT:
        raise BadOption(f"Expected a limit from 1 to {MAX_LIMIT}, got {limit}.")
    if len(collection) > MAX_COLLECTION:
        raise BadOption(f"Expected a collection's name of at most {MAX_COLLECTION} characters.")
    default = [word for word in TOLD if word != SEARCHED or collection]
    words = tuple(word for word in TOLD if word in (parts or default))
    return Asked(words=words, collection=collection, limit=limit, remembered=cache)


@dataclass(frozen=True, slots=True)
class Found:
    """The faces of a picture, best score first, in pixels of the upright source."""

    size: Size
    faces: tuple[Face, ...]

    def to_json(self) -> dict[str, object]:
        """Return the size of the picture, and its faces."""
        faces = [face_to_json(face) for face in self.faces]
        answer: dict[str, object] = {"width": self.size.width, "height": self.size.height}
        answer["faces"] = faces
        if len(faces) > MOST:
            answer["only_first"] = MOST  # the others are told of by no other stage
        return answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one stage says, or why it cannot."""

    stage: str
    """Out of `TOLD`."""
    value: Any = None
    """`Found` of faces; of other stages a value for each face, in their order."""
    ms: float
    """What the stage took; age and gender take it together."""
    at_ms: float
    """When it was known, after the beginning."""
    error: FoveateError | None = None

    def to_json(self) -> dict[str, object]:
        """Return what an event of the stream carries."""
        times = {"ms": round(self.ms, 1), "at_ms": round(self.at_ms, 1)}
        if self.error is not None:
            return {**times, **error_to_json(self.error)}
        return {**times, "value": value_to_json(self.stage, self.value)}


def error_to_json(error: FoveateError) -> dict[str, object]:
    """Return the class of an error and its sentence for anybody."""
    return {"error": type(error).__name__, "message": error.public}


def value_to_json(stage: str, value: Any) -> object:  # noqa: ANN401 - each stage has its own
    """Return what a stage says as it stands in JSON."""
    if stage == FACES:
        return value.to_json()
    return [_OF_A_FACE[stage](each) for each in value]


def _vector_to_json(vector: Iterable[float]) -> list[float]:
    return [round(float(x), 6) for x in vector]


def _matches_to_json(matches: Iterable[SubjectMatch]) -> list[object]:
    return [match.to_json() for match in matches]


_OF_A_FACE: Final[Mapping[str, Callable[[Any], object]]] = {
    EMBEDDED: _vector_to_json,
    "age": age_to_json,
    **dict.fromkeys(("gender", "emotion", "race"), choice_to_json),
    SEARCHED: _matches_to_json,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """All that was told of a picture."""

    told: Mapping[str, Told]
    """By stage, in the order of `TOLD`."""
    switched_off: tuple[str, ...] = ()

    def __getitem__(self, stage: str) -> Any:  # noqa: ANN401
        told = self.told[stage]
        if told.error is not None:
            raise told.error
        return told.value

    def to_json(self) -> dict[str, object]:
        """Return a key for each stage, what failed, what is off, and what each took."""
        answer: dict[str, object] = {}
        for stage, told in self.told.items():
            if told.error is None:
                value = value_to_json(stage, told.value)
                answer |= value if isinstance(value, dict) else {stage: value}
        failed = {s: error_to_json(told.error) for s, told in self.told.items() if told.error}
        if failed:
            answer["failed"] = failed
        if self.switched_off:
            answer["switched_off"] = list(self.switched_off)
        spent = {stage: round(told.ms, 1) for stage, told in self.told.items()}
        return {**answer, "timings_ms": spent}
