"""What was found by comparing all faces of a collection, for as long as that stays as it was."""

from __future__ import annotations

from foveate.service import compared
from foveate.service.compared import Compared


def test_it_is_found_once_for_each_revision() -> None:
    held, finds = Compared(), []

    def find() -> list[int]:
        finds.append(1)
        return [len(finds)]

    assert [held.of("clusters", "team", revision, find) for revision in "aabba"] == [
        [1], [1], [2], [2], [3]
    ]  # fmt: skip
    assert held.known("clusters", "team", "a") == [3]
    assert held.known("clusters", "team", "b") is held.known("copies", "team", "a") is None
    assert held.of("none", "team", "a", list) == held.known("none", "team", "a") == []
    assert held.of("copies", "team", "a", find) == [4]
    assert held.of("clusters", "guests", "a", find) == [5]
    assert held.of("clusters", "team", "a", find) == [3]


def test_the_oldest_goes_and_what_is_long_is_not_held() -> None:
    held = Compared()
    for number in range(compared.HELD + 1):
        held.of("clusters", f"c{number}", "a", list)
    assert held.of("clusters", "c0", "a", lambda: [1]) == [1]
    assert held.of("clusters", f"c{compared.HELD}", "a", lambda: [1]) == []
    long = [0] * (compared.LONGEST + 1)
    held.of("copies", "team", "a", lambda: long)
    assert held.of("copies", "team", "a", lambda: [1]) == [1]
