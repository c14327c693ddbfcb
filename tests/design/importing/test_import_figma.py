"""Designs of what Figma's REST API answers."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from figma_stand import FILE, PHOTO, box, colour, file, node, solid

from foveate.design.importing.figma.document import import_figma
from foveate.design.importing.files import import_design
from foveate.design.importing.imported import Eyes
from foveate.design.scene.model import (
    Align,
    Blend,
    Group,
    Line,
    Path,
    Picture,
    Pin,
    Rectangle,
    Role,
    Stretch,
    Text,
    VAlign,
)
from foveate.design.scene.paint import Cap, Linear, Shadow, Solid
from foveate.errors import BadDesign, DesignTooLarge
from foveate.options.colours import Colour

pytest.importorskip("lxml", reason="pip install 'foveate[design]'")


def blocks(data: bytes) -> dict[str, Any]:
    """Return the blocks of a file by their ids, those of groups too."""
    waiting, found = [*import_figma(data).scene.pages[0].blocks], {}
    while waiting:
        block = waiting.pop()
        found[block.id] = block
        waiting += block.blocks if isinstance(block, Group) else ()
    return found


def remarks(*layers: dict[str, Any]) -> str:
    return " ".join(import_figma(file(*layers)).remarks)


def test_a_frame_is_a_page_with_its_own_origin() -> None:
    made = import_figma(file())
    (page,) = made.scene.pages
    assert (made.scene.name, page.id, page.name) == ("Campaign", "post", "Post")
    assert (page.width, page.height, page.fill) == (400, 300, Solid(Colour(255, 230, 204)))
    assert [each.id for each in page.blocks] == ["title", "card", "turned", "offer", "dot"]
    assert (page.blocks[0].x, page.blocks[0].y) == (40, 20)


def test_letters_have_their_styles_as_runs() -> None:
    title = blocks(file())["title"]
    assert isinstance(title, Text)
    assert (title.role, title.size, title.line_height) == (Role.TITLE, 32, 1.5)
    assert (title.align, title.valign, title.pin) == (
        Align.CENTER,
        VAlign.MIDDLE,
        (Pin.CENTER, Pin.TOP),
    )
    assert [(run.text, run.weight, run.colour) for run in title.runs] == [
        ("Summer ", None, None),
        ("SALE", 700, Colour(255, 0, 0)),
    ]


def test_strokes_inside_shadows_gradients_and_constraints_are_kept() -> None:
    card = blocks(file())["card"]
    assert isinstance(card, Rectangle)
    # The middle of the line lies where a design has it.
    assert (card.x, card.y, card.width, card.height) == (22, 102, 156, 76)
    assert card.stroke is not None
    assert (card.stroke.width, card.stroke.cap, card.opacity) == (4, Cap.BUTT, 0.5)
    assert isinstance(card.fill, Linear)
    assert (card.fill.angle, [stop.at for stop in card.fill.stops]) == (90, [0, 1])
    assert card.shadow == Shadow(x=0, y=4, blur=8, colour=Colour(0, 0, 0, 0.25))
    assert (card.stretch, card.pin, card.radius[0]) == (Stretch.X, (Pin.BOTTOM,), 12)
    assert any("layer blur" in each for each in import_figma(file()).remarks)


def test_what_is_turned_is_turned_about_its_middle() -> None:
    turned = blocks(file())["turned"]
    assert (turned.rotation, turned.width, turned.height) == (90, 100, 60)
    middle = (turned.x + turned.width / 2, turned.y + turned.height / 2)
    assert (middle, turned.blend) == ((230, 150), Blend.MULTIPLY)


@pytest.mark.parametrize("degrees", [0, 10, 30, 60, 90, -20])
def test_a_turn_without_a_transform_is_found_of_what_it_covers(degrees: float) -> None:
    turn = math.radians(degrees)
    sine, cosine = abs(math.sin(turn)), abs(math.cos(turn))
    covers = box(50, 50, 80 * cosine + 40 * sine, 80 * sine + 40 * cosine)
    layer = node("RECTANGLE", "a", covers, rotation=-turn, fills=[solid(0, 0, 0)])
    made = blocks(file(layer))["a"]
    assert (made.rotation, made.width, made.height) == pytest.approx((degrees, 80, 40), abs=0.01)


def test_outlines_have_their_holes_and_groups_hold_their_layers() -> None:
    found = blocks(file())
    offer, star = found["offer"], found["star"]
    assert isinstance(offer, Group)
    assert (offer.locked, [each.id for each in offer.blocks]) == (True, ["star", "photo", "rule"])
    assert isinstance(star, Path)
    outer, inner = star.d.split(" M")
    # One the other way round than the other.
    assert (outer, inner) == ("M0 0 L40 0 L40 40 L0 40 Z", "10 30 L30 30 L30 10 L10 10 Z")
    assert isinstance(found["rule"], Line)
    assert found["dot"].hidden


def test_pictures_are_named_by_their_reference_or_where_they_are() -> None:
    photo = blocks(file())["photo"]
    assert isinstance(photo, Picture)
    assert (photo.src, photo.role) == ("abc123.png", Role.PHOTO)
    assert "abc123" in remarks(PHOTO)
    known = {**FILE, "images": {"abc123": "https://example.com/a.png"}}
    made = import_figma(json.dumps(known).encode())
    assert not any("abc123" in each for each in made.remarks)
    beside = import_figma(file(), Eyes(beside=lambda name: name == "abc123.png"))
    assert not any("abc123" in each for each in beside.remarks)


def test_what_can_not_be_said_is_told() -> None:
    at = box(10, 10, 50, 50)
    told = remarks(
        node("VECTOR", "a", at, fills=[solid(0, 0, 0)]),
        node("SLICE", "b", at),
        node("RECTANGLE", "c", at, isMask=True),
        node("RECTANGLE", "d", at, blendMode="LUMINOSITY", fills=[solid(0, 0, 0), solid(1, 1, 1)]),
        node("ELLIPSE", "e", at, arcData={"endingAngle": 3.0}),
        node("RECTANGLE", "f", at, fills=[{"type": "GRADIENT_ANGULAR", "gradientStops": []}]),
        node("TEXT", "g", at, characters="a", style={"fontSize": 12, "fontFamily": "Inter"}),
        node("FRAME", "h", at, clipsContent=True, children=[node("LINE", "i", box(0, 0, 90, 0))]),
    )
    for word in ("geometry=paths", "slice", "mask", "luminosity", "several fills", "ring", "cuts"):
        assert word in told


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b"[" * 100_000,
        b'{"document": 7}',
        b'{"document": {"type": "CANVAS", "children": "x"}}',
        b'{"document": {"type": "RECTANGLE"}}',
    ],
)
def test_what_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(BadDesign):
        import_figma(data)


def test_values_of_any_kind_do_no_harm() -> None:
    odd: list[Any] = [None, "x", [], {}, True, 1e308, -5, [[1]], {"x": "y"}]
    names = (
        *("fills", "strokes", "effects", "style", "size", "relativeTransform", "cornerRadius"),
        *("fillGeometry", "absoluteBoundingBox", "opacity", "name", "children", "constraints"),
        *("characters", "characterStyleOverrides", "rectangleCornerRadii", "strokeWeight"),
    )
    for kind in ("RECTANGLE", "TEXT", "VECTOR", "FRAME", "GROUP", "LINE", "ELLIPSE"):
        for name in names:
            for value in odd:
                layer = {**node(kind, "a", box(0, 0, 9, 9), fills=[solid(0, 0, 0)]), name: value}
                import_figma(file(layer))


def test_what_is_too_large_is_refused() -> None:
    with pytest.raises(DesignTooLarge):
        import_figma(
            file(*[node("RECTANGLE", "a", box(0, 0, 9, 9), fills=[]) for _ in range(2100)])
        )
    deep = node("RECTANGLE", "a", box(0, 0, 9, 9))
    for _ in range(60):
        deep = node("GROUP", "g", box(0, 0, 9, 9), children=[deep])
    with pytest.raises(DesignTooLarge):
        import_figma(file(deep))
    wide = {"document": node("FRAME", "a", box(0, 0, 1e5, 9), children=[])}
    with pytest.raises(DesignTooLarge):
        import_figma(json.dumps(wide).encode())


def test_a_file_is_known_by_how_it_begins() -> None:
    assert import_design(file()).scene.name == "Campaign"
    assert import_design(b'<svg xmlns="http://www.w3.org/2000/svg"/>').scene.pages[0].width == 300
    assert colour(0, 0, 0)["a"] == 1
