"""Words and vectors of what the network says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from vision_fakes import Network

from foveate.geometry import Size
from foveate.vision.tags import (
    MOST,
    EfficientNetLite,
    features,
    probabilities,
    tags,
    tensor,
)
from foveate.vision.vocabulary import CLASSES_FILE, WORDS, Kind, edition, vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.ports import Session

Array = np.ndarray[Any, np.dtype[Any]]
TABBY, EGYPTIAN, TIGER_CAT, BEAGLE = 281, 285, 282, 162


def shares(**of: float) -> Array:
    """Probabilities of classes, written as `c281=0.5`."""
    made = np.zeros(1000)
    for name, share in of.items():
        made[int(name[1:])] = share
    return made


def test_the_network_sees_rgb_about_zero() -> None:
    planes = tensor(np.full((2, 3, 3), (255, 127, 0), np.uint8))
    assert planes.shape == (1, 3, 2, 3)
    assert planes.dtype == np.float32
    np.testing.assert_allclose(planes[0, :, 0, 0], [1, 0, -127 / 128])


def test_a_glance_is_features_and_then_logits() -> None:
    answer = [np.full((1, 1280), 2, np.float32), np.full((1, 1000), 3, np.float32)]
    network = Network(lambda _: answer)
    look = EfficientNetLite(lambda: network)
    assert look.input_size(Size(4000, 10)) == Size(224, 224)
    said = look(np.zeros((224, 224, 3), np.uint8))
    assert said.shape == (2280,)
    assert (said[1279], said[1280]) == (2, 3)
    assert network.names == ["input"]


def test_features_have_the_length_one_or_are_nothing() -> None:
    said = np.arange(2280, dtype=np.float32)
    assert np.linalg.norm(features(said)) == pytest.approx(1)
    assert not features(np.zeros(2280, np.float32)).any()


def test_a_higher_temperature_makes_the_best_class_less_sure() -> None:
    said = np.zeros(2280, np.float32)
    said[1280] = 5
    plain, cooler = probabilities(said), probabilities(said, 2.0)
    assert plain.sum() == pytest.approx(1)
    assert plain.argmax() == cooler.argmax() == 0
    assert plain[0] > cooler[0]


def test_a_fine_class_brings_its_everyday_and_its_broader_words() -> None:
    said = {tag.label: tag for tag in tags(shares(c285=0.6, c281=0.3))}
    assert said["Egyptian Mau"].score == 0.6
    assert said["cat"].score == pytest.approx(0.9)
    assert said["cat"].kind is Kind.THING
    assert said["animal"].score == said["pet"].score == pytest.approx(0.9)
    assert said["animal"].kind is Kind.BROADER
    assert "tabby cat" not in said


def test_what_is_broader_is_as_probable_as_all_of_it_together() -> None:
    said = {tag.label: tag.score for tag in tags(shares(c285=0.4, c162=0.5))}
    assert said["pet"] == pytest.approx(0.9)
    assert said["dog"] == pytest.approx(0.5)


def test_the_best_word_comes_first_and_of_equal_ones_the_finest() -> None:
    labels = [tag.label for tag in tags(shares(c285=0.6, c162=0.2))]
    assert labels[0] in {"pet", "animal"}
    assert labels.index("Egyptian Mau") < labels.index("cat") < labels.index("dog")


def test_nothing_is_said_where_nothing_is_probable() -> None:
    even = np.full(1000, 0.001)
    assert {tag.kind for tag in tags(even)} == {Kind.BROADER, Kind.THING}, (
        "all animals together are probable"
    )
    assert tags(even, least=0.5) == ()
    many = tags(shares(**{f"c{index}": 0.1 for index in (0, 30, 60, 151, 281, 330, 401, 404, 700)}))
    assert len([tag for tag in many if tag.kind is Kind.THING]) == MOST


def test_every_class_has_one_everyday_word_and_no_word_is_broader_than_itself() -> None:
    known = vocabulary()
    assert len(known.names) == 1000
    listed = [one for word in known.words.values() for one in word.classes]
    assert sorted(listed) == list(range(1000))
    for word in known.words.values():
        assert word.text not in word.broader
        assert all(over in known.words for over in word.broader)


def test_the_guide_says_how_many_words_there_are() -> None:
    naming = [bool(word.classes) for word in vocabulary().words.values()]
    guide = Path(__file__).parents[2] / "docs" / "guides" / "tags.md"
    said = f"{sum(naming)} words that name classes and {naming.count(False)} that are only broader"
    assert said in guide.read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "word", "broader"),
    [
        ("goldfish", "fish", "animal"),
        ("espresso", "coffee", "drink"),
        ("school bus", "bus", "vehicle"),
        ("beach", "beach", "outdoors"),
        ("toilet seat", "toilet", "indoors"),
        ("Granny Smith apple", "apple", "food"),
        ("grand piano", "piano", "musical instrument"),
    ],
)
def test_classes_are_what_people_call_them(name: str, word: str, broader: str) -> None:
    known = vocabulary()
    text = list(known.words)[known.thing_of[known.names.index(name)]]
    assert text == word
    assert broader in known.words[text].broader


def test_no_class_is_the_word_for_it_in_another_spelling() -> None:
    def bare(text: str) -> str:
        return re.sub("[^a-z]", "", text.lower()).rstrip("es")

    known = vocabulary()
    pairs = [(known.names[one], word.text) for word in known.words.values() for one in word.classes]
    assert [pair for pair in pairs if pair[0] != pair[1] and bare(pair[0]) == bare(pair[1])] == []
    names = ("bookshop", "cell phone", "meatloaf", "mashed potatoes", "tv")
    assert set(names) <= {name for name, word in pairs if name == word}


def test_an_edition_is_of_what_stands_in_the_tables(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours.txt", tmp_path / "theirs.txt"
    ours.write_bytes(WORDS.read_bytes())
    theirs.write_bytes(WORDS.read_bytes().replace(b"dog < pet", b"dog < animal"))
    assert edition() == edition(CLASSES_FILE, ours) != edition(CLASSES_FILE, theirs)


@pytest.mark.models
def test_the_real_network_finds_a_portrait_like_its_mirror_image(
    network: Callable[[str], Session], portrait: Array
) -> None:
    look = EfficientNetLite(lambda: network("efficientnet-lite0"))
    small = portrait[::2, ::2][:224, :224]
    said = look(np.ascontiguousarray(small))
    assert np.linalg.norm(features(said)) == pytest.approx(1, abs=1e-5)
    mirrored = features(look(np.ascontiguousarray(small[:, ::-1])))
    assert 0.8 < float(features(said) @ mirrored) < 0.999
