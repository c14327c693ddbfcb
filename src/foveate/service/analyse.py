"""What is known of a picture, as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from foveate.errors import BadOption
from foveate.gravity.importance import importance
from foveate.imaging.guard import guard
from foveate.imaging.probe import probe
from foveate.service.forms import face_to_json, map_to_json
from foveate.service.picture import Picture
from foveate.service.sight import OF_FACES, PARTS, Sight, finest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from foveate.imaging.stop import Deadline
    from foveate.service.sight import Eyes
    from foveate.settings import Limits


def _saliency(sight: Sight) -> dict[str, object]:
    """Return the map that crops go by, and its brightest place in 0..1 from left and top.

    It is the square root of the density of looks, relative to its peak.
    """
    looks = importance(sight.saliency(), sight.faces(), sight.known_matte(), sight.size)
    seen = np.sqrt(looks / looks.max())
    return {"point": _brightest(seen), **map_to_json(seen)}


def _brightest(seen: NDArray[np.floating]) -> list[float]:
    row, column = np.unravel_index(int(seen.argmax()), seen.shape)
    height, width = seen.shape
    return [round((float(column) + 0.5) / width, 4), round((float(row) + 0.5) / height, 4)]


def _matte(sight: Sight) -> dict[str, object]:
    """Return the matte, and the share of the picture that the subject covers."""
    seen = sight.matte()
    return {"coverage": round(float(seen.mean()), 4), **map_to_json(seen)}


FORMS: Final[dict[str, Callable[[Sight], object]]] = {
    "faces": lambda sight: [face_to_json(face) for face in sight.found_faces()],
    "saliency": _saliency,
    "matte": _matte,
    "attributes": Sight.attributes,
    "embedding": lambda sight: [[round(float(x), 6) for x in row] for row in sight.embedding()],
}
"""A part as it stands in the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Analyser:
    """Picture in, JSON-ready analysis out."""

    eyes: Eyes
    limits: Limits
    switched_off: tuple[str, ...] = ()
    """Attributes that the settings do not let anybody guess; the answer says so."""

    def __call__(
        self, data: bytes, parts: Sequence[str], *, deadline: Deadline
    ) -> dict[str, object]:
        """Return width, height, one key per part, and timings. Raises BadOption, ImageError.

        What is said of faces comes in the order of `faces`, which is then there too.
        """
        check_parts(parts)
        facts = probe(data, self.limits)
        picture = Picture(data, facts, deadline, scale=finest(facts.size, parts, self.eyes, None))
        sight = Sight(picture, self.eyes)
        with deadline, guard():
            sight.see(parts)
            wanted = {*parts, *(["faces"] if OF_FACES & set(parts) else [])}
            answer: dict[str, Any] = {"width": facts.size.width, "height": facts.size.height}
            answer |= {part: FORMS[part](sight) for part in PARTS if part in wanted}
        if "attributes" in parts and self.switched_off:
            answer["switched_off"] = list(self.switched_off)
        spent = picture.timings_ms | sight.timings_ms
        answer["timings_ms"] = {part: round(ms, 1) for part, ms in spent.items()}
        return answer


def check_parts(parts: Sequence[str]) -> None:
    """Raise BadOption for a part that does not exist."""
    unknown = [part for part in parts if part not in PARTS]
    if unknown or not parts:
        raise BadOption(
            f"Expected parts out of {', '.join(PARTS)}, got {','.join(unknown) or '-'}."
        )
