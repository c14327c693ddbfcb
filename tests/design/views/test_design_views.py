from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from design_scenes import SCENES
from design_stand import STORY, story, with_words
from hypothesis import given, settings

from foveate.design.changes.sentences import sentence
from foveate.design.views.reading import edited
from foveate.design.views.tokens import tokens
from foveate.design.views.view import COLOURS, LAYOUT, NAMES, TEXTS, VIEWS, View
from foveate.design.views.writing import seen
from foveate.design.xml.reading import loads
from foveate.errors import BadDesign

if TYPE_CHECKING:
    from foveate.design.scene.model import Scene

GERMAN = """<design view="texts" lang="de"><page id="story">
  <text id="title">Sommer<run ref="1">schlussverkauf</run><br/>50 % und mehr</text>
</page></design>"""


def refused(view: View, xml: str) -> str:
    with pytest.raises(BadDesign) as why:
        edited(story(), view, xml)
    return why.value.public


def test_texts_are_seen_without_what_they_look_like() -> None:
    assert seen(story(), TEXTS) == (
        '<design view="texts" lang="en">\n'
        '  <page id="story">\n'
        '    <image id="photo" role="photo" alt="A woman on a beach"/>\n'
        '    <text id="title" role="title">Summer <run ref="1">sale</run><br/>'
        "50 % off &amp; more</text>\n"
        '    <group id="offer">\n'
        '      <text id="price" role="price">9.99</text>\n'
        "    </group>\n"
        "  </page>\n"
        "</design>\n"
    )


@settings(max_examples=60)
@given(SCENES)
def test_a_view_that_comes_back_as_it_was_changes_nothing(scene: Scene) -> None:
    for view in VIEWS:
        assert edited(scene, view, seen(scene, view)).changes == ()


def test_a_view_is_shorter_than_its_design() -> None:
    counts = [tokens(seen(story(), view)) for view in VIEWS]
    assert max(counts) < 0.7 * tokens(STORY)


def test_what_was_translated_keeps_its_looks_and_the_rest_stays() -> None:
    assert [sentence(change) for change in edited(story(), TEXTS, GERMAN).changes] == [
        "Change lang of the design from en to de.",
        (
            'Change the words of text title from "Summer sale / 50 % off & more" to '
            '"Sommerschlussverkauf / 50 % und mehr".'
        ),
    ]


def test_places_names_and_colours_have_a_way_back_too() -> None:
    def told(view: View, old: str, new: str) -> list[str]:
        changes = edited(story(), view, seen(story(), view).replace(old, new))
        return [sentence(change) for change in changes.changes]

    assert told(LAYOUT, 'x="90" y="1240"', 'x="5%" y="1240"') == [
        "Change x of text title from 90 to 54."
    ]
    assert told(NAMES, 'id="dot"', 'id="dot" role="logo"') == [
        "Change role of ellipse dot from none to logo."
    ]
    assert told(COLOURS, "#ff6347", "blue") == [
        'Change the look of the words of text title: "Summer sale / 50 % off & more".'
    ]


@pytest.mark.parametrize(
    ("view", "inside", "told"),
    [
        (TEXTS, '<text id="titel">x</text>', "did you mean title?"),
        (TEXTS, '<text id="title" x="3">x</text>', "x: expected no change of it, by the texts"),
        (TEXTS, '<text id="title" size="3">x</text>', "size: expected no change of it"),
        (TEXTS, '<text id="title"><run ref="2">x</run></text>', 'expected <run ref="1"> to 1'),
        (TEXTS, '<text id="title"><run ref="1" color="red">x</run></text>', "no look of a run"),
        (TEXTS, '<image id="photo" src="http://evil"/>', "src: expected no change of it"),
        (TEXTS, '<image id="photo" sparkle="1"/>', "there is no attribute"),
        (TEXTS, '<rect id="title"/>', "expected <text>, which it is"),
        (TEXTS, '<text id="price">x</text><text id="price">y</text>', "expected it once"),
        (TEXTS, "<text>x</text>", "expected an id that the design has"),
        (TEXTS, "words", "expected no letters here"),
        (LAYOUT, '<text id="title">x</text>', "expected runs of it by their number"),
        (LAYOUT, '<rect id="card" width="wide"/>', "expected a length"),
        (COLOURS, '<rect id="card" fill="url(\'http://evil\')"/>', "fill: expected no change"),
        (COLOURS, '<text id="title"><run ref="1">x</run></text>', "without letters"),
    ],
)
def test_nothing_else_can_be_changed_by_a_view(view: View, inside: str, told: str) -> None:
    xml = f'<design view="{view.name}"><page id="story">{inside}</page></design>'
    assert told in refused(view, xml)


def test_what_has_the_usual_colour_is_seen_among_colours() -> None:
    scene = loads(
        '<design version="1"><page id="p" width="9" height="9">'
        '<text id="plain" width="9" height="9">Hi</text></page></design>'
    )
    shown = seen(scene, COLOURS)
    assert '<text id="plain"' in shown
    red = edited(scene, COLOURS, shown.replace('id="plain"', 'id="plain" color="#f00"'))
    assert red != scene


def test_another_view_is_refused() -> None:
    assert "expected <design view=" in refused(LAYOUT, GERMAN)


def test_changes_of_a_view_are_those_of_the_design() -> None:
    after = with_words(">9.99<", ">8.99<")
    assert edited(story(), TEXTS, seen(after, TEXTS)).to == edited(after, TEXTS, "<design/>").of


def test_ids_that_nobody_has_are_refused_at_once() -> None:
    alike = "".join(
        f'<rect id="{"r" * 50}{number}" width="1" height="1"/>' for number in range(1900)
    )
    scene = loads(f'<design version="1"><page id="p" width="9" height="9">{alike}</page></design>')
    begun = time.process_time()
    with pytest.raises(BadDesign):
        edited(scene, NAMES, seen(scene, NAMES).replace('" name', 'x" name').replace('"/>', 'x"/>'))
    assert time.process_time() - begun < 5
