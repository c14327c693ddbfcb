"""Rows that are worked on in other processes."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from multiprocessing import Pipe
from typing import TYPE_CHECKING, cast

import pytest
from batch_stand import batch_children, drawn, ink_of

import foveate
from foveate.batches.library import description_of
from foveate.batches.made import Status
from foveate.batches.manifest import Manifest
from foveate.batches.pool import Pool
from foveate.batches.process import Given, Granted, Need, Setup, _begun
from foveate.batches.row import Row
from foveate.errors import BadInstallation, UnknownPreset, WeightsMissing
from foveate.settings import Models, load

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from foveate.batches.description import Description


def row(file: Path, options: str = "") -> Row:
    return Row(key=str(file), path=file.stem, options=options)


def end_children() -> None:
    """End the processes that the pool of this one started."""
    for child in batch_children():
        with suppress(ProcessLookupError):  # it has ended just now
            os.kill(child, signal.SIGKILL)


@contextmanager
def none_lives() -> Iterator[None]:
    """End each process of a pool as soon as it is there."""
    over = threading.Event()

    def end_them() -> None:
        while not over.wait(0.005):
            end_children()

    thread = threading.Thread(target=end_them)
    end_children()  # before it can be given anything: a small picture is done sooner than that
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_a_process_does_what_a_thread_does_and_is_replaced_when_it_ends(tmp_path: Path) -> None:
    small, large = drawn(tmp_path / "a.png", "green"), drawn(tmp_path / "b.png", size=(3000, 2000))
    asked = description_of([str(tmp_path)], str(tmp_path / "out"), ["width=20"])
    home = tmp_path / "out" / ".foveate-batch"
    (home / "aside").mkdir(parents=True)
    settings = replace(load(), models=Models(folder=str(tmp_path / "none")))
    pool = Pool(1, 5_000_000, Setup(settings, asked, tmp_path, 1))
    with closing(Manifest(home)), closing(pool):
        made = pool(row(small))
        (output,) = made.outputs
        assert (made.status, made.width, output.name) == (Status.DONE, 40, "a.png")
        assert output.aside
        assert output.aside.read_bytes() == foveate.render(small, "width=20").data
        assert ink_of(output.aside) == "green"
        assert pool(row(tmp_path / "none.png")).error == "SourceNotFound"
        assert pool(row(large)).error == "MemoryBudgetSpent"
        with pytest.raises(WeightsMissing, match="foveate models pull retinaface"):
            pool(row(small, "height=20,fit=cover,gravity=face"))
        end_children()
        assert pool(row(small)).status is Status.DONE
        with none_lives():
            assert pool(row(small)).error == "DecoderKilled"
        assert pool(row(small)).status is Status.DONE


@pytest.mark.parametrize(("need", "dropped"), [(900, [400]), (500, [])])
def test_a_process_lets_networks_go_before_it_asks_for_what_would_not_fit_beside_them(
    need: int, dropped: list[int]
) -> None:
    held, gone = [500], list[int]()

    def make_room(over: int) -> None:
        gone.append(over)
        held[0] -= over

    ours, theirs = Pipe()
    with ours, theirs:
        ours.send("")
        with Granted(theirs, 1000, lambda: held[0], make_room).taking(need):
            assert ours.recv() == Need(need, 500 - sum(dropped))
        assert ours.recv() == Given()
    assert gone == dropped


@pytest.mark.parametrize("option", ["preset=missing", None])
def test_where_a_process_cannot_begin_no_picture_is_to_blame(
    option: str | None, tmp_path: Path
) -> None:
    asked = option and description_of(["-"], str(tmp_path / "out"), [option])
    kind = BadInstallation if asked is None else UnknownPreset
    ours, theirs = Pipe()
    with ours, theirs:
        ours.send(Setup(load(), cast("Description", asked), tmp_path, 1))
        work = _begun(theirs)
        with pytest.raises(kind, match="missing" if asked else "got AttributeError: 'NoneType'"):
            work(row(tmp_path / "a.png"))
