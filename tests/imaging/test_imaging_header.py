from __future__ import annotations

from foveate.imaging.header import edited
from foveate.values import Edit


def test_edits_drop_and_replace_in_the_order_of_the_file() -> None:
    assert edited(b"0123456789", [Edit(0, 2), Edit(4, 6, b"xyz"), Edit(9, 10)]) == b"23xyz678"


def test_without_edits_nothing_is_copied() -> None:
    data = b"0123456789"
    assert edited(data, ()) is data
