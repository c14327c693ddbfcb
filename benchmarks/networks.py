"""Memory of the networks: each as it comes, all together, within a bound, and after they idled.

    python benchmarks/networks.py

Each way is a fresh process that loads every network that is here, in the engine that suits it,
and lets it answer once.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import processes
from engines import SHAPES, card_of
from results import Check, Outcome, Table, tell

from foveate.imaging import start
from foveate.imaging.engine import release_memory
from foveate.models.quiet import onnxruntime
from foveate.models.runtime.engines import VARIANTS, choice_of
from foveate.models.runtime.resident import Memory
from foveate.models.runtime.sessions import Registry
from foveate.models.supply.recipes import pattern
from foveate.models.supply.weights import FileState, catalogue, verify
from foveate.settings import load

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.models.supply.card import ModelCard
    from foveate.settings import Settings

MIB: Final = 1024 * 1024
TITLE: Final = "Memory of the networks"
MAX_LEFT: Final = 1 / 3
"""Of what all took together: the engines stay, which are libraries, and pages in pieces."""


def _settings() -> Settings:
    """Return the settings, with every licence acknowledged."""
    settings = load()
    licences = {card.acknowledge for card in catalogue(settings.models)} - {""}
    return replace(settings, models=replace(settings.models, acknowledged_licences=tuple(licences)))


class Ahead:
    """A clock that can be turned ahead, and what waits for it."""

    def __init__(self) -> None:
        self.by = 0.0
        self.waiting: list[Callable[[], None]] = []

    def now(self) -> float:
        """Return the seconds of the machine's clock, and those by which it was turned."""
        return time.monotonic() + self.by

    def later(self, seconds: float, call: Callable[[], None]) -> None:
        """Keep a call for when the clock is turned."""
        del seconds
        self.waiting.append(call)

    def turn(self, seconds: float) -> None:
        """Turn the clock ahead, and make the calls that wait."""
        self.by += seconds
        for call in self.waiting:
            call()


def _here(settings: Settings) -> list[str]:
    """Return the names of the networks whose files are here, as they are asked for."""
    stand_ins = {variant.card for variant in VARIANTS.values()}
    cards = (card for card in catalogue(settings.models) if card.reference is not None)
    names = [card.name for card in cards if card.name not in stand_ins]
    return [
        name for name in names if verify(_run_by(name, settings), settings.models) is FileState.OK
    ]


def _run_by(name: str, settings: Settings) -> ModelCard:
    """Return the card whose file is really run."""
    return card_of(choice_of(name, settings.models, settings.runtime).card, settings.models)


def _unload() -> None:
    gc.collect()
    release_memory()


def all_here(most_bytes: int) -> dict[str, Any]:
    """Return the MiB of this process while it loads one network after the other, and after."""
    start()
    settings = _settings()
    names = _here(settings)
    memory, clock = Memory(most_bytes=most_bytes, release=_unload), Ahead()
    registry = Registry(
        settings.models, settings.runtime, memory=memory, clock=clock.now, later=clock.later
    )
    bare = _mib()
    onnxruntime()
    begun = _mib()
    rows = [_one(name, registry, settings) for name in names]
    told = {"rows": rows, "bare": bare, "begun": begun, "together": _mib()}
    told |= {"counted": registry.held_bytes() / MIB, "loaded": len(_on(registry))}
    clock.turn(settings.runtime.idle_s)
    return told | {"left": _mib(), "left_loaded": len(_on(registry))}


def _one(name: str, registry: Registry, settings: Settings) -> dict[str, Any]:
    card = card_of(name, settings.models)
    assert card.reference is not None
    shape = SHAPES.get(name, card.reference.shape)
    x = {card.input.partition(": ")[0]: pattern(replace(card.reference, shape=shape))}
    others, before = registry.held_bytes(), _mib()
    session = registry.session(name)()
    loaded = _mib()
    session.run(x)
    return {
        "name": name,
        "provider": session.provider,
        "file": _run_by(name, settings).bytes_on_disk / MIB,
        "loaded": loaded - before,
        "worked": _mib() - before,
        "counted": session.held_bytes / MIB,
        "all": registry.held_bytes() / MIB,
        "made_room": registry.held_bytes() < others + session.held_bytes,
    }


def _on(registry: Registry) -> list[str]:
    return [name for name, provider in registry.loaded().items() if provider]


def _mib() -> float:
    return processes.pss_mib(os.getpid())


def in_fresh_process(most_bytes: int) -> dict[str, Any]:
    """Return the same, measured in a process of its own. Raises CalledProcessError."""
    command = [sys.executable, __file__, "--within", str(most_bytes)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _row(row: dict[str, Any]) -> tuple[str, ...]:
    figures = (row["file"], row["loaded"], row["worked"], row["counted"])
    return (row["name"], row["provider"], *(f"{value:.0f}" for value in figures))


def _rows(found: dict[str, Any]) -> list[tuple[str, ...]]:
    begun = found["begun"]
    return [
        ("onnxruntime itself", "", "", f"{begun - found['bare']:.0f}", "", ""),
        *map(_row, found["rows"]),
        (
            "all together",
            "",
            f"{sum(row['file'] for row in found['rows']):.0f}",
            "",
            f"{found['together'] - begun:.0f}",
            f"{found['counted']:.0f}",
        ),
        ("after they idled", "", "", "", f"{found['left'] - begun:.0f}", "0"),
    ]


def _checks(free: dict[str, Any], bound: dict[str, Any], most: float) -> list[Check]:
    # One alone may hold more than the bound; beside it there may be nothing then.
    over = [row for row in bound["rows"] if row["all"] > max(most, row["counted"])]
    highest = max(row["all"] for row in bound["rows"])
    left, together = (free[what] - free["begun"] for what in ("left", "together"))
    return [
        Check(
            "idle networks are unloaded; what stays, of what all took",
            "<= a third",
            f"{left:.0f} of {together:.0f} MiB",
            left <= together * MAX_LEFT and not free["left_loaded"],
        ),
        Check(
            "within a bound of half of what they hold, counted at most",
            f"<= {most:.0f} MiB",
            f"{highest:.0f} MiB, {bound['loaded']} of {len(bound['rows'])} loaded in the end",
            not over,
        ),
    ]


def networks(*, quick: bool) -> Outcome:
    """Return what each network that is here takes of the memory, and all of them together."""
    del quick  # it takes seconds
    settings = _settings()
    if not _here(settings):
        return Outcome("networks", TITLE, skipped="needs weights: foveate models pull")
    free = in_fresh_process(sys.maxsize)
    most = free["counted"] / 2
    bound = in_fresh_process(round(most * MIB))
    header = ("network", "runs in", "file MiB", "loaded MiB", "after an answer MiB", "counted MiB")
    together = bound["together"] - bound["begun"]
    return Outcome(
        "networks",
        TITLE,
        checks=_checks(free, bound, most),
        tables=[Table(f"{len(free['rows'])} networks, one after the other", header, _rows(free))],
        notes=[
            (
                "PSS of a process that has numpy and libvips loaded. What is counted is what "
                "`load.memory_bytes` is charged with, the growth while a network is loaded or its "
                "weights; what it keeps for its next answer is not in that. They idle by a clock "
                "that is turned."
            ),
            f"Within a bound of {most:.0f} MiB they take {together:.0f} MiB in the end.",
        ],
    )


def main() -> None:
    """Print the tables, or what a fresh process found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--within", type=int, help="bytes that networks may hold together")
    most = parser.parse_args().within
    if most is None:
        tell(networks(quick=False))
    else:
        print(json.dumps(all_here(most)))


if __name__ == "__main__":
    main()
