"""What is wholly transparent has no colour in answers in which something must not be shown."""

from __future__ import annotations

import numpy as np
import pytest
from test_redact import noise, plan_for

from foveate.geometry.box import Size
from foveate.geometry.orientation import Orientation
from foveate.imaging.pixels import from_array
from foveate.options.model import Moderate, Redact, TransformOptions
from foveate.transform.state import State
from foveate.transform.steps.bare import bare

CLEAR = np.concatenate([noise() | 1, noise(4)[..., :1] // 64 * 85], axis=2)


def state(options: TransformOptions, pixels: np.ndarray) -> State:  # type: ignore[type-arg]
    plan = plan_for(options, Size(pixels.shape[1], pixels.shape[0]))
    return State(image=from_array(pixels), options=options, plan=plan, stored=Orientation())


@pytest.mark.parametrize(
    "options", [TransformOptions(redact=Redact()), TransformOptions(moderate=Moderate.BLOCK)]
)
def test_colours_go_where_alpha_is_nothing_and_stay_where_it_is_anything(
    options: TransformOptions,
) -> None:
    made = bare(state(options, CLEAR)).image
    assert (made.interpretation, made.format, made.bands) == ("srgb", "uchar", 4)
    pixels, nothing = made.numpy(), CLEAR[..., 3] == 0
    assert not pixels[nothing].any()
    assert np.array_equal(pixels[~nothing], CLEAR[~nothing])


def test_other_answers_and_opaque_ones_are_left_alone() -> None:
    plain = state(TransformOptions(), CLEAR)
    assert bare(plain) is plain
    opaque = state(TransformOptions(redact=Redact()), noise())
    assert bare(opaque) is opaque
