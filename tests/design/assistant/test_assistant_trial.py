from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from endpoint_stand import Reply, endpoint
from scenes_stand import SALE, changed

from foveate.design.assistant.assistant import Assistant
from foveate.design.assistant.endpoint import Endpoint
from foveate.design.assistant.prompt import template, templates
from foveate.design.assistant.trial import Task, Trial, rows, table, trials
from foveate.design.assistant.view import WHOLE
from foveate.design.xml.writing import dumps
from foveate.options.colours import Colour

if TYPE_CHECKING:
    from collections.abc import Sequence

    from endpoint_stand import Script

    from foveate.design.assistant.prompt import Template
    from foveate.design.scene.model import Scene

pytest.importorskip("lxml", reason="lxml is not here: pip install 'foveate[design]'")
pytest.importorskip("openai", reason="openai is not here: pip install 'foveate[design]'")

RED, BLUE = (changed(SALE, "headline", colour=Colour(*rgb)) for rgb in ((255, 0, 0), (0, 0, 255)))


def is_red(before: Scene, after: Scene) -> str:
    assert before == SALE
    return "" if after == RED else "Expected a red headline, got another one."


TASK = Task("red headline", SALE, "Make the headline red", is_red)


def tried(
    script: Script, tasks: Sequence[Task], which: Sequence[Template | None] = (None,)
) -> list[Trial]:
    async def measure() -> list[Trial]:
        model = Endpoint(script.settings(price_out=10.0))
        assistant = Assistant(model=model, views=(WHOLE,), tries=2)
        return [each async for each in trials(assistant, [model], which, tasks)]

    return asyncio.run(measure())


def test_a_trial_is_right_wrong_or_refused_and_says_what_it_took() -> None:
    answers = (Reply(text=dumps(RED)), Reply(text=dumps(BLUE)), Reply(text="No."))
    with endpoint(*answers) as script:
        right, wrong, refused = tried(script, [TASK] * 3)
    assert (right.outcome, right.tries, right.tokens_in, right.tokens_out) == ("right", 1, 100, 50)
    assert right.paid == pytest.approx(0.0005)
    assert (wrong.outcome, wrong.why) == ("wrong", "Expected a red headline, got another one.")
    assert (refused.outcome, refused.tries, refused.tokens_out) == ("EditRefused", 2, 100)


def test_each_template_is_tried_with_each_task_and_they_are_ranked() -> None:
    which = [template("edit", 1), template("edit", 2)]
    answers = [Reply(text="No.")] * 4 + [Reply(text=dumps(RED))]
    with endpoint(*answers) as script:
        done = tried(script, [TASK, TASK], which)
    assert [each.template for each in done] == ["edit-1", "edit-1", "edit-2", "edit-2"]
    best, worst = rows(done)
    assert (best.template, best.right, best.tasks) == ("edit-2", 1.0, 2)
    assert (worst.template, worst.right, worst.refused) == ("edit-1", 0.0, 1.0)
    assert (
        table([best])
        .splitlines()[-1]
        .startswith("| edit-2 | scripted | 2 | 100% | 0% | 0% | 0% | 1.0 | 100 | 50 | 0.00050 | ")
    )


def test_templates_are_files_with_names_and_versions() -> None:
    names = [str(each) for each in templates()]
    assert {"edit-1", "edit-2", "translate-1"} <= {*names}
    assert str(template("edit")) == "edit-1"
    with pytest.raises(ValueError, match="expected a template of edit-1"):
        template("sing")
