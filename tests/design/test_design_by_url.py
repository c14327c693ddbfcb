"""A design filled in by a URL: what a stranger may say of it, and what he may not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foveate.design.by_url import ByUrl
from foveate.design.scene.model import Picture, Text
from foveate.design.xml import reading
from foveate.errors import BadDesign, BadOption
from foveate.options.designed import PHOTO

CARD = reading.loads("""<design version="1"><page id="card" width="100" height="100">
  <text id="title" name="Headline" width="50" height="10">Old</text>
  <text id="from" width="50" height="10">from {{Low Price}}</text>
  <text id="legal" locked="true" width="50" height="10">All rights {{year}}</text>
  <image id="hero" role="photo" width="9" height="9" src="a.jpg" options="redact=faces"/>
  <image id="logo" width="9" height="9" src="b.png" options="gravity={{where}}"/>
  <group id="kept" width="9" height="9" locked="true">
    <rect id="box" width="5" height="5" fill="#fff"/>
  </group>
</page></design>""")
FILL = ByUrl.of(CARD)
WORDS = {"low price": "1", "year": "2026", "where": "face"}


def filled(values: dict[str, str], *, photo: bool = False) -> dict[str, Text | Picture]:
    made = FILL({**WORDS, **values}.items(), photo=photo)
    return {b.id: b for b in made.pages[0].blocks if isinstance(b, Text | Picture)}


def words(values: dict[str, str], block: str = "title") -> str:
    found = filled(values)[block]
    assert isinstance(found, Text)
    return found.words


def source(values: dict[str, str], block: str, *, photo: bool = False) -> str:
    found = filled(values, photo=photo)[block]
    assert isinstance(found, Picture)
    return found.src


def test_blocks_are_named_in_small_letters() -> None:
    assert words({"title": "New"}) == words({"headline": "New"}) == "New"
    assert words({}, "from") == "from 1"
    assert words({}, "legal") == "All rights 2026"


def test_attributes_are_said_behind_a_dot() -> None:
    found = filled({"title.size": "20", "hero.opacity": "0.5"})
    assert isinstance(found["title"], Text)
    assert (found["title"].size, found["hero"].opacity) == (20, 0.5)


def test_the_picture_of_the_url_is_the_photo() -> None:
    assert source({}, "hero", photo=True) == PHOTO
    assert source({}, "logo", photo=True) == "b.png"
    assert source({}, "hero") == "a.jpg"


def test_sources_stay_as_they_are_written() -> None:
    assert source({"hero": "~/x/../y.jpg"}, "hero") == "~/x/../y.jpg"


@pytest.mark.parametrize(
    ("values", "match"),
    [
        ({"legal": "x"}, "not locked"),
        ({"box.fill": "#f00"}, "not locked"),
        ({"kept.opacity": "0"}, "not locked"),
        ({"hero.options": ""}, "attribute of hero"),
        ({"hero.id": "x"}, "attribute of hero"),
        ({"card.width": "10000"}, "attribute of card"),
        ({"card.height": "9000"}, "attribute of card"),
        ({"legal.locked": "false"}, "not locked"),
        ({"title.fill": "url('a.jpg', 'width=1')"}, "without a picture"),
        ({"title.fill": "URL ( 'a.jpg')"}, "without a picture"),
        ({"where": "face,redact.method=solid"}, "without commas"),
        ({"where": "face%2Cx"}, "without commas"),
        ({"titel": "x"}, "title"),
        ({"titel.size": "9"}, "title"),
        ({"nothing": "x"}, "got 'nothing'"),
        ({"card": "x"}, "a text, an image"),
        ({"kept": "x"}, "a text, an image"),
    ],
)
def test_what_nobody_may_say_is_refused(values: dict[str, str], match: str) -> None:
    with pytest.raises(BadOption, match=match):
        filled(values)


def test_a_word_without_a_value_is_named() -> None:
    with pytest.raises(BadOption, match=r"\{\{Low Price\}\}"):
        FILL({"year": "1", "where": "face"}.items())


def test_two_pictures_for_one_place_are_refused() -> None:
    with pytest.raises(BadOption, match="one picture for hero"):
        filled({"hero": "b.jpg"}, photo=True)


def test_a_design_without_a_place_for_a_photo_says_so() -> None:
    text = '<design version="1"><page id="p" width="9" height="9"/></design>'
    with pytest.raises(BadOption, match="one that is called `photo`"):
        ByUrl.of(reading.loads(text))((), photo=True)


def test_a_design_may_say_itself_where_the_picture_is() -> None:
    text = (
        '<design version="1"><page id="p" width="9" height="9">'
        '<image id="a" width="9" height="9" src="source:"/>'
        '<image id="photo" width="9" height="9" src="b.jpg"/></page></design>'
    )
    made = ByUrl.of(reading.loads(text))((), photo=True)
    assert [b.src for b in made.pages[0].blocks if isinstance(b, Picture)] == [PHOTO, "b.jpg"]


NAMES = st.sampled_from(
    ["title", "hero", "logo", "title.size", "title.fill", "hero.src", "low price", "where", "box.x"]
)


@given(st.dictionaries(NAMES, st.text(max_size=80)))
def test_any_values_make_a_design_or_a_bad_request(values: dict[str, str]) -> None:
    """And whatever they are, what hides something in it still does, and what is locked stays."""
    try:
        made = filled(values)
    except (BadOption, BadDesign) as why:
        assert why.public.replace("\n", "").isprintable()  # noqa: PT017
    else:
        hero, legal = made["hero"], made["legal"]
        assert isinstance(hero, Picture)
        assert isinstance(legal, Text)
        assert (hero.options, legal.words) == ("redact=faces", "All rights 2026")
