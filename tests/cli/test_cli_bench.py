"""`foveate doctor --bench`: typical requests, and what they should take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console

from foveate.cli.bench import REQUESTS, SLOW, Of, Timed, bench, findings, table
from foveate.cli.measuring import Speed
from foveate.library import read
from foveate.settings import Settings

if TYPE_CHECKING:
    from foveate.imaging import Image


def taken(cpu_ms: float, busy: float = 1.0) -> Speed:
    cpu_s = cpu_ms / 100
    return Speed(renditions=10, wall_s=cpu_s / busy / 2, cpu_s=cpu_s, bytes=1, workers=2)


def test_what_takes_longer_than_the_core_explains_is_found_with_its_cure() -> None:
    timed = [
        Timed(REQUESTS[0], 10.0, taken(10 * SLOW - 1)),
        Timed(REQUESTS[2], 10.0, taken(10 * SLOW + 1)),
    ]
    (found,) = findings(timed)
    assert "AVIF takes 16 ms of processor time, which is 1.6 times" in found.what
    assert found.cure == REQUESTS[2].cure
    assert [each.slow for each in timed] == [False, True]


def test_where_others_work_too_that_is_what_is_said() -> None:
    timed = [Timed(request, 10.0, taken(100, busy=0.4)) for request in REQUESTS]
    (found,) = findings(timed)
    assert found.what == "only 40% of the cores worked for the benchmark"


def test_what_is_lacking_is_said_in_place_of_figures() -> None:
    lacking = Timed(REQUESTS[3], 10.0, lacks="the sample portrait: foveate models pull")
    assert lacking.to_json()["lacks"] == "the sample portrait: foveate models pull"
    assert not findings([lacking])
    console = Console(width=100)
    with console.capture() as got:
        console.print(table([lacking, Timed(REQUESTS[0], 10.0, taken(10))]))
    assert "lacks the sample portrait" in got.get()
    assert "200.0" in got.get()


def test_without_the_portrait_the_photo_is_measured(photo: Image) -> None:
    told: list[str] = []
    rendered = {Of.PHOTO: read(photo.write_to_buffer(".jpg")), Of.PORTRAIT: None}
    timed = bench(Settings(), rendered, seconds=0.01, tell=told.append)
    assert told == [request.name for request in REQUESTS]
    assert [each.speed is not None for each in timed] == [
        request.of is Of.PHOTO for request in REQUESTS
    ]
    assert all(each.to_json()["renditions_per_s"] > 0 for each in timed if each.speed)
