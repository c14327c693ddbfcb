"""Tasks by names that stay the same, so that some of them can be chosen, and tried later on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate.design.tasks import translating
from foveate.design.tasks.judging import Came, Verdict, verdict
from foveate.design.tasks.task import DESIGNS, LANGUAGES, Task, scene, tasks
from foveate.errors import BadOption

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from foveate.design.scene.model import Scene

KNOWN, KEPT, TRANSLATE = "known", "kept", "translate"
KINDS: Final = (KNOWN, KEPT, TRANSLATE, *DESIGNS, *LANGUAGES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """One request about one design, and a program that judges what comes of it."""

    name: str
    """`story/en/7`, `menu/translate`."""
    language: str
    scene: Scene
    request: str
    judge: Callable[[Scene, Came, Collection[str]], Verdict]
    """Is given the design then, what was done, and the ids of which one was asked."""
    fits: bool = False
    """Whether letters have to fit then, and may be made smaller for that."""


def chosen(words: Sequence[str] = (), limit: int | None = None) -> list[Numbered]:
    """Return tasks of some kinds: `kept`, `de` and `story` are requests kept aside, of a story.

    Those in several turns are left out: each is tried by itself. Where there is a limit, they are
    of all designs and languages as evenly as can be. Raises BadOption for a kind that is none.
    """
    if strange := [word for word in words if word not in KINDS]:
        wanted = ", ".join(KINDS)
        raise BadOption(f"Expected tasks of {wanted}, got {', '.join(strange)}.")
    designs = tuple(each for each in DESIGNS if each in words) or DESIGNS
    if TRANSLATE in words:
        found = [_translation(design) for design in designs]
    else:
        langs = tuple(each for each in LANGUAGES if each in words) or LANGUAGES
        found = [_numbered(*each) for each in _single(designs, langs, aside=KEPT in words)]
    if limit is None or limit >= len(found):
        return found
    return [found[at * len(found) // limit] for at in range(limit)]


def _single(
    designs: tuple[str, ...], langs: tuple[str, ...], *, aside: bool
) -> list[tuple[str, Task]]:
    found, counts = [], dict[tuple[str, str], int]()
    for task in tasks(designs, langs):
        place = (task.design, task.lang)
        counts[place] = number = counts.get(place, 0) + 1
        if task.aside == aside and len(task.turns) == 1:
            found.append((f"{task.design}/{task.lang}/{number}", task))
    return found


def _numbered(name: str, task: Task) -> Numbered:
    before = scene(task.design)

    def judge(after: Scene, came: Came, choices: Collection[str]) -> Verdict:
        return verdict(task, before, after, came, choices)

    return Numbered(name=name, language=task.lang, scene=before, request=task.turns[0], judge=judge)


def _translation(design: str) -> Numbered:
    before = translating.with_places(scene(design))

    def judge(after: Scene, came: Came, _: Collection[str]) -> Verdict:
        if after == before:
            return Verdict.ASKED if came is Came.ASKED else Verdict.REFUSED
        return Verdict.WRONG if translating.wrong(before, after) else Verdict.RIGHT

    return Numbered(
        name=f"{design}/{TRANSLATE}",
        language="en",
        scene=before,
        request=translating.REQUEST,
        judge=judge,
        fits=True,
    )
