"""Raw data as others wrote it down: what is known of each picture, and nothing that harms."""

from __future__ import annotations

import io
import json
import os
import sqlite3
import tracemalloc
from contextlib import closing, suppress
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from foveate.datasets.handlers.frames import HEAD_BYTES
from foveate.datasets.raw.coco import Runs
from foveate.datasets.raw.elements import BEGINS, elements
from foveate.datasets.raw.raw import Kind, Raw, raw_from_json
from foveate.datasets.raw.registry import Registry, open_registry
from foveate.datasets.raw.rle import bitmap
from foveate.datasets.raw.survey import MOST_TOLD
from foveate.datasets.rle import decoded
from foveate.datasets.sample import Bitmap, Instance, Polygons
from foveate.errors import (
    BadRaw,
    DatasetConflict,
    DatasetsUnusable,
    FoveateError,
    SourceNotFound,
    SourceUnreachable,
    Unavailable,
    UnknownRaw,
)
from foveate.geometry.box import Box, Size
from foveate.settings import Datasets, Limits, Settings
from foveate.settings.kinds import MIB

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from foveate.datasets.raw.places import Found, Place
    from foveate.datasets.raw.raw import Picture, Survey
    from foveate.datasets.sample import Sample


def png(width: int = 4, height: int = 3) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(buffer, "png")
    return buffer.getvalue()


def written(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def registry(tmp_path: Path) -> Registry:
    return open_registry(Settings(datasets=Datasets(books=str(tmp_path / "books"))))


def look(tmp_path: Path, kind: Kind, files: dict[str, str | bytes], *annotations: str) -> Survey:
    place = written(tmp_path / "data", files)
    raw = Raw(name="data", kind=kind, place=str(place), annotations=annotations)
    return registry(tmp_path).look(raw)


def samples(*args: Any) -> dict[str, Sample]:
    return {each.key: each for each in look(*args).samples}


COCO: dict[str, Any] = {
    "images": [
        {"id": 1, "file_name": "a.png", "width": 4, "height": 3},
        {"id": 2, "file_name": "b.png", "width": 4, "height": 3, "coco_url": "unused"},
    ],
    "categories": [{"id": 7, "name": "cat"}, {"id": 9, "name": "dog"}],
    "annotations": [
        {
            "image_id": 1,
            "category_id": 9,
            "bbox": [0.5, 1, 2, 1.5],
            "segmentation": [[0, 0, 2, 0, 2, 2.5]],
            "area": 3,
        },
        {
            "image_id": 1,
            "category_id": 7,
            "bbox": [0, 0, 4, 3],
            "iscrowd": 1,
            "segmentation": {"size": [3, 4], "counts": [5, 2, 5]},
        },
        {
            "image_id": 1,
            "category_id": 7,
            "segmentation": {"size": [3, 4], "counts": "525"},
        },
    ],
}
TWO: dict[str, str | bytes] = {"images/a.png": png(), "images/b.png": png(), "images/c.png": png()}


def test_coco_gives_boxes_outlines_and_runs_of_the_pictures_that_it_names(tmp_path: Path) -> None:
    files = {**TWO, "train.json": json.dumps(COCO)}
    found = samples(tmp_path, Kind.COCO, files, "train=train.json")
    assert set(found) == {"images/a", "images/b"}
    assert found["images/b"].instances == ()
    assert found["images/a"].split == "train"
    dog, crowd, packed = found["images/a"].instances
    rings = (((0.0, 0.0), (2.0, 0.0), (2.0, 2.5)),)
    assert dog == Instance(label="dog", box=Box(0.5, 1, 2, 1.5), mask=Polygons(rings))
    assert crowd.attributes == {"iscrowd": True}
    assert crowd.mask == Bitmap(Size(4, 3), (5, 2, 5)) == packed.mask


def test_compressed_runs_are_read_as_coco_writes_them() -> None:
    runs = [100, 7, 3000, 40, 12, 9, 70000]
    assert decoded(packed(runs)) == runs
    with pytest.raises(BadRaw):
        bitmap(Size(4, 3), packed([5, 2, 4]))


def packed(runs: list[int]) -> str:
    """Return runs as COCO compresses them, straight from its description."""
    text = ""
    for at, run in enumerate(runs):
        value = run - (runs[at - 2] if at > 2 else 0)
        more = True
        while more:
            bits = value & 0x1F
            value >>= 5
            more = value != (-1 if bits & 0x10 else 0)
            text += chr((bits | 0x20 if more else bits) + 48)
    return text


def coco_with(**changes: Any) -> str:
    first = {**COCO["annotations"][0], **changes}
    return json.dumps({**COCO, "annotations": [first]})


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "{",
        "[" * 100_000,
        json.dumps({**COCO, "images": [{"id": 1, "file_name": "../../etc/passwd"}]}),
        json.dumps({**COCO, "images": [{"id": 1, "file_name": "/etc/passwd"}]}),
        json.dumps({**COCO, "images": [{"id": 1, "file_name": "absent.png"}]}),
        json.dumps({**COCO, "images": [COCO["images"][0], COCO["images"][0]]}),
        coco_with(image_id=5),
        coco_with(category_id=5),
        json.dumps({**COCO, "images": [{"id": 1, "file_name": "a.png", "width": 5, "height": 3}]}),
        json.dumps({**COCO, "images": [{"id": 1, "file_name": "a.png", "width": 3, "height": 4}]}),
        coco_with(bbox=[900_000, 1, 3, 4]),
        coco_with(bbox=None, segmentation=[[-9, -9, -5, -9, -5, -4]]),
        coco_with(bbox=[1, 2, 3]),
        coco_with(bbox=[1, 2, -3, 4]),
        coco_with(segmentation=[[1, 2, 3, 4]]),
        coco_with(segmentation={"size": [30_000_000, 4], "counts": []}),
        coco_with(segmentation={"size": [3, 4], "counts": [5, 2, 4]}),
        coco_with(segmentation={"size": [3, 4], "counts": [13, -1]}),
        coco_with(segmentation={"size": [3, 4], "counts": "\u00ff"}),
        coco_with(segmentation={"size": [3, 4], "counts": "oooooooooooooo0"}),
        coco_with(attributes={"a": "x" * 5000}),
    ],
)
def test_coco_that_says_what_cannot_be_is_refused_by_the_name_of_its_file(
    tmp_path: Path, text: str
) -> None:
    with pytest.raises(BadRaw):
        look(tmp_path, Kind.COCO, {**TWO, "all.json": text}, "all.json")


VOC = """<annotation><filename>a.png</filename><object><name>cat</name>
<difficult>1</difficult><pose>Left</pose>
<bndbox><xmin>1</xmin><ymin>2</ymin><xmax>4</xmax><ymax>3</ymax></bndbox></object></annotation>"""


SIZED = "<size><width>{}</width><height>{}</height><depth>3</depth></size><object>"


@pytest.mark.parametrize(
    ("runs", "of"), [(Runs(of_picture=4), "one picture"), (Runs(of_file=4), "all pictures")]
)
def test_runs_are_bounded_for_a_picture_and_for_a_file(runs: Runs, of: str) -> None:
    runs.add("at", Bitmap(Size(2, 2), (2, 2)), 1)
    runs.add("at", Polygons(()), 1)
    runs.add("at", Bitmap(Size(2, 2), (2, 2)), 1)
    with pytest.raises(BadRaw, match=f"at: expected at most 4 runs of {of}"):
        runs.add("at", Bitmap(Size(2, 2), (4,)), 1)


def test_annotations_of_a_picture_fit_what_a_handler_is_told(tmp_path: Path) -> None:
    assert MOST_TOLD + MIB <= HEAD_BYTES
    first = {**COCO["annotations"][0], "attributes": {str(n): "x" * 4000 for n in range(64)}}
    text = json.dumps({**COCO, "annotations": [first] * (MOST_TOLD // (64 * 4000) + 1)})
    with pytest.raises(BadRaw, match=rf"^images/a\.png: .* at most {MOST_TOLD} bytes of JSON"):
        look(tmp_path, Kind.COCO, {**TWO, "all.json": text}, "all.json")


@pytest.mark.parametrize("sides", [(4, 3), (0, 0), ("", "")])
def test_voc_says_the_size_of_its_picture_or_none(tmp_path: Path, sides: Sequence[object]) -> None:
    text = VOC.replace("<object>", SIZED.format(*sides), 1)
    files: dict[str, str | bytes] = {"JPEGImages/a.png": png(), "Annotations/a.xml": text}
    assert samples(tmp_path, Kind.VOC, files)["JPEGImages/a"].instances


def test_what_ends_just_beyond_its_picture_is_taken_as_it_is(tmp_path: Path) -> None:
    files = {**TWO, "all.json": coco_with(bbox=[-2, 2.5, 8, 2.4], segmentation=None)}
    (thing,) = samples(tmp_path, Kind.COCO, files, "all.json")["images/a"].instances
    assert thing.box == Box(-2, 2.5, 8, 2.4)


def test_voc_counts_pixels_from_1_and_both_ends_within(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "JPEGImages/a.png": png(),
        "JPEGImages/b.png": png(),
        "Annotations/a.xml": VOC,
        "ImageSets/Main/train.txt": "a\n",
        "ImageSets/Main/test.txt": "b\n",
        "ImageSets/Main/cat_train.txt": "a 1\n",
    }
    found = samples(tmp_path, Kind.VOC, files)
    assert set(found) == {"JPEGImages/a"}
    assert found["JPEGImages/a"].split == "train"
    (cat,) = found["JPEGImages/a"].instances
    assert cat.box == Box(0, 1, 4, 2)
    assert cat.attributes == {"difficult": True, "pose": "Left"}


@pytest.mark.parametrize(
    ("sets", "said"),
    [
        ({"train": "a\n", "val": "a\n"}, r"val\.txt: expected pictures of one split, got 'a'"),
        ({"train": "a\nc\n"}, r"train\.txt: expected one picture called 'c', got none"),
        ({"val": "b\n"}, r"val\.txt: expected a file in Annotations/ .* got none of JPEGImages/b"),
    ],
)
def test_splits_of_voc_that_cannot_be_are_refused(
    tmp_path: Path, sets: dict[str, str], said: str
) -> None:
    files: dict[str, str | bytes] = {"JPEGImages/a.png": png(), "Annotations/a.xml": VOC}
    files |= {"JPEGImages/b.png": png()}
    files |= {f"ImageSets/Main/{split}.txt": text for split, text in sets.items()}
    with pytest.raises(BadRaw, match=said):
        look(tmp_path, Kind.VOC, files)


def test_a_split_of_voc_names_pictures_with_spaces_in_their_names(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "JPEGImages/a cat.png": png(),
        "Annotations/a cat.xml": VOC,
        "ImageSets/Main/test.txt": "a cat\r\n",
    }
    assert samples(tmp_path, Kind.VOC, files)["JPEGImages/a cat"].split == "test"


def numbered(*colours: tuple[int, ...], mode: str = "P", width: int = 4) -> bytes:
    """Return three rows of the numbers 0, 1, 255 and 1, or of colours that stand for them."""
    picture, told = Image.new(mode, (width, 3)), io.BytesIO()
    if mode == "P":
        picture.putpalette([0, 0, 0, 128, 0, 0, *[0] * 253 * 3, 224, 224, 192])
    for x in range(width):
        for y in range(3):
            picture.putpixel((x, y), colours[x % 4] if colours else (0, 1, 255, 1)[x % 4])
    picture.save(told, "png")
    return told.getvalue()


RED, UNDECIDED = (128, 0, 0), (224, 224, 192)


@pytest.mark.parametrize(
    "mask",
    [numbered(), numbered(mode="L"), numbered((0, 0, 0), RED, UNDECIDED, RED, mode="RGB")],
    ids=["palette", "grey", "colours"],
)
def test_voc_has_masks_of_things_by_their_number(tmp_path: Path, mask: bytes) -> None:
    files: dict[str, str | bytes] = {
        "JPEGImages/a.png": png(),
        "JPEGImages/b.png": png(),
        "Annotations/a.xml": VOC,
        "Annotations/b.xml": VOC.replace("a.png", "b.png"),
        "SegmentationObject/a.png": mask,
        "SegmentationClass/a.png": mask,
    }
    found = samples(tmp_path, Kind.VOC, files)
    assert found["JPEGImages/a"].instances[0].mask == Bitmap(Size(4, 3), (3, 3, 3, 3))
    assert found["JPEGImages/b"].instances[0].mask is None


@pytest.mark.parametrize(
    ("mask", "said"),
    [
        (b"no picture", "as VOC has them"),
        (numbered(width=5), "got one of 5x3"),
        (numbered(*[(1, 2, 3)] * 4, mode="RGB"), "the colour 010203"),
    ],
    ids=["none", "size", "colour"],
)
def test_masks_of_voc_that_cannot_be_are_refused(tmp_path: Path, mask: bytes, said: str) -> None:
    files = {"JPEGImages/a.png": png(), "Annotations/a.xml": VOC}
    with pytest.raises(BadRaw, match=rf"SegmentationObject/a\.png.*{said}"):
        look(tmp_path, Kind.VOC, {**files, "SegmentationObject/a.png": mask})


@pytest.mark.parametrize(
    "text",
    [
        "no XML",
        '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><annotation>&c;</annotation>',
        '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><annotation>&b;</annotation>',
        "<a>" * 100 + "</a>" * 100,
        VOC.replace("<xmin>1", "<xmin>nan"),
        VOC.replace("<xmax>4", "<xmax>-9"),
        VOC.replace("<name>cat</name>", ""),
        VOC.replace("<object>", SIZED.format(5, 3), 1),
        VOC.replace("<object>", SIZED.format("wide", 3), 1),
    ],
)
def test_voc_that_says_what_cannot_be_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadRaw, match=r"Annotations/a\.xml"):
        look(tmp_path, Kind.VOC, {"JPEGImages/a.png": png(), "Annotations/a.xml": text})


def test_yolo_gives_boxes_and_outlines_in_pixels_of_the_upright_picture(tmp_path: Path) -> None:
    turned = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (20, 10)).save(turned, "jpeg", exif=exif)
    files: dict[str, str | bytes] = {
        "data.yaml": "names:\n  0: cat\n  3: dog\ntrain: images/train\n",
        "images/train/a.jpg": turned.getvalue(),
        "labels/train/a.txt": "3 0.5 0.5 0.2 0.1\n0 0 0 1 0 1 0.5\n\n",
        "images/val/b.png": png(),
        "images/val/broken.png": b"no picture",
        "labels/val/broken.txt": "0 0.5 0.5 1 1\n",
    }
    found = samples(tmp_path, Kind.YOLO, files)
    dog, cat = found["images/train/a"].instances
    assert dog.box is not None
    assert (dog.label, dog.box.left, dog.box.top) == ("dog", 4, 9)
    assert (round(dog.box.width, 9), round(dog.box.height, 9)) == (2, 2)
    assert cat.mask == Polygons((((0, 0), (10, 0), (10, 10)),))
    assert cat.box == Box(0, 0, 10, 10)
    assert [found[key].split for key in sorted(found)] == ["train", "val", "val"]
    assert found["images/val/b"].instances == found["images/val/broken"].instances == ()


def test_what_is_known_of_a_picture_is_so_under_any_limits(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "data.yaml": "names: [cat]\n",
        "a.png": png(40, 30),
        "a.txt": "0 0.5 0.5 0.2 0.2\n",
    }
    place = str(written(tmp_path / "data", files))
    raw = Raw(name="data", kind=Kind.YOLO, place=place)
    here = Datasets(books=str(tmp_path / "books"))
    narrow = Settings(datasets=here, limits=Limits(max_pixels=100, max_side=9))
    found = [open_registry(each).look(raw) for each in (narrow, Settings(datasets=here))]
    assert found[0].digest == found[1].digest
    assert found[0].samples[0].instances


@pytest.mark.parametrize(
    ("names", "line"),
    [
        ("names: [cat]", "1 0.5 0.5 1 1"),
        ("names: [cat]", "0 0.5 0.5 1"),
        ("names: [cat]", "0 0.5 nan 1 1"),
        ("names: [cat]", "0 300 200 40 60"),
        ("names: [cat]", "cat 0.5 0.5 1 1"),
        ("names: {0: cat, x: 1}", ""),
        ("a: &a [x]\nnames: [*a, *a]", ""),
        ("names: !!python/object/apply:os.system [ls]", ""),
        ("[" * 5000, ""),
        ("nothing: 1", ""),
    ],
)
def test_yolo_that_says_what_cannot_be_is_refused(tmp_path: Path, names: str, line: str) -> None:
    files: dict[str, str | bytes] = {"a.png": png(), "a.txt": line, "data.yaml": names}
    with pytest.raises(BadRaw):
        look(tmp_path, Kind.YOLO, files)


def test_annotations_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(BadRaw, match=r"in data\.yaml, got no such file\.$"):
        look(tmp_path, Kind.YOLO, {"a.png": png()})
    with pytest.raises(BadRaw, match=r"in nix\.csv, got no such file\.$"):
        look(tmp_path, Kind.LIST, {"a.png": png()}, "nix.csv")


def test_a_list_gives_labels_boxes_groups_and_splits_in_one_row_or_several(tmp_path: Path) -> None:
    rows = (
        "filename,label,xmin,ymin,xmax,ymax,group,split\n"
        "a.png,cat,1,0,3,2,anna,val\na.png,dog,0,0,1,1,,\nb.png,bird,,,,,ben,\n"
    )
    found = samples(tmp_path, Kind.LIST, {**TWO, "rows.csv": rows}, "train=rows.csv")
    a, b = found["images/a"], found["images/b"]
    boxes = [(each.label, each.box) for each in a.instances]
    assert boxes == [("cat", Box(1, 0, 2, 2)), ("dog", Box(0, 0, 1, 1))]
    assert (a.group, a.split, b.group, b.split, b.labels) == (
        "anna",
        "val",
        "ben",
        "train",
        ("bird",),
    )


def test_lines_of_json_say_what_samples_do(tmp_path: Path) -> None:
    row = {
        "source": "images/a.png",
        "labels": ["indoor"],
        "instances": [{"label": "cat", "mask": {"size": [4, 3], "counts": [12]}}],
        "attributes": {"camera": "x"},
    }
    files = {**TWO, "rows.jsonl": json.dumps(row)}
    (found,) = samples(tmp_path, Kind.LIST, files, "rows.jsonl").values()
    assert found.instances == (Instance(label="cat", mask=Bitmap(Size(4, 3), (12,))),)
    assert (found.labels, found.attributes) == (("indoor",), {"camera": "x"})


def test_a_line_of_json_has_its_labels_and_its_box(tmp_path: Path) -> None:
    row = {"source": "images/a.png", "labels": ["indoor"], "label": "cat"}
    row |= dict(zip(("left", "top", "width", "height"), (1, 0, 2, 3), strict=True))
    files = {**TWO, "rows.jsonl": json.dumps(row)}
    (found,) = samples(tmp_path, Kind.LIST, files, "rows.jsonl").values()
    assert found.labels == ("indoor",)
    assert found.instances == (Instance(label="cat", box=Box(1, 0, 2, 3)),)


@pytest.mark.parametrize(
    "columns",
    ["split,group\na.png,train,x\na.png,val,x\n", "split,group\na.png,val,x\na.png,val,y\n"],
)
def test_rows_that_part_a_picture_from_itself_are_refused(tmp_path: Path, columns: str) -> None:
    with pytest.raises(BadRaw, match=r"rows\.csv row 2: expected one"):
        look(tmp_path, Kind.LIST, {**TWO, "rows.csv": f"source,{columns}"}, "rows.csv")


def test_lists_of_two_splits_that_name_a_picture_are_refused(tmp_path: Path) -> None:
    lists: dict[str, str | bytes] = {"a.csv": "source\na.png\n", "b.csv": "source\na.png\n"}
    with pytest.raises(BadRaw, match=r"b\.csv row 1: expected one split of a picture"):
        look(tmp_path, Kind.LIST, {**TWO, **lists}, "train=a.csv", "val=b.csv")


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("rows.csv", "source,x,y,width,height\na.png,1,1,-5,1\n"),
        ("rows.csv", "source,x,y,width,height\na.png,1,1,wide,1\n"),
        ("rows.csv", "source\n../a.png\n"),
        ("rows.csv", "source,split\na.png,Train\n"),
        ("rows.csv", "source\n\xff\n"),
        ("rows.jsonl", '{"source": "a.png", "instances": [{"label": 1}]}'),
        ("rows.jsonl", "{"),
        ("rows.zip", "PK"),
        ("../rows.csv", ""),
    ],
)
def test_a_list_that_says_what_cannot_be_is_refused(tmp_path: Path, file: str, text: str) -> None:
    files: dict[str, str | bytes] = {**TWO, file: text.encode("latin-1")}
    with pytest.raises(BadRaw):
        look(tmp_path, Kind.LIST, files, file)


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("r.jsonl", "[1, 2]\n", r"r\.jsonl row 1: expected an object or a name, got \[1, 2\]"),
        ("r.jsonl", "7\n", r"r\.jsonl row 1: expected an object or a name, got 7"),
        (
            "r.jsonl",
            "nothing\n",
            r"r\.jsonl row 1: expected one picture .* got none",
        ),
        ("r.jsonl", '"a.png"\n{"sou', r"^r\.jsonl line 2: expected JSON"),
        ("r.jsonl", '{"source": "a.png", "instances": {"a": 1}}', "row 1: Expected instances"),
        ("r.jsonl", '{"source": "a.png", "attributes": [1]}', "row 1: Expected attributes"),
        ("r.csv", "image_url,sku\na.png,7\n", r"source, .* or url, got \['image_url', 'sku'\]"),
        ("r.csv", "source,sku\n  ,7\n", "the name of a picture in `source`, got nothing"),
        ("r.csv", "source,label\n", "that name pictures, got none"),
        ("r.csv", "source,xmin,ymin,xmax\na.png,1,1,2\n", "all of a box .* got xmin,ymin,xmax"),
        ("r.csv", "source,x,y\na.png,1,1\n", "all of a box .* got x,y alone"),
        ("r.csv", "source,x,y,w,h\na.png,.1,.1,.6,.6\n", "box in pixels, got .* which are shares"),
        (
            "r.jsonl",
            '{"source": "a.png", "instances": [{"box": [0, 0, 1, 0.5]}]}',
            "box in pixels",
        ),
    ],
)
def test_a_list_of_which_something_would_be_lost_is_refused_by_its_row(
    tmp_path: Path, file: str, text: str, said: str
) -> None:
    with pytest.raises(BadRaw, match=said):
        look(tmp_path, Kind.LIST, {**TWO, file: text}, file)


def test_a_category_of_coco_without_a_name_is_refused(tmp_path: Path) -> None:
    text = json.dumps({**COCO, "categories": [{"id": 7, "name": " "}, {"id": 9, "name": "dog"}]})
    with pytest.raises(BadRaw, match=r"^all\.json: .*, got category 7 without a name\.$"):
        look(tmp_path, Kind.COCO, {**TWO, "all.json": text}, "all.json")


def test_x_y_w_h_are_a_box_beside_the_size_of_the_picture(tmp_path: Path) -> None:
    rows = "source,width,height,label,x,y,w,h\na.png,4,3,cat,1,0,2,3\nb.png,4,3,  ,,,,\n"
    found = samples(tmp_path, Kind.LIST, {**TWO, "rows.csv": rows}, "rows.csv")
    assert found["images/a"].instances == (Instance(label="cat", box=Box(1, 0, 2, 3)),)
    assert found["images/b"].labels == found["images/b"].instances == ()


def test_what_things_there_are_is_counted(tmp_path: Path) -> None:
    told = look(tmp_path, Kind.COCO, {**TWO, "all.json": json.dumps(COCO)}, "all.json").to_json()
    assert (told["count"], told["things"], told["classes"]) == (2, 3, ["cat", "dog"])


def test_a_class_is_one_however_its_letters_are_put_together(tmp_path: Path) -> None:
    """Folders from macOS have accents by themselves; configurations choose classes by NFC."""
    files: dict[str, str | bytes] = {"cafe\u0301/1.png": png(), "caf\u00e9/2.png": png()}
    found = look(tmp_path, Kind.IMAGEFOLDER, files)
    assert found.classes == ["caf\u00e9"]
    assert {each.source for each in found.samples} == set(files)


def test_the_folder_of_a_picture_is_its_label_and_one_above_its_split(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"train/cats/1.png": png(), "valid/dogs/1.png": png()}
    found = samples(tmp_path, Kind.IMAGEFOLDER, {**files, ".hidden/x/1.png": png()})
    told = [(key, each.labels, each.split) for key, each in found.items()]
    assert told == [("train/cats/1", ("cats",), "train"), ("valid/dogs/1", ("dogs",), "val")]


def test_the_digest_is_of_bytes_and_of_what_is_known_not_of_where_they_lie(tmp_path: Path) -> None:
    files = {**TWO, "all.json": json.dumps(COCO)}
    here = look(tmp_path / "one", Kind.COCO, files, "all.json")
    there = look(tmp_path / "two", Kind.COCO, files, "all.json")
    spaced = look(
        tmp_path / "three", Kind.COCO, {**TWO, "all.json": json.dumps(COCO, indent=2)}, "all.json"
    )
    assert here.digest == there.digest == spaced.digest
    assert here.classes == ["cat", "dog"]
    other = json.dumps({**COCO, "categories": [{"id": 7, "name": "cat"}, {"id": 9, "name": "fox"}]})
    changed = look(tmp_path / "four", Kind.COCO, {**TWO, "all.json": other}, "all.json")
    files["images/b.png"] = png()[:-1] + b"x"
    pixels = look(tmp_path / "five", Kind.COCO, files, "all.json")
    assert len({here.digest, changed.digest, pixels.digest}) == 3


def test_only_what_changed_is_read_again(tmp_path: Path) -> None:
    place = written(tmp_path / "data", {f"{number}.png": png() for number in range(3)})
    raw = Raw(name="data", kind=Kind.FOLDER, place=str(place))
    here = registry(tmp_path)
    before = here.look(raw)
    kept = (place / "1.png").stat()
    # Its bytes are others, and nothing of its file tells: that it is not read shows.
    (place / "1.png").write_bytes(png()[:-1] + b"x")
    os.utime(place / "1.png", ns=(kept.st_atime_ns, kept.st_mtime_ns))
    assert registry(tmp_path).look(raw).digest == before.digest
    os.utime(place / "1.png")
    assert registry(tmp_path).look(raw).digest != before.digest


def remembered(tmp_path: Path) -> list[tuple[str]]:
    with closing(sqlite3.connect(tmp_path / "books" / "raw.sqlite3")) as books:
        return books.execute("SELECT name FROM pictures ORDER BY name").fetchall()


def test_of_what_is_gone_nothing_is_remembered(tmp_path: Path) -> None:
    place = written(tmp_path / "data", {f"{name}.png": png() for name in "abc"})
    one = Raw(name="one", kind=Kind.FOLDER, place=str(place))
    here = registry(tmp_path)
    for raw in (one, replace(one, name="other")):
        here.add(raw)
    (place / "b.png").unlink()
    here.look(one)
    assert remembered(tmp_path) == [("a.png",), ("c.png",)]
    here.remove("one")
    assert len(remembered(tmp_path)) == 2  # the other one needs them
    here.remove("other")
    assert remembered(tmp_path) == []


def test_a_memo_that_is_broken_is_begun_anew(tmp_path: Path) -> None:
    place = written(tmp_path / "data", {"a.png": png()})
    raw = Raw(name="data", kind=Kind.FOLDER, place=str(place))
    digest = registry(tmp_path).look(raw).digest
    memo = tmp_path / "books" / "raw.sqlite3"
    memo.write_bytes(b"no file of SQLite" * 200)
    assert registry(tmp_path).look(raw).digest == digest
    assert remembered(tmp_path) == [("a.png",)]
    here = registry(tmp_path)
    # The first page says what tables there are: what is broken shows as soon as one is asked.
    memo.write_bytes(memo.read_bytes()[:100] + bytes(9000))
    with suppress(DatasetsUnusable):
        here.look(raw)
    assert here.look(raw).digest == digest


def test_a_folder_in_the_place_of_the_memo_is_put_aside(tmp_path: Path) -> None:
    place = written(tmp_path / "data", {"a.png": png()})
    raw = Raw(name="data", kind=Kind.FOLDER, place=str(place))
    for _ in range(2):
        (tmp_path / "books" / "raw.sqlite3" / "inner").mkdir(parents=True)
        assert registry(tmp_path).look(raw).samples
        (tmp_path / "books" / "raw.sqlite3").unlink()
    assert len(list((tmp_path / "books").glob("raw.sqlite3.broken*"))) == 2


@pytest.mark.parametrize("step", [1, 7, 1 << 18])
def test_a_list_is_read_an_element_at_a_time_wherever_its_text_is_cut(step: int) -> None:
    said = {"a": [1, 23.5, "é\u2028", [], {"b": [1]}], "none": [], "last": -12.25, "é": None}
    for text in (json.dumps(said), json.dumps(said, indent=2, ensure_ascii=False)):
        found = [each for each in elements(text.encode(), step) if each[1] is not BEGINS]
        assert found == [*(("a", each) for each in said["a"]), ("last", -12.25), ("é", None)]
    for broken in (
        b"",
        b"[]",
        b'{"a": [1,]}',
        b'{"a": NaN}',
        b'{"a": 1',
        b"{} {}",
        b'{"a": "\xff"}',
    ):
        with pytest.raises(ValueError, match=r"."):
            list(elements(broken, step))


def test_a_survey_of_many_outlines_takes_no_more_than_their_text(tmp_path: Path) -> None:
    ring = [number / 8 for number in range(24)]
    one = {"image_id": 1, "category_id": 7, "segmentation": [ring] * 3}
    rows = [{**one, "image_id": number % 8} for number in range(800)]
    images = [{"id": number, "file_name": f"{number}.png"} for number in range(8)]
    text = json.dumps({**COCO, "images": images, "annotations": rows})
    files = {f"{number}.png": png(16, 16) for number in range(8)}
    tracemalloc.start()
    found = look(tmp_path, Kind.COCO, {**files, "a.json": text}, "a.json")
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.things == 800
    assert most < 8 * len(text)


def test_who_looks_again_at_what_was_just_looked_at_reads_nothing_anew(tmp_path: Path) -> None:
    place = written(tmp_path / "data", {**TWO, "a.json": json.dumps(COCO)})
    raw = Raw(name="data", kind=Kind.COCO, place=str(place), annotations=("a.json",))
    here = registry(tmp_path)
    digest, memo = here.digest(raw), here.memo
    here.memo = Unread()  # type: ignore[assignment]
    assert here.look(raw).digest == digest
    here.memo = memo
    (place / "a.json").write_text(json.dumps(COCO).replace('"cat"', '"cow"'))
    assert here.look(raw).digest != digest


def test_a_look_at_many_annotations_is_halted(tmp_path: Path) -> None:
    place = written(tmp_path / "data", {**TWO, "a.json": json.dumps(COCO)})
    raw = Raw(name="data", kind=Kind.COCO, place=str(place), annotations=("a.json",))
    calls = count()

    def halt() -> None:
        if next(calls) > 12:
            raise Unavailable

    with pytest.raises(Unavailable):
        registry(tmp_path).look(raw, halt)


def test_a_name_that_is_no_text_is_refused_in_letters_that_can_be_said(tmp_path: Path) -> None:
    place = written(tmp_path / "data", {"a.png": png()})
    try:
        (place / os.fsdecode(b"b\xff.png")).write_bytes(png())
    except OSError:
        pytest.skip("names are text here")
    with pytest.raises(BadRaw, match=r"UTF-8, got b\\udcff\.png\.$"):
        registry(tmp_path).look(Raw(name="data", kind=Kind.FOLDER, place=str(place)))


class Unread:
    """What pictures hold, which nobody may ask for."""

    def pictures(self, address: str, place: Place, found: Sequence[Found]) -> Iterator[Picture]:
        raise AssertionError(address, place, found)


@pytest.mark.parametrize(
    ("kind", "annotations", "changed"),
    [
        (Kind.FOLDER, {}, "a.png"),
        (Kind.IMAGEFOLDER, {}, "cats/a.png"),
        (Kind.LIST, {"list.csv": "file,label\na.png,cat\n"}, "list.csv"),
    ],
)
def test_where_nothing_changed_no_request_looks_at_pictures(
    tmp_path: Path, kind: Kind, annotations: dict[str, str], changed: str
) -> None:
    files = {"a.png": png(), "cats/a.png": png(), "cats/b.png": png(), **annotations}
    place = written(tmp_path / "data", files)
    raw = Raw(name="data", kind=kind, place=str(place), annotations=tuple(annotations))
    here = registry(tmp_path)
    first, memo = here.digest(raw), here.memo
    here.memo = Unread()  # type: ignore[assignment]
    assert here.digest(raw) == first
    here.memo = memo
    content = (place / changed).read_bytes()
    (place / changed).write_bytes(content.replace(b"cat", b"dog") + b"\n")
    second = here.digest(raw)
    assert second not in {"", first}
    assert second == registry(tmp_path).look(raw).digest


def test_pictures_that_differ_in_their_ending_alone_are_two_samples(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"a.png": png(), "a.jpg": png(5), "b.png": png()}
    assert list(samples(tmp_path, Kind.FOLDER, files)) == ["a.jpg", "a.png", "b"]


def test_raw_data_is_registered_once_by_its_name(tmp_path: Path) -> None:
    place = written(tmp_path / "data", {"a.png": png()})
    here, raw = registry(tmp_path), Raw(name="data", kind=Kind.FOLDER, place=str(place))
    assert len(here.add(raw).samples) == 1
    here.add(raw)
    for other in (replace(raw, licence="CC0"), replace(raw, place=str(tmp_path / "none"))):
        with pytest.raises(DatasetConflict):
            here.add(other)  # before it is looked whether anything is there
    assert registry(tmp_path).all() == ([raw], [])
    here.remove("data")
    with pytest.raises(UnknownRaw):
        here.of("data")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("../x", {"kind": "folder", "place": "/x"}),
        ("x", {"kind": "zip", "place": "/x"}),
        ("x", {"kind": "folder", "place": ""}),
        ("x", {"kind": "folder", "place": "/x", "annotations": "a.json"}),
        ("x", {"kind": "folder", "place": "/x", "annotations": [7]}),
        ("x", {"kind": "coco", "place": "/x", "annotations": ["Train=a.json"]}),
        ("x", {"kind": ["folder"], "place": "/x"}),
        ("x", []),
    ],
)
def test_what_registers_nothing_is_refused(name: str, said: Any) -> None:
    with pytest.raises(BadRaw):
        raw_from_json(said, name)


@pytest.mark.parametrize("place", ["/nowhere", "ftp://x/y", "s3://", "data.zip"])
def test_a_place_that_is_none_is_refused(tmp_path: Path, place: str) -> None:
    with pytest.raises(FoveateError):
        registry(tmp_path).look(Raw(name="data", kind=Kind.FOLDER, place=place))


def test_of_a_folder_that_is_away_nothing_is_said_but_that(tmp_path: Path) -> None:
    folder = written(tmp_path / "data", {**TWO, "a.json": json.dumps(COCO)})
    here = registry(tmp_path)
    raw = Raw(name="data", kind=Kind.COCO, place=str(folder), annotations=("a.json",))
    here.add(raw)
    place = here.place(raw)
    listed = place.pictures()
    next(listed)
    folder.rename(tmp_path / "away")
    for ask in (
        lambda: list(listed),  # those that it does not come to are not gone
        lambda: place.names("images", ".png"),
        lambda: place.read("a.png"),
        lambda: place.text("a.json"),
        lambda: here.look(raw),
        lambda: here.digest(raw),
    ):
        with pytest.raises(SourceUnreachable, match="no folder is there"):
            ask()
    with pytest.raises(BadRaw, match="no folder is there"):
        here.add(Raw(name="new", kind=Kind.FOLDER, place=str(folder)))
    (tmp_path / "away").rename(folder)
    with pytest.raises(SourceNotFound):
        place.read("gone.png")
