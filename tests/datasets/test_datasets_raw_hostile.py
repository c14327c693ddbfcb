"""Annotations that nobody would write by hand: refused by BadRaw or read, and soon."""

from __future__ import annotations

import json
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Final

import pytest

from foveate.datasets.raw.listing import Listing
from foveate.datasets.raw.places import Found
from foveate.datasets.raw.raw import Kind, Picture, Raw
from foveate.datasets.raw.survey import samples_of, surveyed
from foveate.errors import BadRaw, SourceNotFound
from foveate.geometry.box import Size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foveate.datasets.sample import Sample

PICTURE: Final = "images/a.png"
RUNS: Final = {"size": [3, 4], "counts": [5, 2, 5]}
COCO: Final = {
    "images": [{"id": 1, "file_name": "a.png", "width": 4, "height": 3}],
    "categories": [{"id": 7, "name": "cat"}],
    "annotations": [
        {"image_id": 1, "category_id": 7, "bbox": [0, 1, 2, 2], "segmentation": RUNS},
        {"image_id": 1, "category_id": 7, "segmentation": [[0, 0, 2, 0, 2, 2.5]]},
        {"image_id": 1, "category_id": 7, "segmentation": {"size": [3, 4], "counts": "525"}},
    ],
}
ROW: Final = {
    "source": "a.png",
    "labels": ["indoor"],
    "instances": [{"label": "cat", "box": [0, 1, 2, 2], "mask": {"rings": [[[0, 0], [1, 2]]]}}],
    "attributes": {"camera": 1.5},
}
VOC: Final = """<annotation><filename>a.png</filename><object><name>cat</name>
<difficult>1</difficult><pose>Left</pose>
<bndbox><xmin>1</xmin><ymin>2</ymin><xmax>4</xmax><ymax>3</ymax></bndbox></object></annotation>"""
CSV: Final = "source,label,xmin,ymin,xmax,ymax,group,split\na.png,cat,1,0,3,2,anna,val\n"
FILES: Final[dict[Kind, dict[str, str]]] = {
    Kind.COCO: {"all.json": json.dumps(COCO)},
    Kind.VOC: {"Annotations/a.xml": VOC, "ImageSets/Main/train.txt": "a\n"},
    Kind.YOLO: {"data.yaml": "names: [cat]\nnc: 1\n", "labels/a.txt": "0 .5 .5 1 1\n0 0 0 1 0 1 1"},
    Kind.LIST: {"rows.jsonl": json.dumps(ROW), "rows.csv": CSV},
}
ODD: Final = (
    *("", "[]", "{}", "[[]]", "null", "true", "NaN", "-Infinity", "1e999", "9" * 400, "-1", "0.0"),
    *('"\\ud800"', '"\\u0000"', '{"a": {}}', "!!timestamp x", "!!int ''", "!!bool x", "!!set {a}"),
    *("<<: {}", "&a ", "*a", "? [a]\n: b", "\x00", "\xff", "\r", ";", "\t", "../", "=", "é", '"'),
    *("<a/>", "<![CDATA[", "&lt;", "&#0;", "<?xml version='1.0' encoding='utf-7'?>"),
)


@dataclass
class Written:
    """A place with these files alone."""

    files: dict[str, bytes]

    def pictures(self) -> Iterator[Found]:
        yield Found(PICTURE, "1")

    def names(self, below: str, ending: str) -> list[str]:
        return sorted(n for n in self.files if n.startswith(below) and n.endswith(ending))

    def read(self, name: str) -> bytes:
        return self.text(name)

    def text(self, name: str) -> bytes:
        if name not in self.files:
            raise SourceNotFound(name)
        return self.files[name]


def read(kind: Kind, files: dict[str, bytes]) -> list[Sample]:
    named = [f for f in files if kind in {Kind.COCO, Kind.LIST} or f == "data.yaml"]
    raw = Raw(name="data", kind=kind, place="place", annotations=tuple(named))
    listing = Listing.of([Picture(name=PICTURE, digest="0", size=Size(4, 3))])
    found = surveyed(raw, samples_of(raw, Written(files), listing))
    # What is read is spelt, too.
    json.dumps(found.to_json()).encode()
    return list(found.samples)


def changed(text: bytes, chance: Random) -> bytes:
    """Return a text with something odd in it, in the place of something else."""
    for _ in range(chance.randint(1, 3)):
        start = chance.randrange(len(text) + 1)
        # Often the place of a whole value.
        marks = [at for at in range(start, len(text)) if text[at : at + 1] in b",]}<\n "]
        end = marks[0] if marks and chance.random() < 0.7 else start + chance.randint(0, 3)
        text = text[:start] + chance.choice(ODD).encode("latin-1") + text[end:]
    return text


@pytest.mark.parametrize("kind", FILES)
def test_whatever_annotations_say_is_read_or_refused(kind: Kind) -> None:
    whole = {name: text.encode() for name, text in FILES[kind].items()}
    assert read(kind, whole)[0].instances
    chance = Random(7)  # noqa: S311 - the same every time
    for _ in range(120):
        name = chance.choice(list(whole))
        files = {**whole, name: changed(whole[name], chance)}
        try:
            read(kind, files)
        except BadRaw as why:
            assert str(why).encode()  # noqa: PT017 - that it can be said is the point
        except Exception as why:
            raise AssertionError(files[name]) from why


def listed(**row: object) -> dict[str, bytes]:
    return {"rows.jsonl": json.dumps({"source": "a.png", **row}).encode()}


def with_lines(text: str) -> dict[str, bytes]:
    return {"data.yaml": b"names: [cat]", "labels/a.txt": text.encode()}


@pytest.mark.parametrize(
    ("kind", "files", "said"),
    [
        (Kind.LIST, listed(labels=["\ud800"]), "half of a pair"),
        (Kind.LIST, listed(label=["cat"], x1=[1]), "expected label as a text"),
        (Kind.LIST, listed(label="cat", x1=1, y1=1, x2=[2], y2=2), "expected a number"),
        (Kind.LIST, listed(labels=[], attributes={"a": 10**400}), "true or false, got 1000"),
        (Kind.LIST, listed(split={"a": 1}), "expected split as a text"),
        (Kind.LIST, listed(instances=[{"mask": {"size": [9, 9], "counts": [81]}}]), "of its 4x3"),
        (Kind.YOLO, {"data.yaml": b"names: [cat]\nday: !!timestamp x"}, "aliases and tags"),
        (Kind.YOLO, {"data.yaml": b"names: [cat]\nn: !!int ''"}, "aliases and tags"),
        (Kind.YOLO, with_lines("0 " + "0.1 " * 20_000), "at most 20000 numbers, got 20001"),
        (Kind.YOLO, with_lines("\n" * 9_000_000), "bytes of lines"),
    ],
)
def test_what_took_too_long_or_was_met_too_late_is_refused_by_its_place(
    kind: Kind, files: dict[str, bytes], said: str
) -> None:
    with pytest.raises(BadRaw, match=said):
        read(kind, files)
