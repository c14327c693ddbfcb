"""Whatever a design says that a design may say is drawn, or refused in a sentence."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from design_scenes import SCENES
from hypothesis import HealthCheck, given, settings

from foveate.design.drawing.document import pdf
from foveate.design.drawing.raster import draw
from foveate.design.drawing.svg import svg
from foveate.design.drawing.typefaces import Typefaces
from foveate.design.fonts.shelf import Shelf
from foveate.errors import DrawingTooLarge

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foveate.design.scene.model import Page, Scene

SMALL = 64.0
"""Of all pages, so that it does not take long."""


def grey(_: str, __: str, width: int, height: int) -> NDArray[np.uint8]:
    return np.full((height, width, 4), 128, np.uint8)


def _small(page: Page) -> Page:
    return replace(page, width=min(page.width, SMALL), height=min(page.height, SMALL))


def tried(scene: Scene, typefaces: Typefaces) -> None:
    scene = replace(scene, pages=tuple(map(_small, scene.pages)))
    for page in scene.pages:
        assert draw(page, typefaces, grey, language=scene.lang).pixels.ndim == 3
        ET.fromstring(svg(page, typefaces, grey, language=scene.lang).data)  # noqa: S314 - ours
    assert pdf(scene, typefaces, grey).data.startswith(b"%PDF")


@pytest.mark.models
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(scene=SCENES)
def test_any_scene_is_drawn_or_refused(typefaces: Typefaces, scene: Scene) -> None:
    lenient = Typefaces(Shelf(typefaces.shelf.fonts, substitute="Inter"))
    try:
        tried(scene, lenient)
    except DrawingTooLarge as why:
        assert str(why).startswith("Expected ")  # noqa: PT017 - one of two answers
