from __future__ import annotations

from dataclasses import dataclass, field

from foveate.server.unsent import Unsent


@dataclass(eq=False)
class Reader:
    unsent: Unsent
    gone: list[str]
    name: str = field(default="")

    def hang_up(self) -> None:
        self.gone.append(self.name)


def readers(unsent: Unsent, names: str) -> tuple[list[Reader], list[str]]:
    gone: list[str] = []
    return [Reader(unsent, gone, name) for name in names], gone


def test_what_many_are_sent_from_the_same_bytes_counts_once() -> None:
    unsent, picture = Unsent(1_000_000), bytes(500)
    (a, b, c), _ = readers(unsent, "abc")
    for reader in (a, b, c):
        unsent.hold(reader, 10, picture)
    assert unsent.total == 530
    unsent.hold(c, 20, bytes(300))
    assert unsent.total == 840
    unsent.release(a)
    assert unsent.total == 830
    unsent.release(b)
    unsent.release(b)
    assert unsent.total == 320
    unsent.release(c)
    assert unsent.total == 0


def test_beyond_the_bound_those_who_took_nothing_for_longest_go_first() -> None:
    unsent = Unsent(250)
    (a, b, c, d), gone = readers(unsent, "abcd")
    for reader in (a, b):
        unsent.hold(reader, 100, None)
    unsent.hold(a, 100, None)  # took what it was given, and is behind again
    unsent.hold(c, 100, None)
    assert gone == ["b"]
    unsent.hold(d, 200, None)
    assert gone == ["b", "a", "c"]
    assert unsent.total == 200


def test_bytes_that_others_wait_for_as_well_are_not_freed_by_one_of_them_leaving() -> None:
    unsent, picture = Unsent(250), bytes(200)
    (a, b, c), gone = readers(unsent, "abc")
    unsent.hold(a, 10, picture)
    unsent.hold(b, 10, picture)
    unsent.hold(c, 100, None)
    assert gone == ["a", "b"]
    assert unsent.total == 100
