"""`DetectLabels`: things of known classes, what a picture shows as a whole, and its colours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from foveate.geometry.box import Size
from foveate.server.rekognition.shapes import MODEL, percent, shares_of
from foveate.service.serialise import thing_from_json
from foveate.vision.apart import apart
from foveate.vision.vocabulary import SPELLED

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from foveate.server.rekognition.call import Call, Told
    from foveate.service.work import Work
    from foveate.storage.source import Source

GENERAL: Final = "GENERAL_LABELS"
PROPERTIES: Final = "IMAGE_PROPERTIES"
PARTS: Final = {GENERAL: ("objects", "tags"), PROPERTIES: ("colours",)}
"""What is looked for, for each feature that may be asked for."""
SURE: Final = 55
"""Percent from which on a label is told where nobody says."""
MOST_COLOURS: Final = 10


async def detect(call: Call) -> Told:
    """Say what there is to be seen."""
    asked = call.asked
    features = asked.words_of("Features", PARTS) or (GENERAL,)
    most = asked.count("MaxLabels", least=0)
    least = asked.percent("MinConfidence", SURE)
    general = asked.inner("Settings").inner("GeneralLabels")
    general.refuse("LabelCategoryInclusionFilters", "LabelCategoryExclusionFilters")
    only = _folded(general.words_of("LabelInclusionFilters"))
    without = _folded(general.words_of("LabelExclusionFilters"))
    properties = asked.inner("Settings").inner("ImageProperties")
    colours = properties.whole("MaxDominantColors", MOST_COLOURS, least=0, most=12)

    def told(known: Any) -> Told:  # noqa: ANN401 - what an analysis gives
        said = known.to_json()
        answer: Told = {"LabelModelVersion": MODEL}
        if GENERAL in features:
            rows = _meant(labels(said), least, only, without)
            answer["Labels"] = rows[:most]
        if PROPERTIES in features:
            answer["ImageProperties"] = {"DominantColors": dominant(said["colours"], colours)}
        return answer

    def prepare(picture: Source) -> Work[Told]:
        names = [name for feature in features for name in PARTS[feature]]
        return call.api.door.core.analyser.prepare(picture, names).then(told)

    return await call.look(prepare)


def labels(said: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what an analysis tells of things and tags, the surest first.

    A thing that is a tag as well, however that spells it, is one label with the places where it was
    found, each once. What it also is, as a stop sign is a street sign and a dog a pet, is another.
    """
    size = Size(said["width"], said["height"])
    found: dict[str, dict[str, Any]] = {}
    for thing in apart(map(thing_from_json, said["objects"])):
        label = _label(found, SPELLED.get(thing.label, thing.label), thing.score)
        label["Instances"].append(
            {"BoundingBox": shares_of(thing.box, size), "Confidence": percent(thing.score)}
        )
    for tag in said["tags"]["labels"]:
        _label(found, tag["label"], tag["score"])
    return sorted(found.values(), key=lambda label: -label["Confidence"])


def _label(found: dict[str, dict[str, Any]], word: str, score: float) -> dict[str, Any]:
    """Return the label of that word, made now if need be, at least as sure as that."""
    empty: dict[str, list[Any]] = {"Instances": [], "Parents": [], "Aliases": [], "Categories": []}
    made = {"Name": titled(word), "Confidence": 0.0, **empty}
    label = found.setdefault(word.casefold(), made)
    label["Confidence"] = max(label["Confidence"], percent(score))
    return label


def titled(word: str) -> str:
    """Return a word of ours as Rekognition writes labels.

    >>> titled("dining table"), titled("Labrador retriever")
    ('Dining Table', 'Labrador Retriever')
    """
    return " ".join(part[:1].upper() + part[1:] for part in word.split())


def _folded(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word.casefold() for word in words)


def _meant(
    rows: list[dict[str, Any]], least: float, only: Collection[str], without: Collection[str]
) -> list[dict[str, Any]]:
    """Return the labels that are sure enough, and not left out by their names.

    Each has the instances that are sure enough themselves.
    """
    named = ((row, row["Name"].casefold()) for row in rows if row["Confidence"] >= least)
    meant = [row for row, name in named if (not only or name in only) and name not in without]
    sure = ([each for each in row["Instances"] if each["Confidence"] >= least] for row in meant)
    return [{**row, "Instances": places} for row, places in zip(meant, sure, strict=True)]


def dominant(colours: Mapping[str, Any], most: int) -> list[dict[str, Any]]:
    """Return the colours of a palette, those with the largest share first."""
    palette = sorted(colours["palette"], key=lambda each: -each["share"])
    return [_colour(each["colour"], each["share"]) for each in palette[:most]]


def _colour(code: str, share: float) -> dict[str, Any]:
    red, green, blue = (int(code[start : start + 2], 16) for start in (1, 3, 5))
    rgb = {"Red": red, "Green": green, "Blue": blue}
    return {**rgb, "HexCode": code, "PixelPercent": percent(share)}
