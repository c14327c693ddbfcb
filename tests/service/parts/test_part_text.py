from __future__ import annotations

import pytest
from service_networks import analyses

from foveate.errors import BadSettings
from foveate.service.parts.hidden_text import HIDDEN_TEXT
from foveate.service.parts.text import LINES, TEXT
from foveate.settings import MIB, Text, load


def test_a_look_is_estimated_by_the_area_that_it_looks_at() -> None:
    usual, fine = (analyses(writing=Text(long_side=side)) for side in (640, 1920))
    for part in (LINES, TEXT):
        assert usual.memory_bytes([part]) < 80 * MIB
        # Measured at 1920: 618 MiB.
        assert 618 * MIB < fine.memory_bytes([part]) < 700 * MIB
    # What hides looks twice, one after the other, and once with 1280 at least.
    hiding = [each.memory_bytes([HIDDEN_TEXT]) for each in (usual, fine)]
    assert hiding == [
        analyses(writing=Text(long_side=1280)).memory_bytes([LINES]),
        fine.memory_bytes([LINES]),
    ]


def test_a_look_that_takes_gigabytes_cannot_be_set() -> None:
    with pytest.raises(BadSettings, match="1920"):
        load({"FOVEATE_TEXT__LONG_SIDE": "4096"})
