"""A design filled in: columns mean blocks, their attributes, and words in braces."""

from __future__ import annotations

from pathlib import Path

import pytest

from foveate.design.filling import Filling
from foveate.design.scene.model import Picture, Text
from foveate.design.xml import reading, writing
from foveate.errors import BadDesign, BadOption

CARD = reading.loads("""<design version="1"><page id="card" width="100" height="100">
  <text id="title" name="Headline" width="50" height="10">Old</text>
  <text id="price" width="50" height="10"><run color="#f00">9</run></text>
  <text id="both" width="50" height="10">from {{ low }} <run weight="bold">to {{high}}</run></text>
  <image id="photo" width="10" height="10" src="{{sku}}.jpg" alt="{{ sku }}"/>
  <rect id="box" name="Headline" width="5" height="5"/>
</page></design>""")
FILL = Filling.of(CARD, Path("/rows"))
WORDS = {"low": "1", "high": "2", "sku": "a"}


def block(name: str, **values: str) -> Text | Picture:
    made = FILL({**WORDS, **values})
    found = next(each for each in made.pages[0].blocks if each.id == name)
    assert isinstance(found, Text | Picture)
    return found


def words(name: str, **values: str) -> str:
    found = block(name, **values)
    assert isinstance(found, Text)
    return found.words


def test_texts_take_the_words_of_their_column() -> None:
    assert words("title", title="New") == "New"
    assert words("title", Headline="By name") == "By name"
    found = block("price", price="12")
    assert isinstance(found, Text)
    assert [(run.text, run.colour and [*run.colour.rgb]) for run in found.runs] == [
        ("12", [255, 0, 0])
    ]


def test_words_in_braces_are_filled_in_wherever_they_stand() -> None:
    assert words("both") == "from 1 to 2"
    photo = block("photo", sku="shoe")
    assert isinstance(photo, Picture)
    assert (photo.src, photo.alt) == ("shoe.jpg", "shoe")


def test_values_are_letters_whatever_is_in_them() -> None:
    nasty = '</text><image src="/etc/passwd"/> {{high}} &amp; %s'
    assert words("title", title=nasty) == nasty
    assert words("both", low=nasty) == f"from {nasty} to 2"


def test_no_word_among_options_brings_another_option_along() -> None:
    design = reading.loads("""<design version="1"><page id="p" width="9" height="9">
      <image id="i" width="9" height="9" src="a.jpg" options="saturation={{much}}"/>
    </page></design>""")
    fill = Filling.of(design, None)
    with pytest.raises(BadOption, match=r"Expected \{\{much\}\} without commas and signs, got "):
        fill({"much": "1,text=evil"})
    made = fill({"much": "1.5"}).pages[0].blocks[0]
    assert isinstance(made, Picture)
    assert made.options == "saturation=1.5"


def test_pictures_lie_beside_the_rows_and_are_hidden_where_there_is_none() -> None:
    photo = block("photo", photo="b.jpg")
    assert isinstance(photo, Picture)
    assert Path(photo.src) == Path("/rows/b.jpg")
    far = block("photo", photo="https://example.com/b.jpg")
    assert isinstance(far, Picture)
    assert far.src == "https://example.com/b.jpg"
    assert block("photo", photo=" ").hidden


def test_attributes_of_any_block_are_columns() -> None:
    made = FILL({**WORDS, "box.fill": "#00f", "Headline.x": "7"})
    assert 'fill="#0000ff"' in writing.dumps(made)
    assert [each.x for each in made.pages[0].blocks][::4] == [7, 7]
    with pytest.raises(BadDesign, match="x"):
        FILL({**WORDS, "box.x": "left"})


def test_columns_that_are_misspelt_are_named_with_what_was_meant() -> None:
    FILL.check([*WORDS, "title", "box.fill", "file"], ["file"])
    FILL.check([*WORDS, "warehouse"])
    with pytest.raises(BadOption, match=r"got 'titel'.*title"):
        FILL.check([*WORDS, "titel"])
    with pytest.raises(BadOption, match=r"attribute of rect box, got 'fil'.*fill"):
        FILL.check([*WORDS, "box.fil"])
    with pytest.raises(BadOption, match=r"column for {{sku}}"):
        FILL.check(["low", "high"])


def test_the_design_itself_stays_as_it_is() -> None:
    before = writing.dumps(CARD)
    FILL({**WORDS, "title": "New"})
    assert writing.dumps(CARD) == before
