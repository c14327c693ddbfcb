"""Classes of things in options: how they are written in a URL, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foveate.classes import ANY, CLASSES, Wanted
from foveate.errors import BadOption
from foveate.options.classes import OTHERWISE, wanted, wanted_text, word_of
from foveate.options.draw import options_from_json
from foveate.options.grammar import (
    cache_key,
    format_options,
    parse_options,
    redirects_on_error,
)
from foveate.options.model import Gravity, GravityKind, Redact

WANTED = st.dictionaries(st.sampled_from((*CLASSES, ANY)), st.floats(0, 1000).map(abs)).map(
    lambda weights: tuple(Wanted(*pair) for pair in sorted(weights.items()))
)


def test_each_class_is_named_once() -> None:
    assert len(set(CLASSES)) == len(CLASSES) == 80
    assert (CLASSES[0], CLASSES[16], CLASSES[79]) == ("person", "dog", "toothbrush")


@given(WANTED.filter(lambda named: named != (Wanted(ANY),)))
def test_classes_and_weights_survive_being_written_and_read(named: tuple[Wanted, ...]) -> None:
    assert wanted(wanted_text(named)) == named


@pytest.mark.parametrize("name", CLASSES)
def test_a_class_is_read_with_hyphens_or_spaces_in_either_case(name: str) -> None:
    for written in (word_of(name), name, name.upper().replace(" ", "%20")):
        asked = parse_options(f"gravity=object:{written}").options
        assert asked.gravity == Gravity(GravityKind.OBJECT, classes=(Wanted(name),))


def test_one_set_of_classes_is_one_rendition_however_it_is_written() -> None:
    texts = ["object:dog|person:2", "Object:person:2|DOG:1.0", "object:dog:3|dog|person:2"]
    assert len({cache_key(parse_options(f"gravity={text}").options) for text in texts}) == 1
    same = ["gravity=object", "gravity=object:any"]
    assert len({cache_key(parse_options(text).options) for text in same}) == 1
    hidden = ["redact=faces|object:car|truck", "redact=object:truck|object:car|Faces|truck"]
    assert len({cache_key(parse_options(text).options) for text in hidden}) == 1


@pytest.mark.parametrize("name", ["gravity", "redact"])
@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("dogs", "dog"),
        ("dgo", "dog"),
        ("dinning-table", "dining-table"),
        ("people", "person"),
        ("bike", "bicycle"),
        ("Table", "dining-table"),
        ("mobile phone", "cell-phone"),
        ("", None),
    ],
)
def test_an_unknown_class_is_refused_with_one_that_is_near(
    name: str, written: str, meant: str | None
) -> None:
    with pytest.raises(BadOption) as caught:
        parse_options(f"{name}=object:{written}")
    message = caught.value.public
    assert message.startswith(f"Option {name}: expected a class of COCO")
    assert (f"got '{written}' (did you mean object:{meant}?)" in message) == (meant is not None)


@pytest.mark.parametrize("word", OTHERWISE)
def test_every_other_word_for_a_class_leads_to_what_can_be_asked_for(word: str) -> None:
    with pytest.raises(BadOption, match=rf"did you mean object:{OTHERWISE[word]}\?"):
        parse_options(f"gravity=object:{word}")
    assert parse_options(f"gravity=object:{OTHERWISE[word]}").options.gravity.classes


@pytest.mark.parametrize("weight", ["", "-1", "1001", "x", "1:2"])
def test_what_is_no_weight_is_refused(weight: str) -> None:
    with pytest.raises(BadOption, match="expected a number from 0 to 1000"):
        parse_options(f"gravity=object:dog:{weight}")


def test_who_is_shown_or_hidden_by_name_needs_faces_to_be_hidden() -> None:
    shown = parse_options("redact=faces|object:car,redact.keep=subject:Ann").options.redact
    assert shown is not None
    assert (shown.faces, shown.objects) == (True, ("car",))
    for option in ("keep", "only"):
        with pytest.raises(BadOption, match=r"expected faces among .*, got redact=object:car"):
            parse_options(f"redact=object:car,redact.{option}=subject:Ann")


def test_errors_never_lead_to_a_source_of_which_anything_is_hidden() -> None:
    for hides in ("redact=object:car", "redact=text", "redact=object:nothing", "redact=object"):
        assert not redirects_on_error(f"onerror=redirect,{hides}")


def test_what_is_hidden_is_said_in_json_as_in_a_url() -> None:
    parsed = options_from_json({"redact": "text|object:cell-phone", "gravity": "object:dog:2"})
    assert parsed.options.redact == Redact(faces=False, text=True, objects=("cell phone",))
    assert format_options(parsed.options) == (
        "gravity=object:dog:2,redact=text%7Cobject:cell-phone"
    )


def test_a_text_of_a_thousand_classes_is_refused_at_once() -> None:
    many = "|".join(["dog"] * 1000)
    with pytest.raises(BadOption, match="expected at most 200 classes, got 1000"):
        parse_options(f"gravity=object:{many}")
    with pytest.raises(BadOption, match="expected at most 200 words between"):
        parse_options(f"redact=object:{many}")


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("redact=car", "object:car"),
        ("redact=faces|Dining table", "object:dining-table"),
        ("redact=face", "faces"),
        ("redact=objects", "object"),
        ("gravity=cat", "object:cat"),
        ("gravity=fase", "face"),
        ("gravity=people", "object:person"),
        ("redact=faces|people", "object:person"),
    ],
)
def test_a_class_without_the_word_before_it_is_told_how_it_is_written(text: str, near: str) -> None:
    with pytest.raises(BadOption) as refused:
        parse_options(text)
    assert f"(did you mean {near}?)" in str(refused.value)


@pytest.mark.parametrize("text", ["gravity=0.5x2", "redact=peple", "redact=object:cup|face"])
def test_what_is_like_no_word_gets_no_proposal(text: str) -> None:
    with pytest.raises(BadOption) as refused:
        parse_options(text)
    assert "did you mean" not in str(refused.value)
