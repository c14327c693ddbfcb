from __future__ import annotations

import time

import pytest
from design_stand import STORY, story

from foveate.design.nodes.limits import Limits
from foveate.design.scene.model import Run, Text
from foveate.design.xml.reading import loads, parse
from foveate.design.xml.writing import digest, dumps
from foveate.errors import BadDesign, DesignTooLarge

PAGE = '<design version="1"><page id="p" width="200" height="100">{}</page></design>'
TEXT = '<text id="t" width="1" height="1"{}>{}</text>'


def text_of(inside: str, attributes: str = "") -> Text:
    (block,) = loads(PAGE.format(TEXT.format(attributes, inside))).pages[0].blocks
    assert isinstance(block, Text)
    return block


def problems_of(xml: str | bytes) -> tuple[str, ...]:
    with pytest.raises(BadDesign) as refused:
        loads(xml)
    return refused.value.problems


def test_a_design_in_its_one_spelling_is_written_as_it_was() -> None:
    assert dumps(story()) == STORY


def test_equal_designs_have_one_digest_however_they_are_written() -> None:
    spread = STORY.replace('id="photo" role="photo"', "role = 'photo'\n id = 'photo' x='0px'")
    assert digest(loads(spread)) == digest(story())


def test_lengths_become_pixels_by_the_dots_per_inch_and_the_parent() -> None:
    xml = (
        '<design version="1" dpi="300"><page id="p" width="4in" height="10cm">'
        '<rect id="r" x="25%" y="72pt" width="50%" height="10mm"/></page></design>'
    )
    page = loads(xml).pages[0]
    (rect,) = page.blocks
    assert (page.width, page.height) == (1200, 1181.1024)
    assert (rect.x, rect.y, rect.width, rect.height) == (300, 300, 600, 118.1102)


def test_ids_that_are_missing_are_given_and_the_same_each_time() -> None:
    xml = PAGE.format(
        '<rect width="1" height="1"/><rect id="rect-2" width="1" height="1"/>'
        '<rect width="1" height="1"/><rect role="logo" width="1" height="1"/>'
    )
    once = loads(xml)
    assert [block.id for block in once.pages[0].blocks] == ["rect", "rect-2", "rect-3", "logo"]
    assert loads(xml) == once == loads(dumps(once))


def test_white_space_of_a_text_is_one_space_and_nothing_at_the_ends_of_lines() -> None:
    text = text_of("\n  Summer\t<run color='red'> sale </run> now<br/>\n  and here  \n")
    assert text.words == "Summer sale now\nand here"
    assert [run.text for run in text.runs] == ["Summer ", "sale ", "now\nand here"]


def test_a_text_that_preserves_its_white_space_keeps_all_of_it() -> None:
    assert text_of("  a\n b ", ' xml:space="preserve"').words == "  a\n b "


def test_runs_of_one_look_are_one() -> None:
    text = text_of('a<run weight="700">b</run><run weight="bold">c</run><run weight="700"/>')
    assert text.runs == (Run(text="a"), Run(text="bc", weight=700))


def test_a_schema_for_editors_and_comments_say_nothing() -> None:
    schema = (
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:noNamespaceSchemaLocation="design.xsd"'
    )
    xml = STORY.replace("<design", f"<?go?><!-- ours --><design {schema}", 1)
    assert loads(xml.replace("<image", "<!-- a picture --><image")) == story()


def test_utf_8_is_read_with_its_mark() -> None:
    assert loads(b"\xef\xbb\xbf" + STORY.encode()) == story()


def test_every_problem_is_told_with_its_place_and_what_was_meant() -> None:
    xml = PAGE.format(
        '\n<txt/>\n<rect id="a" widht="3" height="big"/>\n<rect id="a" width="1" height="1"/>'
    )
    assert problems_of(xml) == (
        "line 4, <rect id=a>: expected an id of its own, got a a second time.",
        "line 2, <txt>: there is no element 'txt' (did you mean text?).",
        "line 3, <rect id=a>: there is no attribute 'widht' (did you mean width?).",
        (
            "line 3, <rect id=a>: height: expected a length in pixels, or with one of "
            "px pt mm cm in %, got 'big'."
        ),
        "line 3, <rect id=a>: expected the attribute width, got none.",
    )


def test_problems_without_end_are_told_up_to_twenty() -> None:
    many = "".join(f'<rect id="r{number}" wrong{number}="1"/>' for number in range(900))
    assert len(problems_of(PAGE.format(many))) == 21


@pytest.mark.parametrize(
    ("xml", "told"),
    [
        ("", "got what is none"),
        ("Sure! Here is your design.", "got what is none"),
        ("<design>", "got what is none"),
        (STORY + STORY, "got what is none"),
        ("<desing/>", "expected <design> (did you mean design?)"),
        ('<design version="1"/>', "expected a <page>, got none"),
        ('<design version="2"/>', "expected a version from 0 to 1, got '2'"),
        ('<design version="-1"/>', "expected a version from 0 to 1, got '-1'"),
        (PAGE.format("words"), "expected blocks, got 'words'"),
        (PAGE.format('<page id="q" width="1" height="1"/>'), "inside <page>"),
        (PAGE.format('<rect id="r" width="1" height="1">x</rect>'), "expected nothing inside"),
        (PAGE.format(TEXT.format("", "<b>x</b>")), "there is no element 'b'"),
        (PAGE.format(TEXT.format("", "<run><run>x</run></run>")), "expected letters alone"),
        (PAGE.format(TEXT.format("", "&#x85;")), "expected no control characters"),
        (PAGE.format(TEXT.format(' color="url(x)"', "")), "expected a CSS colour"),
        (PAGE.format('<rect id="9" width="1" height="1"/>'), "expected a letter or _"),
        (PAGE.format('<rect id="r" width="nan" height="1"/>'), "expected a length"),
        (PAGE.format('<rect id="r" width="1e9" height="1"/>'), "expected 0 to 100000 pixels"),
        (PAGE.format('<path id="r" width="1" height="1" d="M0"/>'), "expected 2 numbers"),
        (PAGE.format('<path id="r" width="1" height="1" d="L0 0"/>'), "begins with M"),
    ],
)
def test_what_is_no_design_is_refused_with_what_was_expected(xml: str, told: str) -> None:
    assert told in "\n".join(problems_of(xml))


MANY = " ".join(f'{"w" * 60}{number}="1"' for number in range(12_000))
BOMB = '<!DOCTYPE d [<!ENTITY a "xxxxxxxxxx"><!ENTITY b "&a;&a;&a;&a;">]><design name="&b;"/>'
FILE = '<!DOCTYPE d [<!ENTITY f SYSTEM "file:///etc/passwd">]><design name="&f;"/>'


@pytest.mark.parametrize("xml", [BOMB, FILE, f"<!-- x -->\n<?y?>{BOMB}", f"\ufeff{BOMB}"])
def test_a_document_type_is_refused_before_it_is_read(xml: str) -> None:
    assert "leave it out" in problems_of(xml)[0]


def test_letters_of_other_encodings_are_refused() -> None:
    assert "UTF-8" in problems_of(STORY.encode("utf-16"))[0]
    assert "UTF-8" in problems_of(b'<?xml version="1.0" encoding="latin-1"?><design/>')[0]


@pytest.mark.parametrize(
    ("xml", "told"),
    [
        ("<a>" * 400_000, "bytes"),
        ("<a>" * 300_000, "within each other"),
        ('<design version="1">' + "<page/>" * 3000, "elements"),
        (PAGE.format(TEXT.format("", "x" * 300_000)), "letters"),
        (PAGE.format(f"<rect {MANY}/>"), "attributes"),
    ],
)
def test_what_is_too_large_is_refused_at_once(xml: str, told: str) -> None:
    begun = time.process_time()
    with pytest.raises(DesignTooLarge, match=told):
        loads(xml)
    assert time.process_time() - begun < 1


def test_limits_are_what_one_says() -> None:
    with pytest.raises(DesignTooLarge, match="at most 3 elements"):
        loads(STORY, Limits(elements=3))


def test_words_of_svg_and_css_are_taken_for_ours_where_no_version_is_said() -> None:
    xml = (
        '<design><page id="p" width="9" height="9">'
        '<text id="t" width="5" height="5" font-size="12" fill="red" text-anchor="middle">Hi</text>'
        '<circle id="c" cx="5" cy="5" r="3" stroke="red" stroke-width="2"'
        ' stroke-dasharray="1,2" stroke-linecap="round"/>'
        '<g id="g"><line id="l" x1="0" y1="9" x2="9" y2="0"/></g>'
        '<img id="i" width="1" height="1" href="a.jpg"/></page></design>'
    )
    assert dumps(loads(xml)).splitlines()[2:-2] == [
        '    <text id="t" width="5" height="5" size="12" color="#ff0000" align="center">Hi</text>',
        (
            '    <ellipse id="c" x="2" y="2" width="6" height="6"'
            ' stroke="#ff0000 2 dash(1 2) cap(round)"/>'
        ),
        '    <group id="g" width="9" height="9">',
        '      <line id="l" width="9" height="9" rising="true"/>',
        "    </group>",
        '    <image id="i" width="1" height="1" src="a.jpg"/>',
    ]


def test_such_words_are_refused_in_a_design_of_today() -> None:
    xml = PAGE.format(TEXT.format(' font-size="12"', "Hi"))
    assert "there is no attribute 'font-size'" in problems_of(xml)[0]


def test_a_fill_behind_letters_stays_one_where_nothing_is_said_in_the_words_of_svg() -> None:
    xml = PAGE.format(TEXT.format(' fill="#ff0000" size="12"', "Buy"))
    assert loads(xml.replace(' version="1"', "")) == loads(xml)


def test_elements_are_read_whatever_they_mean() -> None:
    node = parse("<a b='1'><c/>x</a>")
    assert (node.tag, node.said, len(node.nodes), node.letters) == ("a", {"b": "1"}, 1, "x")
