"""A drawn person in every style, looked at as pictures."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from painted import HEIGHT, WIDTH, painted, person, plan_of

from foveate.deadline import Deadline
from foveate.errors import TimedOut
from foveate.geometry.box import Size
from foveate.geometry.orientation import Orientation
from foveate.imaging.pixels import from_array
from foveate.options.colours import Colour
from foveate.options.model import TransformOptions
from foveate.options.styles import Style, Styled
from foveate.transform.state import State
from foveate.transform.steps.style import style
from foveate.transform.styles.table import STYLES

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.imaging import Image

GREEN = Colour(20, 140, 60)


def png(image: Image) -> bytes:
    data: bytes = image.write_to_buffer(".png")
    return data


def array(image: Image) -> np.ndarray:
    return image.numpy().astype(int)


def test_every_style_that_can_be_asked_for_is_painted() -> None:
    assert set(STYLES) == set(Style)


def test_nothing_is_done_unless_asked() -> None:
    state = State(
        image=from_array(person()[0]),
        options=TransformOptions(),
        plan=plan_of(Size(WIDTH, HEIGHT)),
        stored=Orientation(),
    )
    assert style(state) is state


@pytest.mark.parametrize("name", Style)
def test_styles_look_right(name: Style, assert_like: Callable[[bytes, str], None]) -> None:
    assert_like(png(painted(name)), f"style-{name.value}")
