from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from words_stand import ask, block

from foveate.design.changes.applying import apply
from foveate.design.changes.model import inverse
from foveate.design.tasks.task import DESIGNS, scene
from foveate.design.tree import spots
from foveate.design.words import meaning
from foveate.design.words.answer import Outcome
from foveate.design.words.assistant import understand
from foveate.design.words.lexicon import phrases
from foveate.options.colours import colour

pytest.importorskip("lxml", reason="pip install 'foveate[design]'")

EDITED, ASKED, REFUSED = Outcome.EDITED, Outcome.ASKED, Outcome.REFUSED


@pytest.mark.parametrize(
    "request_",
    [
        "make the logo bigger",
        "mach das Logo größer",
        "agrandis le logo",
        "agranda el logo",
        "ロゴを大きくして",
    ],
)
def test_one_wish_is_understood_in_five_languages(request_: str) -> None:
    answer = ask(request_)
    assert (answer.outcome, answer.verb, answer.targets) == (EDITED, "bigger", ("logo",))
    assert block(answer, "logo").size == 60
    assert "Logo" in answer.said


def test_an_edit_comes_as_a_change_set_that_can_be_taken_back() -> None:
    answer = ask("make the logo bigger and move it to the bottom left")
    assert answer.changes is not None
    assert apply(scene("story"), answer.changes) == answer.scene
    assert apply(answer.scene, inverse(answer.changes)) == scene("story")


@pytest.mark.parametrize(
    "request_",
    [
        "make the headline bold, italic, red",
        "make the headline bold italic and red",
        "make the bold headline bigger",
        "make the price 3 euros cheaper",
        "more space between the price and the old price",
        "make the headline as big as the page",
        "make the headline baby blue",
        "make the headline red and yellow",
    ],
)
def test_what_would_be_done_by_half_is_asked_back(request_: str) -> None:
    answer = ask(request_)
    assert answer.outcome in {ASKED, EDITED}
    if answer.outcome is EDITED:  # all of it
        headline = block(answer, "headline")
        assert (headline.italic, headline.weight) == (True, 800)
    else:
        assert answer.scene == scene("story")


@pytest.mark.parametrize(
    ("request_", "changed"),
    [
        ("make the headline darker but don't touch the logo", {"headline"}),
        ("no toques el logo, solo haz el precio más pequeño", {"price"}),
        ("Ne change pas le prix, mais mets l'ancien prix en gris", {"old-price"}),
        ("the price red, please, thanks!", {"price"}),
        ("ロゴはそのままで、価格を赤に", {"price"}),
        ("make the headline and the subline red, the price blue", {"headline", "sub", "price"}),
        (
            "delete the price and the old price and make the logo red",
            {"price", "old-price", "logo"},
        ),
    ],
)
def test_what_is_to_stay_stays_and_all_else_is_done(request_: str, changed: set[str]) -> None:
    answer = ask(request_)
    assert answer.outcome is EDITED, answer.said
    before, after = spots(scene("story")), spots(answer.scene)
    assert {n for n in before if n not in after or before[n].block != after[n].block} == changed


@pytest.mark.parametrize(
    "request_",
    ["all texts red except the price", "alle Texte rot außer dem Preis", "価格以外の文字を赤に"],
)
def test_everything_may_have_an_exception(request_: str) -> None:
    answer = ask(request_)
    assert block(answer, "price") == block(scene("story"), "price")
    assert block(answer, "sub").colour == block(answer, "logo").colour == colour("red")


@pytest.mark.parametrize(
    ("request_", "name"),
    [
        ("move the left photo down", "speaker-1"),
        ("verschiebe das rechte Foto nach unten", "speaker-2"),
        ("déplace la photo de droite vers le bas", "speaker-2"),
        ("左の写真を下に移動", "speaker-1"),
    ],
)
def test_a_side_may_say_which_one(request_: str, name: str) -> None:
    answer = ask(request_, "banner")
    assert answer.targets == (name,)
    assert block(answer, name).y > block(scene("banner"), name).y


def test_a_copy_is_what_is_meant_next() -> None:
    answer = ask("duplicate the thin line and move it up by 40 px")
    assert block(answer, "rule") == block(scene("story"), "rule")
    assert answer.targets == ("rule-copy",)


def test_a_letter_typed_wrongly_is_no_other_word() -> None:
    assert ask("make the tilte biger").verb == "bigger"
    assert ask("delte the thin line").verb == "delete"
    assert ask("change the subline to Tilte of the week").outcome is EDITED


@pytest.mark.parametrize(
    ("request_", "design", "ids"),
    [
        ("make the moon bigger", "poster", {"moon", "moon-small"}),
        ("make the photo bigger", "banner", {"speaker-1", "speaker-2"}),
        ("agranda la foto", "banner", {"speaker-1", "speaker-2"}),
        ("タイトルを大きくして", "invitation", {"title", "title-he"}),
        ("make the discount circle green", "story", {"badge-text", "badge-disc"}),
    ],
)
def test_what_may_be_several_is_asked_back_with_these_as_choices(
    request_: str, design: str, ids: set[str]
) -> None:
    answer = ask(request_, design)
    assert answer.outcome is ASKED
    assert {choice.id for choice in answer.choices} >= ids
    assert answer.scene is scene(design)


@pytest.mark.parametrize(
    "request_", ["make it nicer", "move it", "bigger", "", "the logo", "make it bigger or smaller"]
)
def test_what_is_not_said_is_asked(request_: str) -> None:
    assert ask(request_).outcome is ASKED


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        ("delete the quality seal", "locked"),
        ("supprime le sceau de qualité", "locked"),
        ("make the QR code bigger", "nothing in this design"),
        ("delete the second photo", "no number 2"),
        ("make the photo bold", "cannot be done to"),
        ("add a text saying hello", "Nothing new"),
        ("undo that", "history"),
        ("center the thin line", "so already"),
        ("opacity of the photo 130 %", "0 to 100"),
        ("make the logo 500 times as big", "up to 20"),
        ("x" * 500, "400 letters"),
    ],
)
def test_what_cannot_be_done_is_refused_and_says_why(request_: str, why: str) -> None:
    answer = ask(request_)
    assert answer.outcome is REFUSED
    assert why in answer.said
    assert answer.scene is scene("story")


@pytest.mark.parametrize(
    "request_",
    [
        "don't delete the logo",
        "lösche das Logo nicht",
        "ne supprime pas le logo",
        "no borres el logo",
        "ロゴを削除しないで",
    ],
)
def test_what_is_not_to_be_done_is_not_done(request_: str) -> None:
    assert ask(request_).outcome is ASKED


def test_several_wishes_are_done_together_or_not_at_all() -> None:
    both = ask("make the button green and change its text to “Join”")
    assert block(both, "cta").words == "Join"
    assert block(both, "cta").fill.colour.green == 128
    none = ask("make the button green and delete the quality seal")
    assert none.outcome is REFUSED
    assert none.scene is scene("story")


def test_it_is_what_was_meant_before() -> None:
    first = ask("make the logo bigger")
    then = understand(first.scene, "and move it down", first.targets, meaning.nothing)
    assert then.targets == ("logo",)
    assert block(then, "logo").y > block(first, "logo").y


def test_rules_alone_are_told() -> None:
    assert ask("make the logo bigger").by_rules_alone
    told = understand(scene("story"), "make the logo bigger", (), lambda _, __: {})
    assert not told.by_rules_alone


def test_words_that_no_table_has_are_known_by_meaning_where_one_is_much_nearer() -> None:
    def near(text: str, _: object) -> dict[str, float]:
        known = {"Kammerzeile": {"register": 0.9, "site": 0.85}, "Zeugs": {"site": 0.9, "job": 0.9}}
        return next((found for word, found in known.items() if word in text), {})

    def told(request: str) -> Outcome:
        return understand(scene("card"), request, (), near).outcome

    assert told("die Kammerzeile kann weg") is EDITED
    assert told("das Zeugs kann weg") is ASKED
    assert told("das Unbekannte kann weg") is REFUSED


@pytest.mark.skipif(not meaning.installed(), reason="pip install 'foveate[see]'")
def test_sentence_vectors_know_names_of_other_languages() -> None:
    answer = understand(scene("story"), "make the emblem of quality red")
    assert answer.outcome is not EDITED
    assert understand(scene("banner"), "die Unterzeile fett").targets == ("subline",)


@settings(max_examples=150)
@given(
    st.sampled_from(DESIGNS),
    st.lists(
        st.sampled_from([*sorted(phrases()), "20 px", "50 %", "#f00", '"Hi"', "logo", "seal"]),
        max_size=7,
    ).map(" ".join)
    | st.text(max_size=60),
)
def test_whatever_is_said_nothing_breaks_and_what_is_locked_stays(design: str, text: str) -> None:
    before = scene(design)
    answer = understand(before, text, (), meaning.nothing)
    assert answer.said
    assert (answer.outcome is EDITED) == (answer.scene != before)
    now = spots(answer.scene)
    for name, spot in spots(before).items():
        if spot.block.locked:
            assert now[name].block == spot.block
    if answer.changes:
        assert apply(before, answer.changes) == answer.scene
