"""A face that a look at the whole misses, and that the answer shows large: with real networks."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

from foveate.app import create
from foveate.deadline import Deadline
from foveate.imaging import Image
from foveate.imaging.pixels import from_array, to_array
from foveate.options.grammar import parse_options
from foveate.settings import load

if TYPE_CHECKING:
    from foveate.app import App

SIDE, AT, TINY = 3000, 1500, 90
PART = f"trim.left={AT - 60},trim.top={AT - 60},trim.width=210,trim.height=210,format=png"


@pytest.fixture
def crowd(portrait: str) -> bytes:
    """A picture of 9 megapixels in which a person is 90 pixels high."""
    rough = np.random.default_rng(3).integers(90, 160, (SIDE // 10, SIDE // 10, 3), np.uint8)
    person = Image.thumbnail(portrait, TINY)
    return from_array(rough).resize(10).insert(person, AT, AT).jpegsave_buffer(Q=92)


def rendered(app: App, data: bytes, options: str) -> np.ndarray:
    deadline = Deadline(time.monotonic() + 60)
    made = app.renderer(app.source_of(data), parse_options(options).options, deadline=deadline)
    return to_array(Image.new_from_buffer(made.data, "")).astype(np.int16)


@pytest.mark.models
def test_what_is_shown_large_is_hidden_though_it_is_tiny_in_the_whole(crowd: bytes) -> None:
    app = create(load())
    plain, hidden = (rendered(app, crowd, PART + more) for more in ("", ",redact=faces"))
    changed = np.abs(plain - hidden).max(axis=2) > 8
    # The person begins at 60, and her face 10 below.
    assert changed[70:90, 90:110].mean() > 0.9
    assert not changed[:50].any()
    assert not changed[120:].any()
