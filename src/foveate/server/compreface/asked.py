"""The words of a query, read once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate.server.compreface.problems import Code, Refused
from foveate.service.searching import MOST_MATCHES
from foveate.service.seen import likely

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from foveate.service.seen import Seen

GIVEN: Final = ("age", "gender", "landmarks", "calculator", "pose")
"""Plugins that there are here: of age and gender, where the settings let them be guessed."""
ABSENT: Final = ("mask", "landmarks2d106")
"""Plugins that there are not. What they would tell is left out, as where CompreFace lacks one."""
FLAGS: Final = {"": None, "true": True, "1": True, "false": False, "0": False}
WHOLE: Final = re.compile(r"[0-9]{1,10}")
MOST_WHOLE: Final = 2**31 - 1
"""What CompreFace's own numbers hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """What is asked of a picture."""

    limit: int
    """So many faces, the largest first; 0 is all."""
    predictions: int
    """So many subjects for each face."""
    least_score: float
    plugins: frozenset[str]
    status: bool

    def chosen(self, faces: Sequence[Seen]) -> list[Seen]:
        """Return the faces that are meant, the largest first. Raises Refused without any."""
        left = likely(faces, self.least_score)
        if not left:
            raise Refused(Code.NO_FACE, "Expected a picture with a face, got one without.")
        return sorted(left, key=lambda each: -each.face.box.area)[: self.limit or None]


def read_asked(query: Mapping[str, str]) -> Parameters:
    """Return what a query asks. Raises Refused for a value that its word cannot have."""
    if _flag(query, "detect_faces") is False:
        raise Refused(
            Code.INVALID, "detect_faces: expected true, got false: faces are always looked for."
        )
    return Parameters(
        limit=whole(query, "limit", 0),
        predictions=min(MOST_MATCHES, whole(query, "prediction_count", 1, least=1)),
        least_score=score(query),
        plugins=_plugins(query.get("face_plugins", "")),
        status=bool(_flag(query, "status")),
    )


def whole(query: Mapping[str, str], name: str, default: int, *, least: int = 0) -> int:
    """Return a whole number of a query. Raises Refused for another, and for less."""
    text = query.get(name, "").strip()
    if not text:
        return default
    if not (WHOLE.fullmatch(text) and least <= int(text) <= MOST_WHOLE):
        raise _wrong(name, f"a whole number from {least} to {MOST_WHOLE}", text)
    return int(text)


def score(query: Mapping[str, str]) -> float:
    """Return what is at least to be a face, 0..1. Raises Refused."""
    text = query.get("det_prob_threshold", "").strip()
    try:
        least = float(text or 0)
    except ValueError:
        least = -1.0
    if not 0 <= least <= 1:
        raise _wrong("det_prob_threshold", "a number from 0 to 1", text)
    return least


def _flag(query: Mapping[str, str], name: str) -> bool | None:
    text = query.get(name, "").strip().lower()
    if text not in FLAGS:
        raise _wrong(name, "true or false", text)
    return FLAGS[text]


def _plugins(text: str) -> frozenset[str]:
    named = frozenset(word.strip() for word in text.split(",") if word.strip())
    if unknown := sorted(named - {*GIVEN, *ABSENT}):
        raise _wrong("face_plugins", f"words out of {', '.join(GIVEN + ABSENT)}", unknown[0])
    return named


def _wrong(name: str, wanted: str, got: str) -> Refused:
    return Refused(Code.INVALID, f"{name}: expected {wanted}, got {got[:80]!r}.")
