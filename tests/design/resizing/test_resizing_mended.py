"""What is mended of a design in another size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from design_measures import measured
from resizings import block, sale

from foveate.design.checks.model import Looks
from foveate.design.resizing.mended import resize_mended
from foveate.design.resizing.resize import resize
from foveate.options.colours import colour

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foveate.design.scene.model import Page


def night_falls(page: Page, language: str) -> NDArray[np.uint8]:
    """Show white below letters on an upright page, and black on a lying one."""
    del language
    return np.full((9, 9, 3), 255 if page.height > page.width else 0, np.uint8)


def test_letters_that_are_pale_in_another_size_are_mended_and_told() -> None:
    before = sale()
    made = resize_mended(before, "16:9", measured, Looks(measures=measured, below=night_falls))
    assert block(before, "title").colour == colour("#000")
    assert block(made.scene, "title").colour.red > 80
    assert any(each.startswith("Mended: The contrast of title is 1.0:1") for each in made.remarks)


def test_with_nobody_to_look_it_is_the_design_in_that_size() -> None:
    made = resize_mended(sale(), "16:9", measured, Looks())
    assert made == resize(sale(), "16:9", measured)
