from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from foveate.design.scene.model import Text
from foveate.design.tasks.judging import JUDGES, Came, Verdict, verdict, wrong
from foveate.design.tasks.measuring import Reply, cells, rows, tried
from foveate.design.tasks.task import DESIGNS, Clause, Task, scene, tasks
from foveate.design.tasks.views import view
from foveate.design.tree import replaced, spots
from foveate.models.supply.fonts import FONTS

pytest.importorskip("lxml", reason="pip install 'foveate[design]'")

TALK = {"ask", "refuse"}


def task(*wanted: Clause) -> Task:
    """Return a request for the story of which this is right."""
    return Task(design="story", lang="en", turns=("",), wanted=(wanted,), aside=False)


BIGGER = task(Clause("bigger", ("logo",)))


def grown(factor: float, **held: object):  # noqa: ANN201 - a scene
    before = scene("story")
    logo = spots(before)["logo"].block
    assert isinstance(logo, Text)
    new = replace(logo, width=logo.width * factor, size=logo.size * factor, **held)
    return replaced(before, {"logo": new})


def test_there_are_as_many_requests_as_are_told() -> None:
    counted = Counter((each.design, each.lang) for each in tasks())
    assert len(counted) == len(DESIGNS) * 5
    assert {count for (_, lang), count in counted.items() if lang == "en"} == {60}
    assert {count for (_, lang), count in counted.items() if lang != "en"} == {20}


def test_about_half_is_kept_aside_and_no_words_are_on_both_sides() -> None:
    aside = [each for each in tasks() if each.aside]
    assert 0.4 < len(aside) / len(tasks()) < 0.6
    known = {(each.lang, each.turns) for each in tasks() if not each.aside}
    # One is written twice, once for all designs.
    assert len(known & {(each.lang, each.turns) for each in aside}) <= 1


@pytest.mark.parametrize("name", DESIGNS)
def test_a_design_has_what_real_ones_have(name: str) -> None:
    blocks = [placed.block for placed in view(scene(name)).values()]
    assert 8 <= len(blocks) <= 18
    assert any(block.locked for block in blocks)
    assert all(block.name for block in blocks)


def test_what_is_wanted_is_of_blocks_that_there_are() -> None:
    for each in tasks():
        known = view(scene(each.design))
        for clause in (clause for row in each.wanted for clause in row):
            if clause.verb in TALK:
                assert set(clause.words) <= known.keys()
                continue
            judge = JUDGES[clause.verb]
            assert set(clause.words[judge.first :][: judge.ids]) <= known.keys(), each


@pytest.mark.parametrize("each", [t for t in tasks(("story",)) if t.verb in {"bigger", "text"}])
def test_a_design_that_is_not_changed_is_not_what_is_wanted(each: Task) -> None:
    before = scene(each.design)
    assert verdict(each, before, before, Came.EDITED) is not Verdict.RIGHT


def test_what_is_wanted_is_right_and_anything_beside_it_is_wrong() -> None:
    before = scene("story")
    assert verdict(BIGGER, before, grown(1.2), Came.EDITED) is Verdict.RIGHT
    assert wrong(BIGGER, before, grown(1.2)) == ""
    assert verdict(BIGGER, before, grown(1.2, weight=400), Came.EDITED) is Verdict.WRONG
    assert verdict(BIGGER, before, grown(4), Came.EDITED) is Verdict.WRONG
    assert "bigger logo" in wrong(BIGGER, before, grown(4))


def test_a_question_is_right_only_where_one_is_wanted_and_names_what_may_be_meant() -> None:
    before = scene("story")
    ask = task(Clause("ask", ("price", "old-price")))
    asked = verdict(ask, before, before, Came.ASKED, ["price", "old-price"])
    assert asked is Verdict.RIGHT
    assert verdict(ask, before, before, Came.ASKED, ["logo", "cta"]) is Verdict.ASKED
    assert verdict(ask, before, grown(1.2), Came.EDITED) is Verdict.WRONG
    assert verdict(BIGGER, before, before, Came.ASKED) is Verdict.ASKED
    assert verdict(BIGGER, before, before, Came.REFUSED) is Verdict.REFUSED


def test_figures_are_by_what_a_task_says_of_itself() -> None:
    def lazy(before, request, targets):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, ARG001
        return Reply(scene=before, came=Came.REFUSED)

    done = tried(tasks(("story",), ("en", "de")), lazy)
    english, german = rows(done, lambda each: each.lang)
    assert (english.requests, german.requests) == (60, 20)
    assert english.wrong == german.wrong == 0
    assert 0 < english.right < 0.3
    assert cells(english)[0] == "en"


@pytest.mark.parametrize("name", DESIGNS)
def test_a_design_names_fonts_that_there_are(name: str) -> None:
    families = {face.family for card in FONTS for face in card.faces}
    named = {
        run.font or spot.block.font
        for spot in spots(scene(name)).values()
        if isinstance(spot.block, Text)
        for run in spot.block.runs
    }
    assert named <= families
