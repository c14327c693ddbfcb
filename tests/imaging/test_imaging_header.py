from __future__ import annotations

from foveate.imaging.header import SLICE, edited, occurrences, places
from foveate.values import Edit


def test_edits_drop_and_replace_in_the_order_of_the_file() -> None:
    assert edited(b"0123456789", [Edit(0, 2), Edit(4, 6, b"xyz"), Edit(9, 10)]) == b"23xyz678"


def test_without_edits_nothing_is_copied() -> None:
    data = b"0123456789"
    assert edited(data, ()) is data


def test_marks_are_found_across_the_slices_that_are_searched() -> None:
    at = [0, 7, SLICE - 2, SLICE, 2 * SLICE - 1]
    data = bytearray(2 * SLICE + 100)
    for place in (0, 7, 2 * SLICE - 1):
        data[place : place + 2] = b"ab"
    data[SLICE - 2 : SLICE + 2] = b"abab"
    assert list(places(bytes(data), b"ab")) == at
    assert occurrences(bytes(data), b"ab") == len(at)
