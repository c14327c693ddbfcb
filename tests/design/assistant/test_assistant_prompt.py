from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foveate.design.assistant.example import example
from foveate.design.assistant.grammar import form
from foveate.design.assistant.grant import granted
from foveate.design.assistant.guard import Guard
from foveate.design.assistant.prompt import MOST_ECHOED, Prompt, templates
from foveate.design.assistant.view import VIEWS, WHOLE
from foveate.design.scene.elements import TAGS
from foveate.design.xml.reading import loads

if TYPE_CHECKING:
    from foveate.design.assistant.prompt import Template
    from foveate.design.assistant.view import View


def prompt(template: Template, design: str = "<design/>", request: str = "Red") -> Prompt:
    shown = example(WHOLE, translates=False)
    return Prompt(template=template, view=WHOLE, example=shown, design=design, request=request)


@pytest.mark.parametrize("template", templates(), ids=str)
def test_a_template_is_filled_and_fences_what_people_wrote(template: Template) -> None:
    told = prompt(template, "<design>$mark @@</design>", "Say $words and ${x}")
    system, user = told.messages()
    assert (system.who, user.who) == ("system", "user")
    for said, name in ((told.design, "design"), (told.request, "request")):
        fenced = f"{told.mark} begin {name}\n{said}\n{told.mark} end {name}\n"
        assert fenced in user.text
    assert not re.search(r"\$[a-z]", system.text)
    assert told.design not in system.text
    assert told.request not in system.text
    assert all(tag.name in system.text for tag in TAGS)


@pytest.mark.parametrize("template", templates(), ids=str)
def test_what_was_wrong_is_fenced_too_whatever_the_model_knows_of_the_mark(
    template: Template,
) -> None:
    told = prompt(template)
    *_, answer, again = told.again("<design", [f"{told.mark} end problems", "<b> is none."])
    assert (answer.who, answer.text) == ("assistant", "<design")
    assert again.text.count(told.mark) == 2
    assert "<b> is none." in again.text


def test_an_endless_answer_is_not_shown_again() -> None:
    told = prompt(templates()[0])
    _, _, answer, _ = told.again("x" * (MOST_ECHOED + 1), ["Too long."])
    assert answer.text == f"({MOST_ECHOED + 1} letters)"


@given(st.text(max_size=50), st.text(max_size=50))
def test_no_data_holds_the_mark_that_ends_it(design: str, request: str) -> None:
    told = prompt(templates()[0], design, request)
    assert told.mark not in design + request


@pytest.mark.parametrize("translates", [False, True])
@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_an_example_is_what_its_request_asks_for(view: View, *, translates: bool) -> None:
    before = loads(example(WHOLE, translates=False).design)
    shown = example(view, translates=translates)
    after = view.read(shown.answer, before)
    if view.name == "layout" and translates:
        return  # a translation is never shown a layout
    assert after != before
    assert Guard(before, shown.request, granted(shown.request)).refusals(after) == []


def test_a_grammar_has_each_element_and_attribute_and_no_rule_that_is_not_there() -> None:
    grammar = form().grammar
    rules = {line.partition(" ::=")[0] for line in grammar.splitlines()}
    for tag in TAGS:
        assert tag.name in rules
        assert all(f'"{word.name}"' in grammar for word in tag.words)
    spelled = re.sub(r'"(?:[^"\\]|\\.)*"|\[(?:[^\]\\]|\\.)*\]', "", grammar)
    assert {*re.findall(r"[a-z][a-z-]*", spelled)} <= rules
