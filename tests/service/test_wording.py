"""What people search for, as tags."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from foveate.errors import BadInstallation, BadOption
from foveate.models import sentences
from foveate.service.wording import Wording, score
from foveate.storage.memory import MemoryCache
from foveate.storage.tiers import TieredCache


def memo() -> TieredCache:
    return TieredCache(MemoryCache(10_000_000), MemoryCache(0))


def test_english_words_are_the_tags_that_they_name_in_singular_or_plural() -> None:
    wording = Wording("two Dogs at the beach, a pizza", memo())
    assert wording.exact == ["dog", "beach", "pizza"]
    assert wording.weights() == [{"dog": 1.0}, {"beach": 1.0}, {"pizza": 1.0}]


def test_names_of_several_words_are_one_tag() -> None:
    assert Wording("teddy bears and a hot dog", memo()).exact == ["teddy bear", "hot dog"]
    assert Wording("polar bear", memo()).exact == ["polar bear"]


def test_a_picture_fits_by_the_mean_of_all_words() -> None:
    weights = [{"dog": 1.0}, {"beach": 0.5, "sea": 0.5}]
    assert score({"dog": 0.8, "sea": 0.4}, weights) == pytest.approx((0.8 + 0.2) / 2)
    assert score({"dog": 0.8}, []) == 0


@pytest.mark.parametrize(
    ("text", "tag"),
    [("wolves", "wolf"), ("two grey wolves", "grey wolf"), ("scarfs", "scarf"), ("fish", "fish"),
     ("fishes", "fish"), ("trousers", "trousers"), ("birds of prey", "bird of prey")],
)  # fmt: skip
def test_plurals_that_no_rule_gives_name_their_tags(text: str, tag: str) -> None:
    assert Wording(text, memo()).exact == [tag]


@pytest.mark.parametrize("text", ["the", "on the", "a"])
def test_words_that_say_nothing_of_a_picture_are_refused(text: str) -> None:
    with pytest.raises(BadOption, match="Expected words that say what is on the pictures"):
        Wording(text, memo())


@pytest.mark.parametrize("text", ["", "  ", "!?"])
def test_no_words_are_refused(text: str) -> None:
    with pytest.raises(BadOption, match="Expected words to search for"):
        Wording(text, memo())


@pytest.mark.skipif(sentences.installed(), reason="the extra is here")
def test_without_the_extra_other_words_name_what_is_near_and_what_to_install() -> None:
    with pytest.raises(BadOption, match=r"beech \(did you mean beach\?\).*foveate\[see\]"):
        Wording("a dog at the beech", memo())
    with pytest.raises(BadInstallation, match=r"pip install 'foveate\[see\]'"):
        sentences.vector_of("Hund")


@pytest.mark.skipif(not sentences.installed(), reason="needs the extra: pip install 'foveate[see]'")
def test_words_of_other_languages_mean_the_nearest_tags() -> None:
    few = ("dog", "cat", "coffee", "mountain", "beach", "car", "guitar", "snow")
    kept = memo()
    for text, tag in (("ein Hund", "dog"), ("кошка", "cat"), ("montagne", "mountain")):
        (weights,) = Wording(text, kept).weights(few)
        assert max(weights, key=weights.__getitem__) == tag
        assert sum(weights.values()) == pytest.approx(1)


@pytest.mark.skipif(not sentences.installed(), reason="needs the extra: pip install 'foveate[see]'")
def test_words_for_people_are_told_from_words_for_how_things_are() -> None:
    people, kept = ("person", "man", "woman", "child", "children", "kid", "face", "baby"), memo()
    for word in ("homme", "enfant", "bambino", "люди", "人"):
        assert Wording(word, kept).nearer_to(people) == [word.lower()]
    assert Wording("a small white van on a fast birthday", kept).nearer_to(people) == []
    assert Wording("dog", kept).nearer_to(people) == []


@pytest.mark.skipif(not sentences.installed(), reason="needs the extra: pip install 'foveate[see]'")
def test_the_engine_of_words_divides_no_work_and_leaves_the_environment_alone() -> None:
    def threads() -> int:
        return len(list(Path("/proc/self/task").iterdir()))

    before, alive = dict(os.environ), threads()
    sentences.vector_of("ein Hund")
    assert dict(os.environ) == before
    assert threads() == alive
