"""Handlers that work side by side, and what is written in order."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from datasets_stand import Doubling, Worker, a_server, cats, contents, made, pictures

from foveate.datasets.threads import AHEAD

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from foveate.datasets.sample import Made
    from foveate.datasets.seams import Pictures

WORKERS = 2
ONE_CHUNK = {"shards": {"samples": 100}}


@dataclass
class Meeting(Doubling):
    """Of which each worker answers its first sample when all have one."""

    together: threading.Barrier = field(default_factory=lambda: threading.Barrier(WORKERS))

    def start(self, config: Mapping[str, Any], pictures: Pictures) -> Worker:
        return Meets(self, config, pictures)


class Meets(Worker):
    met = False

    def answer(self) -> Callable[[], list[Made]]:
        assert isinstance(self.of, Meeting)
        if not self.met:
            self.met = True
            self.of.together.wait(10)
        return super().answer()


@dataclass
class Stuck(Doubling):
    """Of which the first sample is answered when others are as far ahead as they may be."""

    ahead: int = 0

    def start(self, config: Mapping[str, Any], pictures: Pictures) -> Worker:
        return Waits(self, config, pictures)


class Waits(Worker):
    def answer(self) -> Callable[[], list[Made]]:
        of, key = self.of, self._asked[0].key
        assert isinstance(of, Stuck)
        if key == "000":
            while len(of.worked) < WORKERS * AHEAD - 2:  # but this one, and that which is next here
                assert not self.ended.wait(0.001)
            self.ended.wait(0.05)
            of.ahead = len(of.worked)
        return super().answer()


def test_all_handlers_work_on_what_is_left_of_one_chunk(tmp_path: Path) -> None:
    handler = Meeting()
    server = a_server(tmp_path, handler=handler, workers=WORKERS)
    assert made(server, cats(**ONE_CHUNK)).samples == 20
    assert not handler.running


def test_samples_are_written_in_order_and_nobody_goes_far_ahead(tmp_path: Path) -> None:
    pictures(tmp_path / "raw", 40)
    stuck = Stuck()
    two = a_server(tmp_path, f"{tmp_path}/two", handler=stuck, workers=WORKERS)
    one = a_server(tmp_path, f"{tmp_path}/one", name="other", workers=1)
    files = contents(two, made(two, cats(**ONE_CHUNK)))
    assert files == contents(one, made(one, cats(**ONE_CHUNK)))
    assert stuck.ahead < WORKERS * AHEAD
