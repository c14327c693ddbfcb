"""Text: the lines of a picture and what they say; and, for crops, where they lie alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from foveate.service.networks import Network
from foveate.service.part import Offer, Part, json_codec
from foveate.service.parts.grounds import on_each_ground
from foveate.service.quoting import written
from foveate.service.serialise import TEXT_EXAMPLE, line_from_json, line_to_json
from foveate.settings import MIB
from foveate.vision.reading import TextReader, in_reading_order
from foveate.vision.text import TextDetector

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from foveate.geometry.box import Box, Size
    from foveate.ports import LineDetector, LineReader
    from foveate.service.analysis import Analysis
    from foveate.service.networks import Networks
    from foveate.values import TextLine

    Lines = tuple[TextLine, ...]

CELL_BYTES: Final = 184
"""What the detector works with for each pixel of its input, measured on squares of 640 to 1920."""
READ_BYTES: Final = 60 * MIB
"""What the reader works with on the longest line, measured."""
READ_SIDE: Final = 2560
"""Longest side at which lines are read."""
READ_HEIGHT: Final = 40
"""Pixels that the lowest lines have there, where the picture has as many."""
LOW: Final = 0.1
"""Share of the lines that may be lower."""
AROUND: Final = 0.12
"""Room around letters inside of a line as it is found, in its heights."""
SAME: Final = 0.5
"""Share of the larger from which on two lines on different grounds are one."""
HIGH, SQUARE = 0.4, 1.5
"""Share of the short side of a picture, and of its height the length, of what is no line."""
LEGIBLE: Final = 0.6
"""From this score on a reading is one; what patterns are read as has less."""


def _make(networks: Networks) -> LineDetector:
    text = networks.settings.text
    least = min(text.score, text.gravity_score)
    return TextDetector(networks.session("text-detection"), long_side=text.long_side, score=least)


DETECTOR: Final[Network[LineDetector]] = Network("text-lines", _make, ("text-detection",))


def _make_reader(networks: Networks) -> LineReader:
    return TextReader(networks.session("text-reading"))


READER: Final[Network[LineReader]] = Network("text", _make_reader, ("text-reading",))


def _input_size(networks: Networks, size: Size) -> Size:
    return networks.of(DETECTOR).input_size(size)


def finding_bytes(long_side: int) -> int:
    """Return what looking takes at that long side, at most: no input is larger than its square.

    >>> [finding_bytes(side) >> 20 for side in (640, 1280)]
    [71, 287]
    """
    return CELL_BYTES * long_side**2


def _find(analysis: Analysis) -> Lines:
    """Return every line with any score that counts for anybody, largest first."""
    detect = analysis.networks.of(DETECTOR)
    seen = detect.input_size(analysis.size)
    across, down = analysis.size.width / seen.width, analysis.size.height / seen.height
    pixels = analysis.pixels
    looks = on_each_ground(pixels.thumbnail, seen, alpha=pixels.facts.alpha)
    found = [line.scaled(across, down) for picture in looks for line in detect(picture(seen))]
    if not pixels.facts.alpha:
        return tuple(found)
    return tuple(sorted(_each_once(found), key=lambda line: -line.length * line.height))


def _each_once(lines: Iterable[TextLine]) -> list[TextLine]:
    """Return the lines, of those that are one on two grounds the surest."""
    kept: list[TextLine] = []
    for line in sorted(lines, key=lambda each: -each.score):
        if not any(_same(line.box, other.box) for other in kept):
            kept.append(line)
    return kept


def _same(one: Box, other: Box) -> bool:
    shared = one.overlap(other)
    return shared is not None and shared.area > SAME * max(one.area, other.area)


def reading_size(lines: Sequence[TextLine], size: Size) -> Size:
    """Return the size of a picture at which nearly all of its lines are high enough to be read."""
    heights = sorted(line.height for line in lines)
    low = heights[int(LOW * len(heights))]
    return size.within(min(READ_SIDE, round(size.long_side * READ_HEIGHT / max(low, 1.0))))


def _read(analysis: Analysis) -> Lines:
    score = analysis.networks.settings.text.score
    lines = [
        replace(line, detection_score=line.score)
        for line in analysis.get(LINES)
        if line.score >= score
    ]
    if not lines:
        return ()
    whole = analysis.size
    size, pixels = reading_size(lines, whole), analysis.pixels
    read: list[TextLine] = []
    for picture in on_each_ground(pixels.aside, size, alpha=pixels.facts.alpha):
        rgb = picture(size)
        across, down = rgb.shape[1] / whole.width, rgb.shape[0] / whole.height
        found = analysis.networks.of(READER)(rgb, [line.scaled(across, down) for line in lines])
        read += [line.scaled(1 / across, 1 / down) for line in found if line.text]
    legible = [line for line in read if line.score >= LEGIBLE]
    return in_reading_order(_each_once(legible) if pixels.facts.alpha else legible)


def lines_to_keep(analysis: Analysis) -> Lines:
    """Return the lines that count for a crop, largest first."""
    score = analysis.networks.settings.text.gravity_score
    lines = (line for line in analysis.get(LINES) if line.score >= score)
    return tuple(line for line in lines if not is_thing(line, analysis.size))


def is_thing(line: TextLine, size: Size) -> bool:
    """Return whether a line is as high as much of its picture, and hardly longer: a cup, a wheel.

    >>> from foveate.geometry.box import Size
    >>> from foveate.values import TextLine
    >>> cup = TextLine(((178, 69), (392, 49), (416, 316), (202, 336)), 0.94)
    >>> is_thing(cup, Size(600, 400)), is_thing(cup, Size(2000, 1500))
    (True, False)
    """
    short, long = sorted((line.length, line.height))
    return short > HIGH * min(size.width, size.height) and long < SQUARE * short


def text_to_keep(analysis: Analysis) -> Lines:
    """Return the lines that a crop by text goes by, largest first.

    Where none is surely found, those in doubt are read: what reads as writing is some.
    """
    lines = lines_to_keep(analysis)
    if lines or analysis.networks.lacking(READER):
        return lines
    read: Lines = analysis.get(TEXT)
    sure = (line for line in written(read) if not is_thing(line, analysis.size))
    return tuple(sorted(sure, key=lambda line: -line.length * line.height))


def letters_of(lines: Iterable[TextLine]) -> list[Box]:
    """Return the boxes around the letters of lines, without the room that is around these."""
    # One that stands upright is found higher than it is long.
    return [line.grown(-AROUND * min(line.height, line.length)).box for line in lines]


def known_lines(analysis: Analysis) -> Lines:
    """Return them if this request has looked for text, and nothing else."""
    if analysis.has(TEXT):
        return text_to_keep(analysis)
    return lines_to_keep(analysis) if analysis.has(LINES) else ()


def text_share(analysis: Analysis, box: Box) -> float:
    """Return the share of a crop that lines of text cover, 0..1, where they are known; else 0."""
    seen = ((line, box.overlap(line.box)) for line in known_lines(analysis))
    inked = sum(
        shown.area * line.length * line.height / max(line.box.area, 1.0)
        for line, shown in seen
        if shown is not None
    )
    return min(1.0, inked / box.area)


def _to_rows(lines: Sequence[TextLine]) -> list[dict[str, Any]]:
    return [line_to_json(line) for line in lines]


def _sentence(lines: Sequence[TextLine]) -> str:
    if not lines:
        return "No text was found."
    said = "\n".join(
        f"  {line.text}  (read {line.score:.0%}, detected {line.detection_score:.0%})"
        for line in lines
    )
    return f"{len(lines)} line{'s'[: len(lines) != 1]} of text:\n{said}"


_CODEC: Final = json_codec(_to_rows, lambda rows: tuple(map(line_from_json, rows)))

LINES: Final[Part[Lines]] = Part(
    name="text-lines",
    version=3,
    compute=_find,
    codec=_CODEC,
    networks=(DETECTOR,),
    input_size=_input_size,
    counts=lambda settings: settings.text.gravity_score,
    memory_bytes=lambda settings: finding_bytes(settings.text.long_side),
)
"""Where lines are, not read."""

TEXT: Final[Part[Lines]] = Part(
    name="text",
    version=3,
    compute=_read,
    codec=_CODEC,
    needs=(LINES,),
    networks=(READER,),
    settings=lambda settings: settings.text.score,
    # Lines are found first.
    memory_bytes=lambda settings: max(finding_bytes(settings.text.long_side), READ_BYTES),
    offer=Offer(
        "lines of text in reading order: what each says, with score, box and corners",
        TEXT_EXAMPLE,
        _to_rows,
        _sentence,
    ),
)
