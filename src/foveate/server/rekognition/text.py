"""`DetectText`: lines of text, and where the words of each lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from foveate.geometry.box import Box, Size
from foveate.server.rekognition.asked import is_number
from foveate.server.rekognition.problems import Kind, Refused
from foveate.server.rekognition.shapes import MODEL, SIDES, percent, point_to_json, shares_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from foveate.server.rekognition.asked import Asked
    from foveate.server.rekognition.call import Call, Told
    from foveate.service.work import Work
    from foveate.storage.source import Source

    Quad = Sequence[Sequence[float]]
    """Four corners, clockwise from where the text begins, in pixels or in shares."""

SURE: Final = 80
"""Percent from which on a word is told where nobody says."""
MOST_REGIONS: Final = 10
FEWEST_CORNERS, MOST_CORNERS = 3, 100
FURTHEST: Final = 10.0
"""Widths of the picture from its corner: no region begins further out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which words are told, and with them the lines that they are of."""

    least: float
    """Percent."""
    width: float
    height: float
    """Shares of the picture, the least that a word has."""
    regions: tuple[tuple[tuple[float, float], ...], ...]
    """Polygons in shares of the picture; in one of them a word has its middle. None is anywhere."""

    def keeps(self, row: Mapping[str, Any]) -> bool:
        """Return whether a word is told."""
        box = row["Geometry"]["BoundingBox"]
        large = box["Width"] >= self.width and box["Height"] >= self.height
        middle = box["Left"] + box["Width"] / 2, box["Top"] + box["Height"] / 2
        inside = not self.regions or any(_has(region, middle) for region in self.regions)
        return large and inside and row["Confidence"] >= self.least


async def detect(call: Call) -> Told:
    """Read what is written in a picture."""
    filters = read_filters(call.asked.inner("Filters"))

    def told(known: Any) -> Told:  # noqa: ANN401 - what an analysis gives
        return {"TextDetections": detections(known.to_json(), filters), "TextModelVersion": MODEL}

    def prepare(picture: Source) -> Work[Told]:
        return call.api.door.core.analyser.prepare(picture, ["text"]).then(told)

    return await call.look(prepare)


def read_filters(asked: Asked) -> Filters:
    """Return which words are told. Raises Refused."""
    word = asked.inner("WordFilter")
    return Filters(
        least=word.percent("MinConfidence", SURE),
        width=word.share("MinBoundingBoxWidth"),
        height=word.share("MinBoundingBoxHeight"),
        regions=tuple(map(_region, asked.rows("RegionsOfInterest", MOST_REGIONS))),
    )


def _region(said: object) -> tuple[tuple[float, float], ...]:
    wanted = f"regions with a BoundingBox, or with a Polygon of 3 to {MOST_CORNERS} points"
    match said:
        case {"Polygon": [*points]} if FEWEST_CORNERS <= len(points) <= MOST_CORNERS:
            return tuple(_point(point, wanted) for point in points)
        case {"BoundingBox": {**box}}:
            left, top, width, height = (_number(box.get(side.title()), wanted) for side in SIDES)
        case _:
            raise _wrong(wanted)
    right, bottom = left + width, top + height
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def _point(said: object, wanted: str) -> tuple[float, float]:
    point = said if isinstance(said, dict) else {}
    return _number(point.get("X"), wanted), _number(point.get("Y"), wanted)


def _number(said: object, wanted: str) -> float:
    if not is_number(said) or not abs(said) <= FURTHEST:
        raise _wrong(wanted)
    return float(said)


def _wrong(wanted: str) -> Refused:
    return Refused(Kind.PARAMETER, f"RegionsOfInterest: expected {wanted}.")


def detections(said: Mapping[str, Any], filters: Filters) -> list[dict[str, Any]]:
    """Return the words that are kept, behind the lines that they are of.

    The networks read whole lines: a word lies where its share of the characters is.
    """
    size = Size(said["width"], said["height"])
    lines = [
        {"Id": number, **_row(line["text"], line["score"], line["quad"], size), "Type": "LINE"}
        for number, line in enumerate(said["text"])
    ]
    rows = [
        {**_row(word, line["score"], quad, size), "Type": "WORD", "ParentId": number}
        for number, line in enumerate(said["text"])
        for word, quad in words(line["text"], line["quad"])
    ]
    numbered = enumerate(rows, len(lines))
    kept = [{"Id": number, **row} for number, row in numbered if filters.keeps(row)]
    told = {row["ParentId"] for row in kept}
    return [*(line for line in lines if line["Id"] in told), *kept]


def words(text: str, quad: Quad) -> Iterator[tuple[str, Quad]]:
    """Yield the words of a line with their corners, were all its characters as wide.

    >>> [word for word, _ in words("NO STOP", [[0, 0], [70, 0], [70, 9], [0, 9]])]
    ['NO', 'STOP']
    """
    place, length = 0, max(1, len(text))
    for word in text.split():
        start = text.index(word, place)
        place = start + len(word)
        yield word, _cut(quad, start / length, place / length)


def _cut(quad: Quad, begin: float, end: float) -> Quad:
    """Return the part of a quadrilateral between two shares of its length."""
    first, second, third, fourth = quad
    return (
        _between(first, second, begin),
        _between(first, second, end),
        _between(fourth, third, end),
        _between(fourth, third, begin),
    )


def _between(one: Sequence[float], other: Sequence[float], share: float) -> tuple[float, float]:
    x, y = (a + (b - a) * share for a, b in zip(one, other, strict=True))
    return x, y


def _row(text: str, score: float, quad: Quad, size: Size) -> dict[str, Any]:
    around = Box.covering(Box(x, y, 0, 0) for x, y in quad)
    return {
        "DetectedText": text,
        "Confidence": percent(score),
        "Geometry": {
            "BoundingBox": shares_of(around, size),
            "Polygon": [point_to_json((x, y), size) for x, y in quad],
        },
    }


def _has(polygon: Sequence[tuple[float, float]], point: tuple[float, float]) -> bool:
    """Return whether a place is in a polygon: a ray from it crosses the border an odd time.

    >>> _has(((0, 0), (1, 0), (0, 1)), (0.2, 0.2)), _has(((0, 0), (1, 0), (0, 1)), (0.8, 0.8))
    (True, False)
    """
    x, y = point
    inside = False
    for (left, top), (right, bottom) in zip(polygon, (*polygon[1:], polygon[0]), strict=True):
        crosses = (top > y) != (bottom > y)
        inside ^= crosses and x < left + (right - left) * (y - top) / (bottom - top)
    return inside
