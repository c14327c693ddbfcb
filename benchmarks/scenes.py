"""Any scenes: from XML, from JSON, from what is different, and what is merged. None may be damaged.

    python benchmarks/scenes.py [--quick] [--json FILE]

The scenes of tests/design, drawn from the table of words, so that every attribute and element is
among them. Each goes to XML and back, and to JSON and back; each is compared with the one before
it, changed into that one and back; and each pair is merged into a third.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests/design"))

from design_scenes import SCENES
from hypothesis import HealthCheck, Phase, given, seed, settings
from results import Check, Outcome, Table, alone

from foveate.design import in_json
from foveate.design.changes.applying import apply
from foveate.design.changes.difference import difference
from foveate.design.changes.merging import merge
from foveate.design.changes.model import inverse
from foveate.design.xml.reading import loads
from foveate.design.xml.writing import dumps

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.design.scene.model import Scene

NAME: Final = "scenes"
TITLE: Final = "Designs: round trips, changes and merges of any scenes"
SCENES_DRAWN: Final = 10_000
FEW: Final = 300
AT_ONCE: Final = 1000
"""Scenes of one seed: what was drawn of one is all in memory."""


def drawn(count: int, number: int) -> list[Scene]:
    """Return so many scenes, the same for each number."""
    scenes: list[Scene] = []

    @seed(number)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(SCENES)
    def draw(scene: Scene) -> None:
        scenes.append(scene)

    draw()
    return scenes


def _xml(scene: Scene, _: Scene, __: Scene) -> bool:
    text = dumps(scene)
    again = loads(text)
    return again == scene and dumps(again) == text


def _json(scene: Scene, _: Scene, __: Scene) -> bool:
    return in_json.loads(in_json.dumps(scene)) == scene


def _changed(scene: Scene, other: Scene, _: Scene) -> bool:
    changes = difference(scene, other)
    return apply(scene, changes) == other and apply(other, inverse(changes)) == scene


def _merged(scene: Scene, other: Scene, third: Scene) -> bool:
    merged = merge(scene, difference(scene, other), difference(scene, third))
    return apply(scene, merged.changes) == merged.scene == loads(dumps(merged.scene))


TRIED: Final[dict[str, Callable[[Scene, Scene, Scene], bool]]] = {
    "to XML, back, and to the same XML": _xml,
    "to JSON and back": _json,
    "changed into another, and back": _changed,
    "merged with two others, and read again": _merged,
}


def measure(*, quick: bool = False) -> Outcome:
    """Return how many scenes came through whole."""
    if find_spec("lxml") is None:
        return Outcome(NAME, TITLE, skipped="needs lxml")
    wanted = FEW if quick else SCENES_DRAWN
    whole, took, count, number = Counter[str](), Counter[str](), 0, 0
    while count < wanted:
        scenes = drawn(min(AT_ONCE, wanted - count), number)
        for place, scene in enumerate(scenes):
            for name, tried in TRIED.items():
                begun = time.perf_counter()
                whole[name] += tried(scene, scenes[place - 1], scenes[place - 2])
                took[name] += time.perf_counter() - begun
        count, number = count + len(scenes), number + 1
    outcome = Outcome(NAME, TITLE)
    rows = [(name, str(whole[name]), f"{1000 * took[name] / count:.2f}") for name in TRIED]
    outcome.tables = [Table(f"{count} scenes", ("what", "whole", "ms each"), rows)]
    outcome.checks = [
        Check(name, f"{count} of {count}", str(whole[name]), whole[name] == count) for name in TRIED
    ]
    return outcome


if __name__ == "__main__":
    alone(measure, __doc__)
