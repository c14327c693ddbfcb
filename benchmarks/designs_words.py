"""How often plain words, without a language model, edit designs as they say.

    python benchmarks/designs_words.py [--quick] [--json FILE]

Eight designs, and 1,120 requests in English, German, French, Spanish and Japanese, each judged by
a program: what must hold of the design then, and that nothing else has changed. A request is right
where that is so, or where it is asked back or refused and had to be. One half was kept aside while
tables and rules were made; both are told. The last table is of rules alone, as where sentence
vectors are not installed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from results import Check, Outcome, Table, alone

from foveate.design.tasks.judging import Came
from foveate.design.tasks.measuring import HEAD, Reply, cells, rows, tried
from foveate.design.tasks.task import DESIGNS, tasks
from foveate.design.words import meaning
from foveate.design.words.assistant import understand

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from foveate.design.scene.model import Scene
    from foveate.design.tasks.measuring import Ask, Tried
    from foveate.design.tasks.task import Task
    from foveate.design.words.meaning import Nearness

NAME, TITLE = "designs_words", "Designs edited by plain words"
RIGHT: Final = 0.85
WRONG: Final = 0.03
SLOWEST_MS: Final = 50.0


def _ask(near: Nearness) -> Ask:
    def ask(scene: Scene, request: str, before: tuple[str, ...]) -> Reply:
        answer = understand(scene, request, before, near)
        choices = tuple(each.id for each in answer.choices)
        came = Came(answer.outcome.value)
        return Reply(scene=answer.scene, came=came, choices=choices, targets=answer.targets)

    return ask


def _table(title: str, done: Sequence[Tried], by: Callable[[Task], str]) -> Table:
    everything = rows(done, lambda _: "all")
    return Table(title, HEAD, [cells(row) for row in (*rows(done, by), *everything)])


def measure(*, quick: bool) -> Outcome:
    """Measure both halves by language, the one that was kept aside by verb, and rules alone."""
    outcome = Outcome(NAME, TITLE)
    every = tasks(DESIGNS[:2] if quick else DESIGNS)
    near = meaning.usual()
    halves = {
        "kept aside": [task for task in every if task.aside],
        "known": [task for task in every if not task.aside],
    }
    done = {name: tried(half, _ask(near)) for name, half in halves.items()}
    for name, half in done.items():
        outcome.tables.append(_table(f"Requests, {name}", half, lambda task: task.lang))
    aside = done["kept aside"]
    outcome.tables.append(_table("Requests kept aside, by verb", aside, lambda task: task.verb))
    ruled = tried(halves["kept aside"], _ask(meaning.nothing))
    title = "Requests kept aside, by rules alone"
    outcome.tables.append(_table(title, ruled, lambda task: task.lang))
    (row,) = rows(aside, lambda _: "all")
    spent = row.seconds * 1000
    outcome.checks += [
        Check("right, or asked back", f">= {RIGHT}", f"{row.right:.3f}", row.right >= RIGHT),
        Check("wrong edits", f"<= {WRONG}", f"{row.wrong:.3f}", row.wrong <= WRONG),
        Check("a request", f"<= {SLOWEST_MS:.0f} ms", f"{spent:.1f} ms", spent <= SLOWEST_MS),
    ]
    if near is meaning.nothing:
        outcome.notes.append("Sentence vectors are not installed here: all is by rules alone.")
    return outcome


if __name__ == "__main__":
    alone(measure, str(__doc__))
