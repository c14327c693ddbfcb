"""The index of all pages."""

from __future__ import annotations

import json
from typing import Any

import brotli
import pytest

from foveate.server.docs import library, search, tree
from foveate.server.docs.markdown import Document, Section


def told(*sections: Section, address: str = "docs/page") -> Any:
    return json.loads(search.index([Document(address, "Page", "", sections)]))


def where(index: Any, word: str) -> dict[int, int]:
    found, place = {}, 0
    for number in index["words"].get(word, ()):
        place += number // 32
        found[place] = number % 32
    return found


def test_a_title_counts_more_than_a_heading_and_that_more_than_text() -> None:
    index = told(
        Section("page", "Caches", 1), Section("a", "Cache", 2), Section("b", "B", 2, "cached"),
        Section("c", "cache", 0), Section("d", "D", 2, "cache " * 50),
    )  # fmt: skip
    counted = where(index, "cach")
    assert counted[0] > counted[3] == counted[1] > counted[4] > counted[2]


def test_a_word_counts_more_the_fewer_stand_beside_it() -> None:
    index = told(Section("erase", "Erase", 2), Section("x", "What erase leaves behind", 2))
    alone, beside = where(index, "eras").values()
    assert alone > beside


def test_what_follows_from_the_title_is_not_told_twice() -> None:
    index = told(Section("a-b", "A B", 2), Section("a-b-1", "A B", 2), Section("width", "width", 0))
    assert index["places"] == [["A B", ""], ["A B", "", "a-b-1"], ["width", "", "width"]]


def test_of_long_texts_the_beginning_is_told_in_whole_words() -> None:
    ((_, lead, *_),) = told(Section("a", "A", 2, "word " * 100))["places"]
    assert lead.endswith("word")
    assert len(lead) <= search.LEAD


def test_of_what_was_only_headings_are_looked_through() -> None:
    index = told(Section("a", "Hares", 2, "a rabbit"), address="docs/project/changelog")
    assert where(index, "rabbit") == {}
    assert where(index, "har") == {0: 14}


def test_all_documents_fit_into_a_hundred_kilobytes() -> None:
    # It comes with the first search, beside the page: test_server_docs_site weighs both.
    index = search.index(library.read(tree.found()).pages.values())
    assert len(brotli.compress(index, quality=5)) < 100_000


@pytest.mark.parametrize("text", ["the", "and of", "x"])
def test_words_that_tell_nothing_are_left_out(text: str) -> None:
    assert list(search.words(text)) == []
