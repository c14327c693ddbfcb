"""What people search for, as tags."""

from __future__ import annotations

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
