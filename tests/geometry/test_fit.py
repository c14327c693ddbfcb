from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foveate.geometry.box import Size
from foveate.geometry.fit import FITS, NEVER_ENLARGE, adapted, fit

sides = st.integers(1, 5000)
names = st.sampled_from(sorted(FITS))


@pytest.mark.parametrize(
    ("name", "source", "asked", "expected"),
    [
        ("scale-down", (1080, 720), (2000, 2000), (1080, 720)),
        ("scale-down", (1080, 720), (500, 500), (500, 333)),
        ("contain", (1080, 720), (2000, 2000), (2000, 1333)),
        ("contain", (200, 100), (300, 125), (250, 125)),
        ("cover", (1080, 720), (500, 500), (500, 500)),
        ("cover", (100, 100), (500, 300), (500, 300)),
        ("crop", (1080, 720), (1296, 1296), (1080, 720)),
        ("crop", (200, 100), (300, 50), (200, 50)),
        ("crop", (200, 100), (100, 300), (100, 100)),
        ("aspect-crop", (612, 613), (1920, 1120), (612, 357)),
        ("aspect-crop", (4000, 3000), (400, 400), (400, 400)),
        ("squeeze", (1080, 720), (100, 500), (100, 500)),
        ("scale-up", (1080, 720), (500, 500), (1080, 720)),
        ("scale-up", (100, 50), (500, 500), (500, 250)),
        ("squeeze-down", (1080, 720), (100, 500), (100, 500)),
        ("squeeze-down", (1000, 200), (500, 400), (250, 200)),
        ("outside", (800, 600), (300, 200), (300, 225)),
        ("outside", (400, 600), (300, 200), (300, 450)),
        ("outside", (30, 20), (300, 100), (300, 200)),
    ],
)
def test_documented_sizes(
    name: str, source: tuple[int, int], asked: tuple[int, int], expected: tuple[int, int]
) -> None:
    assert fit(Size(*source), name, *asked).out == Size(*expected)


def test_pad_makes_the_canvas_exact_and_keeps_the_ratio() -> None:
    padded = fit(Size(1080, 720), "pad", 500, 500)
    assert (padded.out, padded.canvas) == (Size(500, 333), Size(500, 500))


@pytest.mark.parametrize(
    ("asked", "out", "canvas"),
    [
        ((400, 400), (300, 200), (400, 400)),
        ((400, 150), (225, 150), (400, 150)),
        ((400, None), (300, 200), (400, 267)),
    ],
)
def test_pad_down_leaves_a_small_picture_as_it_is_on_the_whole_canvas(
    asked: tuple[int, int | None], out: tuple[int, int], canvas: tuple[int, int]
) -> None:
    padded = fit(Size(300, 200), "pad-down", *asked)
    assert (padded.out, padded.canvas) == (Size(*out), Size(*canvas))


@pytest.mark.parametrize(
    ("source", "box", "turned"),
    [
        ((2, 3), (3, 2), True),
        ((3, 2), (2, 3), True),
        ((3, 2), (4, 1), False),
        ((2, 2), (2, 3), False),
    ],
)
def test_a_box_turns_for_a_picture_that_stands_where_it_lies(
    source: tuple[int, int], box: tuple[int, int], turned: bool
) -> None:
    name, adapted_box = adapted(Size(*source), "scale-down", Size(*box), "box")
    assert (name, adapted_box) == ("scale-down", Size(*box[::-1]) if turned else Size(*box))


@pytest.mark.parametrize(
    ("name", "source", "box", "fits"),
    [
        ("cover", (3, 2), (2, 3), "contain"),
        ("crop", (3, 2), (2, 3), "scale-down"),
        ("cover", (3, 2), (3, 2), "cover"),
        ("crop", (2, 2), (2, 3), "scale-down"),
        ("crop", (2, 2), (3, 2), "crop"),
    ],
)
def test_a_picture_stays_whole_where_it_stands_and_the_box_lies(
    name: str, source: tuple[int, int], box: tuple[int, int], fits: str
) -> None:
    assert adapted(Size(*source), name, Size(*box), "fit") == (fits, Size(*box))


@pytest.mark.parametrize("name", sorted(FITS))
@pytest.mark.parametrize(("width", "height"), [(540, None), (None, 360)])
def test_one_side_lets_the_other_follow(name: str, width: int | None, height: int | None) -> None:
    expected = Size(1080, 720) if name == "scale-up" else Size(540, 360)
    assert fit(Size(1080, 720), name, width, height).out == expected


@given(names, sides, sides, sides, sides)
def test_the_window_lies_in_the_picture_and_keeps_its_ratio(
    name: str, sw: int, sh: int, w: int, h: int
) -> None:
    fitted = fit(Size(sw, sh), name, w, h)
    assert 0 < fitted.window.width <= sw
    assert 0 < fitted.window.height <= sh
    if name in {"squeeze", "squeeze-down"}:
        return
    across = fitted.out.width / fitted.window.width
    down = fitted.out.height / fitted.window.height
    # A side is a whole number of pixels, so the ratio is right to one pixel of the shorter one.
    assert (
        abs(fitted.window.height * across - fitted.out.height) <= 1 + across
        or abs(fitted.window.width * down - fitted.out.width) <= 1 + down
    )


@given(st.sampled_from(sorted(NEVER_ENLARGE)), sides, sides, sides, sides)
def test_some_fits_never_enlarge(name: str, sw: int, sh: int, w: int, h: int) -> None:
    fitted = fit(Size(sw, sh), name, w, h)
    assert fitted.out.width <= sw
    assert fitted.out.height <= sh
    if name != "aspect-crop":
        assert fitted.out.width <= w
        assert fitted.out.height <= h


@given(st.sampled_from(["cover", "squeeze", "pad"]), sides, sides, sides, sides)
def test_some_fits_are_exact(name: str, sw: int, sh: int, w: int, h: int) -> None:
    assert fit(Size(sw, sh), name, w, h).canvas == Size(w, h)
