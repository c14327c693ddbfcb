"""Designs of SVG: what each of its words becomes, and what is told."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest

from foveate.design.importing.svg.document import import_svg
from foveate.design.scene.model import (
    Align,
    Block,
    Ellipse,
    Group,
    Line,
    Path,
    Picture,
    Rectangle,
    Role,
    Text,
)
from foveate.design.scene.paint import Linear, PictureFill, Radial, Shadow, Solid, Stroke
from foveate.design.xml import reading, writing
from foveate.errors import BadDesign, DesignTooLarge
from foveate.options.colours import Colour

if TYPE_CHECKING:
    from foveate.design.importing.imported import Imported

pytest.importorskip("lxml", reason="pip install 'foveate[design]'")

RED, BLUE = Solid(Colour(255, 0, 0)), Solid(Colour(0, 0, 255))


def imported(inside: str, said: str = 'width="100" height="100"') -> Imported:
    space = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return import_svg(f"<svg {space} {said}>{inside}</svg>".encode())


def blocks(inside: str, said: str = 'width="100" height="100"') -> tuple[Block, ...]:
    return imported(inside, said).scene.pages[0].blocks


def one(inside: str, said: str = 'width="100" height="100"') -> Any:
    (block,) = blocks(inside, said)
    return block


def box(block: Block) -> tuple[float, ...]:
    return block.x, block.y, block.width, block.height, block.rotation


def test_shapes_are_blocks_where_they_were() -> None:
    found = blocks(
        '<rect x="1" y="2" width="30" height="20" rx="5"/><circle cx="50" cy="50" r="10"/>'
        '<ellipse cx="50" cy="50" rx="20" ry="10"/><line x1="9" y1="40" x2="1" y2="50" '
        'stroke="red"/><polygon points="0,0 10,0 10,10"/><polyline points="0 0 5 5 9 0"/>'
        '<path d="m10 10h20v20z"/>'
    )
    kinds = [Rectangle, Ellipse, Ellipse, Line, Path, Path, Path]
    assert [type(each) for each in found] == kinds
    assert [box(each)[:4] for each in found] == [
        (1, 2, 30, 20),
        (40, 40, 20, 20),
        (30, 40, 40, 20),
        (1, 40, 8, 10),
        (0, 0, 10, 10),
        (0, 0, 9, 5),
        (10, 10, 20, 20),
    ]
    assert (found[0].radius, found[3].rising) == ((5, 5, 5, 5), True)  # type: ignore[attr-defined]


def test_transforms_are_composed_and_turn_about_the_middle() -> None:
    turned = one(
        '<g transform="translate(50 50)"><g transform="rotate(90) scale(2)">'
        '<rect x="-10" y="-5" width="20" height="10"/></g></g>'
    )
    assert box(turned) == (30, 40, 40, 20, 90)
    slanted = one('<rect width="10" height="10" transform="skewX(45)"/>')
    assert (slanted.d, box(slanted)[:4]) == ("M0 0 L10 0 L20 10 L10 10 Z", (0, 0, 20, 10))
    mirrored = one('<rect x="10" width="20" height="10" transform="scale(-1 1) rotate(0)"/>')
    assert box(mirrored)[:2] == (-30, 0)


def test_a_view_box_is_fitted_as_it_says() -> None:
    said = 'width="200" height="100" viewBox="0 0 10 10"'
    assert box(one('<rect width="10" height="10"/>', said))[:4] == (50, 0, 100, 100)
    pulled = f'{said} preserveAspectRatio="none"'
    assert box(one('<rect width="10" height="10"/>', pulled))[:4] == (0, 0, 200, 100)
    cut = f'{said} preserveAspectRatio="xMinYMin slice"'
    assert box(one('<rect width="10" height="10"/>', cut))[:4] == (0, 0, 200, 200)


@pytest.mark.parametrize(
    ("said", "size"),
    [
        ('width="210mm" height="297mm"', (793.7008, 1122.5197)),
        ('width="2in" viewBox="0 0 4 1"', (192, 48)),
        ('viewBox="0 0 640 480"', (640, 480)),
        ('width="100%" height="100%" viewBox="0 0 64 48"', (64, 48)),
        ("", (300, 150)),
    ],
)
def test_a_page_is_as_large_as_it_says(said: str, size: tuple[float, float]) -> None:
    page = imported("", said).scene.pages[0]
    assert (page.width, page.height, page.fill) == (*size, None)


def test_what_an_element_looks_like_is_cascaded() -> None:
    sheet = "<style>rect{fill:red} .a{fill:#00f} #b{fill:lime;stroke:navy} p > q{x:y}</style>"
    rect = '<rect width="9" height="9" {}/>'
    made = imported(
        sheet
        + rect.format("")
        + rect.format('fill="lime"')
        + rect.format('class="x a"')
        + rect.format('class="a" id="b"')
        + rect.format('class="a" style="fill: none; stroke: red; stroke-width: 2px"')
        + f'<g fill="blue" color="red">{rect.format("id=&quot;c&quot;".replace("&quot;", chr(34)))}'
        f"</g>"
    )
    found: Any = made.scene.pages[0].blocks
    fills = [each.fill for each in found]
    assert fills == [RED, RED, BLUE, Solid(Colour(0, 255, 0)), None, RED]
    assert found[3].stroke == Stroke(colour=Colour(0, 0, 128))
    assert found[4].stroke == Stroke(colour=Colour(255, 0, 0), width=2)
    assert any("p &gt; q" in each or "p > q" in each for each in made.remarks)


def test_opacities_and_current_colours_are_reckoned() -> None:
    rect: Any = one(
        '<g color="#00f" fill="currentColor" fill-opacity=".5"><rect width="9" height="9" '
        'opacity=".25" style="mix-blend-mode:multiply"/></g>'
    )
    assert (rect.fill, rect.opacity, rect.blend) == (
        Solid(Colour(0, 0, 255, 0.5)),
        0.25,
        "multiply",
    )


def test_gradients_are_where_they_were() -> None:
    stops = '<stop offset="0" stop-color="red"/><stop offset="100%" stop-color="blue"/>'
    defs = (
        f'<linearGradient id="a">{stops}</linearGradient><linearGradient id="b" href="#a" x2="0" '
        f'y2="1"/><linearGradient id="c" xlink:href="#a" gradientUnits="userSpaceOnUse" x1="-50" '
        f'x2="150"/><radialGradient id="d" cx="0" cy="0" r="1" href="#a"/>'
    )
    rect = '<rect width="100" height="100" fill="url(#{})"/>'
    found: Any = blocks(f"<defs>{defs}</defs>" + "".join(map(rect.format, "abcd")))
    across, down, far, round_ = (each.fill for each in found)
    assert (across.angle, down.angle) == (90, 180)
    assert isinstance(far, Linear)
    # Cut at the edges of the box.
    assert [stop.colour for stop in far.stops] == [Colour(191, 0, 64), Colour(64, 0, 191)]
    assert isinstance(round_, Radial)
    assert (round_.x, round_.y) == (0, 0)
    assert [stop.at for stop in round_.stops] == [0, 0.707107, 1]


def test_what_is_used_is_drawn_where_it_is_used() -> None:
    found = blocks(
        '<defs><rect id="r" width="10" height="10"/><symbol id="s" viewBox="0 0 1 1">'
        '<rect width="1" height="1"/></symbol></defs><use href="#r" x="5" fill="red"/>'
        '<use xlink:href="#s" x="20" y="20" width="40" height="40"/>'
    )
    assert [box(each)[:4] for each in found] == [(5, 0, 10, 10), (20, 20, 40, 40)]
    assert found[0].fill == RED  # type: ignore[attr-defined]


def test_holes_by_even_and_odd_are_drawn_the_other_way_round() -> None:
    ring = '<path fill-rule="evenodd" d="M0 0h30v30h-30z M10 10h10v10h-10z"/>'
    assert one(ring).d == "M0 0 L30 0 L30 30 L0 30 Z M10 20 L20 20 L20 10 L10 10 Z"
    crossing = '<path fill-rule="evenodd" d="M0 0h30v30h-30z M10 10h50v10h-50z"/>'
    assert any("cross" in each for each in imported(crossing).remarks)


def test_texts_stand_on_their_baseline_about_their_anchor() -> None:
    found: Any = blocks(
        '<text x="10" y="50" font-size="20" font-family="Inter">One <tspan fill="red" '
        'font-weight="bold">two</tspan></text>'
        '<text x="50" y="50" text-anchor="middle">Middle<tspan x="50" dy="20">below</tspan></text>'
        '<text x="90" y="50" text-anchor="end">End</text>'
    )
    assert [each.words for each in found] == ["One two", "Middle", "below", "End"]
    first, middle, below, end = found
    assert (first.x, round(first.y, 1), first.size, first.align) == (10, 30.8, 20, Align.LEFT)
    assert first.runs[1].colour == Colour(255, 0, 0)
    assert middle.x + middle.width / 2 == pytest.approx(50, abs=0.01)
    assert below.y - middle.y == pytest.approx(20, abs=0.01)
    assert end.x + end.width == pytest.approx(90, abs=0.01)


def test_a_font_in_one_line_says_weight_style_size_and_family() -> None:
    text = one(
        "<style>.t{font-size:9px;font:italic 700 42px/1.2 Lora,serif} b{font:menu}</style>"
        '<text class="t" y="50">Sale</text>'
    )
    assert (text.size, text.weight, text.italic, text.font) == (42, 700, True, "Lora")
    assert one('<text y="50" style="font: 42px Lora; font-weight: 300">Sale</text>').weight == 300
    assert one('<g font-size="30"><text style="font: inherit" y="9">Sale</text></g>').size == 30


def test_a_font_that_cannot_be_read_is_told() -> None:
    found = imported('<text y="50" style="font: menu">Sale</text>')
    assert found.remarks == ("A `font` without a size and a family is left out.",)


def test_letters_grow_and_turn_with_what_they_stand_in() -> None:
    text: Any = one(
        '<text transform="translate(50 50) rotate(-90) scale(2)" font-size="10">Up</text>'
    )
    assert (text.size, text.rotation) == (20, -90)


def test_pictures_come_by_their_address_or_are_taken_out() -> None:
    data = base64.b64encode(b"not really a png").decode()
    made = imported(
        '<image id="far" href="https://example.com/a.jpg" width="10" height="10"/>'
        f'<image id="own" xlink:href="data:image/png;base64,{data}" width="10" height="10" '
        'preserveAspectRatio="xMidYMid slice"/>'
        f'<image href="data:image/png;base64,{data}" width="5" height="5" '
        'preserveAspectRatio="none"/>'
        '<image href="file:///etc/passwd" width="5" height="5"/>'
        '<image href="javascript:1" width="5" height="5"/>'
    )
    found: Any = made.scene.pages[0].blocks
    assert [(each.src, each.options) for each in found] == [
        ("https://example.com/a.jpg", "fit=pad,background=transparent"),
        ("own.png", ""),
        ("own.png", "fit=squeeze"),
    ]
    assert made.pictures == {"own.png": b"not really a png"}
    assert any("(2 times)" in each for each in made.remarks)


def test_a_picture_is_cut_to_a_shape_of_its_size() -> None:
    image = '<image href="a.png" width="40" height="40" clip-path="url(#c)"/>'
    clip = '<clipPath id="c">{}</clipPath>'
    circle: Any = one(clip.format('<circle cx="20" cy="20" r="20"/>') + image)
    assert isinstance(circle, Picture)
    assert circle.radius == (20, 20, 20, 20)
    star: Any = one(clip.format('<path d="M0 0L40 20L0 40L20 40L40 0z"/>') + image)
    assert isinstance(star, Path)
    assert star.fill == PictureFill("a.png", "fit=pad,background=transparent")
    page = clip.format('<rect width="100" height="100"/>')
    whole = imported(f'{page}<g clip-path="url(#c)"><rect width="50" height="50"/></g>')
    assert whole.remarks == ()
    half = imported(f'{page}<g clip-path="url(#c)"><rect x="90" width="50" height="50"/></g>')
    assert half.remarks == ()
    small = imported(clip.format('<rect width="9" height="9"/>') + image)
    assert "A clip is left out" in small.remarks[0]


def test_groups_stay_where_they_say_anything() -> None:
    group = one(
        '<g id="Offer" opacity=".5"><rect x="10" y="20" width="10" height="10"/>'
        '<g><rect x="30" y="40" width="10" height="10"/></g></g>'
    )
    assert isinstance(group, Group)
    assert (group.id, group.opacity, box(group)[:4]) == ("Offer", 0.5, (10, 20, 30, 30))
    assert [(each.x, each.y) for each in group.blocks] == [(0, 0), (20, 20)]


def test_names_say_what_blocks_are_for() -> None:
    found = blocks(
        '<rect width="100" height="100" fill="#eee"/><g id="logo"><rect width="9" height="9"/>'
        '<rect width="5" height="5"/></g><rect id="1 x" width="3" height="3"><title>A box</title>'
        "</rect>"
    )
    assert [each.role for each in found] == [Role.BACKGROUND, Role.LOGO, Role.NONE]
    assert (found[2].id, found[2].name) == ("rect-4", "A box")


def test_a_drop_shadow_is_one_and_other_filters_are_told() -> None:
    defs = (
        '<filter id="s"><feDropShadow dx="1" dy="2" stdDeviation="3" flood-color="red" '
        'flood-opacity=".5"/></filter><filter id="t"><feGaussianBlur stdDeviation="3"/></filter>'
    )
    rect = '<rect width="9" height="9" filter="url(#{})"/>'
    assert one(defs + rect.format("s")).shadow == Shadow(
        x=1, y=2, blur=6, colour=Colour(255, 0, 0, 0.5)
    )
    assert imported(defs + rect.format("t")).remarks == ("A filter is left out.",)


@pytest.mark.parametrize(
    ("inside", "told"),
    [
        ('<script>alert(1)</script><rect width="1" height="1"/>', "<script> is left out"),
        ('<rect width="9" height="9" mask="url(#m)"/>', "mask"),
        ('<rect width="9" height="9" fill="url(#no)"/>', "not there"),
        ('<pattern id="p"/><rect width="9" height="9" fill="url(#p) red"/>', "<pattern>"),
        ('<path d="M0 0 L 5"/>', "expected"),
        ('<rect width="9" height="9" transform="spin(3)"/>', "transform"),
        ('<rect width="9" height="9" fill="blurple"/>', "blurple"),
        ('<text textLength="9">x</text>', "stretched"),
        ('<text><textPath href="#a">x</textPath></text>', "textPath"),
        ('<path d="M0 0h9" stroke="red" marker-end="url(#a)"/>', "Markers"),
        ("<foreignObject/>", "foreignObject"),
        ('<use href="#u" id="u"/>', "<use>"),
        ("<style>@media print { a { b: c } }</style>", "@media"),
    ],
)
def test_what_can_not_be_said_is_told(inside: str, told: str) -> None:
    assert any(told in each for each in imported(inside).remarks)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg",
        b"<html/>",
        b'<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>',
        b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg><text>&x;</text></svg>',
        b"\xff\xfe<svg/>",
        b"<svg>" + b"<g>" * 70 + b"</g>" * 70 + b"</svg>",
        b"<svg>" + b"<g/>" * 20_001 + b"</svg>",
        b"<svg " + b" ".join(b'a%d="1"' % n for n in range(300)) + b"/>",
        b'<svg width="90000" height="5"/>',
        b'<svg width="0.1" height="0.1"/>',
        b" " * 8_000_001,
    ],
)
def test_hostile_files_are_refused(data: bytes) -> None:
    with pytest.raises((BadDesign, DesignTooLarge)):
        import_svg(data)


def test_a_doctype_that_defines_nothing_is_read_over() -> None:
    head = (
        b'<?xml version="1.0"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" '
        b'"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n'
    )
    assert import_svg(head + b'<svg width="9" height="9"/>').scene.pages[0].width == 9


def test_uses_within_uses_end() -> None:
    rows = '<g id="a0"><rect width="1" height="1"/></g>' + "".join(
        f'<g id="a{n}">' + f'<use href="#a{n - 1}"/>' * 10 + "</g>" for n in range(1, 9)
    )
    with pytest.raises(DesignTooLarge):
        imported(f'<defs>{rows}</defs><use href="#a8"/>')


RECT = '<rect width="9" height="9"/>'
USE = '<use href="#p"/>'
CUT = '<rect width="9" height="9" clip-path="url(#c)"/>'
PATH = f'<path id="p" d="M0 0{"L1 1" * 30_000}"/>'
LETTERS = f"<text>{'W' * 150_000}</text>"
WRITTEN = f'<path d="M0 0{"L12.345 67.891" * 2000}"/>'


@pytest.mark.parametrize(
    ("inside", "what"),
    [
        (f"<defs>{PATH}</defs>{USE * 100}", "paths that are used"),
        (f"<clipPath id='c'>{PATH}</clipPath>{CUT * 100}", "paths that are used"),
        (WRITTEN * 60, "letters of paths"),
        (LETTERS * 2, "letters"),
    ],
    ids=["used", "clips", "written", "texts"],
)
def test_outlines_and_letters_are_counted_before_they_are_read(inside: str, what: str) -> None:
    with pytest.raises(DesignTooLarge, match=f"at most [0-9]+ (letters of )?{what}"):
        blocks(inside)


def test_paths_that_are_too_long_are_left_out_and_count_for_nothing() -> None:
    long = f'<path d="M0 0{"L1 1" * 50_000}"/>'
    made = imported(long * 12 + RECT)
    assert len(made.scene.pages[0].blocks) == 1
    assert "of at most 150000 letters" in made.remarks[0]


@pytest.mark.parametrize(
    "odd",
    [
        *(
            'x="1e308"',
            'x="nan"',
            'width="-5"',
            'transform="scale(0)"',
            'transform="rotate(1e300)"',
        ),
        *('transform="matrix(1 1 1 1 0 0)"', 'style="{{{{((((" ', 'opacity="x"', 'rx="1e9"'),
        *('stroke="red" stroke-width="1e9"', 'stroke="red" stroke-dasharray="-1 nan 2"'),
        *('fill="url(#"', 'class="' + "a " * 500 + '"', 'style="' + "(" * 400 + '"'),
        *('id="\u00e9 \u3042"', 'font-size="0"', 'transform="skewX(90)"'),
    ],
)
def test_values_of_any_kind_do_no_harm(odd: str) -> None:
    for tag in ("rect", "circle", "ellipse", "line", "path", "polygon", "image", "text", "g"):
        said = {"width": "9", "height": "9", "r": "5", "d": "M0 0h5v5z", "points": "0 0 1 1 2 0"}
        said |= {"href": "a.png", "rx": "4", "ry": "3", "x2": "7", "stroke-width": "2"}
        kept = " ".join(f'{name}="{text}"' for name, text in said.items() if f"{name}=" not in odd)
        made = imported(f"<{tag} {kept} {odd}>x</{tag}>")
        assert reading.loads(writing.dumps(made.scene)) == made.scene


def test_a_text_alone_is_text() -> None:
    text = one("<text>a <![CDATA[<b>]]> c</text>")
    assert isinstance(text, Text)
    assert text.words == "a <b> c"


@pytest.mark.parametrize("href", ["/etc/shadow", "../up.png", "file:///a.png", "~/a.png"])
def test_no_picture_is_looked_for_about_this_machine(href: str) -> None:
    made = imported(f'<image href="{href}" width="9" height="9"/>')
    assert not made.scene.pages[0].blocks
    assert "A picture without an address that can be read is left out." in made.remarks
