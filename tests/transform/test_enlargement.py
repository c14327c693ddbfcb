"""What a network does to a picture, as arithmetic."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_plan import Seen

from foveate.errors import UpscaleTooLarge
from foveate.geometry.box import Size
from foveate.options.model import Fit, Gravity, GravityKind, TransformOptions, Upscale
from foveate.settings import Limits
from foveate.transform.enlargement import (
    Enlargement,
    check_enlargement,
    enlargement,
    may_zoom,
    planned,
    possible,
    unzoomed,
)
from foveate.transform.layout import lay_out
from foveate.transform.plan import make_plan

GENERATE, CLEAN = Upscale.GENERATE, Upscale.CLEAN
LARGE = Limits(max_output_pixels=10**9, max_output_side=10**6)


@pytest.mark.parametrize(
    ("asked", "scale", "passes"),
    [
        (Upscale.INTERPOLATE, 3.0, None),
        (GENERATE, 0.5, None),
        (GENERATE, 1.0, None),
        (GENERATE, 1.01, 1),
        (GENERATE, 2.0, 1),
        (GENERATE, 2.5, 1),
        (GENERATE, 2.6, 2),
        (GENERATE, 4.0, 2),
        (GENERATE, 9.0, 2),
        (CLEAN, 0.5, None),
        (CLEAN, 0.51, 0),
        (CLEAN, 1.0, 0),
        (CLEAN, 1.5, 1),
        (CLEAN, 3.0, 2),
    ],
)
def test_passes_follow_the_scale(asked: Upscale, scale: float, passes: int | None) -> None:
    found = enlargement(asked, scale, 100.0)
    assert (found and found.passes) == passes


def test_a_second_pass_looks_at_four_times_as_much() -> None:
    looked = [Enlargement(passes=passes, area=100.4).looked_at for passes in range(3)]
    assert looked == [101, 101, 502]
    assert [Enlargement(passes=passes, area=100).made for passes in range(3)] == [100, 400, 1600]


def zoomed(zoom: float) -> TransformOptions:
    face = Gravity(GravityKind.FACE)
    return TransformOptions(
        width=600, height=600, fit=Fit.COVER, gravity=face, zoom=zoom, upscale=GENERATE
    )


def test_what_zooms_in_enlarges_a_smaller_part_more() -> None:
    limits, seen = Limits(), Seen()
    layout = lay_out(zoomed(1.0), seen.size, limits)
    plan = make_plan(layout, seen, limits)  # type: ignore[arg-type]
    assert unzoomed(layout) is None
    assert may_zoom(layout)
    assert planned(layout.options, plan) == Enlargement(passes=2, area=120 * 120)


@given(
    zoom=st.floats(0.01, 1),
    width=st.integers(1, 3000),
    height=st.integers(1, 3000),
    fit=st.sampled_from(Fit),
    asked=st.sampled_from([GENERATE, CLEAN]),
)
def test_no_plan_looks_at_more_than_its_layout_may(
    zoom: float, width: int, height: int, fit: Fit, asked: Upscale
) -> None:
    seen = Seen()
    options = TransformOptions(
        width=width,
        height=height,
        fit=fit,
        gravity=Gravity(GravityKind.FACE),
        zoom=zoom,
        upscale=asked,
    )
    layout = lay_out(options, seen.size, LARGE)
    found, most = planned(options, make_plan(layout, seen, LARGE)), possible(layout)  # type: ignore[arg-type]
    if found is not None:
        assert found.looked_at <= max(each.looked_at for each in most) * 1.01 + 5
        assert found.made <= max(each.made for each in most) * 1.01 + 16


def test_too_many_pixels_are_refused_with_the_name_of_the_setting() -> None:
    limits = Limits(max_upscale_pixels=500)
    check_enlargement(None, limits)
    check_enlargement(Enlargement(passes=2, area=100), limits)
    with pytest.raises(UpscaleTooLarge, match=r"500 pixels \(limits.max_upscale_pixels\), got 505"):
        check_enlargement(Enlargement(passes=2, area=101), limits)
    with pytest.raises(UpscaleTooLarge, match="got 100 in each of 6 frames") as caught:
        check_enlargement(Enlargement(passes=1, area=100), limits, frames=6)
    assert caught.value.public == str(caught.value)


def test_sides_that_differ_count_by_the_larger_scale() -> None:
    seen = Seen(100, 100)
    options = TransformOptions(width=300, height=50, fit=Fit.SQUEEZE, upscale=GENERATE)
    layout = lay_out(options, Size(100, 100), Limits())
    plan = make_plan(layout, seen, Limits())  # type: ignore[arg-type]
    assert planned(options, plan) == unzoomed(layout) == Enlargement(passes=2, area=10_000)
