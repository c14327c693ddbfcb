from __future__ import annotations

import json
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from foveate.design.assistant.scan import MOST, Document, Reason, Unusable, scan

PAGE = '<page id="p" width="100" height="100"><text id="t">Sale &amp; more</text></page>'
DESIGN = f'<design version="1">\n  {PAGE}\n</design>'
FENCE = "```"
BOMB = (
    '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    '<design version="1"><page id="p"><text id="t">&b;</text></page></design>'
)

AS_IT_IS = {
    "alone": DESIGN,
    "a declaration before": f'<?xml version="1.0" encoding="UTF-8"?>\n{DESIGN}',
    "a byte order mark": f"\ufeff{DESIGN}",
    "prose around": f"Sure! Here is the design:\n\n{DESIGN}\n\nI made the sale red.",
    "a fence": f"{FENCE}xml\n{DESIGN}\n{FENCE}",
    "a fence that is not closed": f"{FENCE}xml\n{DESIGN}",
    "fences in fences": f"{FENCE}{FENCE}\n{FENCE}xml\n{DESIGN}\n{FENCE}\n{FENCE}{FENCE}",
    "tildes": f"~~~\n{DESIGN}\n~~~",
    "thought before": f"<think>The user wants it red, so <text> changes.</think>\n{DESIGN}",
    "mentioned in prose": f"I changed the `<design>` element and `</design>` ends it.\n{DESIGN}",
    "arithmetic in prose": f"As 3 < 4 and 5 > 4 it fits.\n{DESIGN}",
    "a comment before": f"<!-- <design>old</design> -->\n{DESIGN}",
    "designer is another word": f"<designer>me</designer> <design-old/>\n{DESIGN}",
    "in JSON": json.dumps({"design": DESIGN, "why": "you asked"}),
    "in JSON in a fence": f"Here:\n{FENCE}json\n{json.dumps([DESIGN], indent=2)}\n{FENCE}",
    "in a list of JSON": json.dumps([{"parts": [{"text": DESIGN}]}]),
    "a string of JSON": json.dumps(DESIGN),
    "JSON with newlines in strings": '{"design": "' + DESIGN.replace('"', '\\"') + '"}',
    "JSON beside": f'{{"status": "ok"}}\n{DESIGN}',
}


@pytest.mark.parametrize("text", AS_IT_IS.values(), ids=AS_IT_IS.keys())
def test_the_one_design_is_found_whatever_is_around_it(text: str) -> None:
    assert scan(text) == Document(DESIGN)


@pytest.mark.parametrize(
    "inside",
    [
        "<!-- </design> <design> -->",
        "<![CDATA[ </design><design> ]]>",
        "<?note </design> ?>",
        '<image alt="</design>"/>',
        "<image alt='a > b </design> <design>'/>",
        f"<text>{FENCE}</text>",
    ],
)
def test_what_only_looks_like_an_end_ends_nothing(inside: str) -> None:
    text = f"<design>{inside}</design>"
    assert scan(f"Here: {text} Done.") == Document(text)


NONE = {
    "nothing": ("", Reason.EMPTY),
    "blanks": (" \n\ufeff\t ", Reason.EMPTY),
    "a refusal": ("I'm sorry, I cannot help with that.", Reason.NONE),
    "a page alone": (PAGE, Reason.NONE),
    "HTML": ("<html><body><p>Design</p></body></html>", Reason.NONE),
    "SVG": ('<svg xmlns="http://www.w3.org/2000/svg"><rect/></svg>', Reason.NONE),
    "escaped": (DESIGN.replace("<", "&lt;"), Reason.NONE),
    "in capitals": ("<DESIGN></DESIGN>", Reason.NONE),
    "in a comment": (f"<!-- {DESIGN} -->", Reason.NONE),
    "a list of changes": ('[{"id": "t", "color": "#f00"}]', Reason.NONE),
    "two": (f"Before:\n{DESIGN}\nAfter:\n{DESIGN}", Reason.SEVERAL),
    "two in fences": (
        f"{FENCE}\n{DESIGN}\n{FENCE}\nor\n{FENCE}\n{DESIGN}\n{FENCE}",
        Reason.SEVERAL,
    ),
    "two in JSON": (json.dumps({"a": DESIGN, "b": DESIGN}), Reason.SEVERAL),
    "one in JSON and one beside": (f"{json.dumps({'a': DESIGN})}\n{DESIGN}", Reason.SEVERAL),
    "one in another": (f"<design>{DESIGN}</design>", Reason.NESTED),
    "begun anew": (f"<design version='1'>\n  <page id='p'>\n...\n{DESIGN}", Reason.NESTED),
    "cut in a tag": (DESIGN[:20], Reason.CUT),
    "cut in the middle": (DESIGN[:60], Reason.CUT),
    "cut at the end": (DESIGN[:-1], Reason.CUT),
    "cut in a comment": ("<design><!-- and then", Reason.CUT),
    "cut in JSON": (json.dumps({"design": DESIGN})[:-40], Reason.CUT),
    "an entity bomb": (BOMB, Reason.DOCTYPE),
    "a file of this machine": (
        f'<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]>{DESIGN}',
        Reason.DOCTYPE,
    ),
    "a type inside": ("<design><!DOCTYPE x></design>", Reason.DOCTYPE),
    "5 MB": (f"<design>{'x' * 5_000_000}</design>", Reason.LONG),
}


@pytest.mark.parametrize(("text", "reason"), NONE.values(), ids=NONE.keys())
def test_what_is_not_exactly_one_whole_design_has_a_named_reason(text: str, reason: Reason) -> None:
    found = scan(text)
    assert found == Unusable(reason)
    assert isinstance(found, Unusable)
    assert found.sentence.startswith("Expected ")


PIECES = st.sampled_from(
    [
        *("<design", "</design>", "<design>", "<design/>", "<!--", "-->", "<![CDATA[", "]]>", "<?"),
        *(
            "?>",
            "<",
            ">",
            "'",
            '"',
            "`",
            "```",
            "\n",
            "{",
            "}",
            "[",
            '"a":',
            "\\",
            "<a ",
            "/>",
            " x",
        ),
    ]
)


@given(st.lists(PIECES, max_size=40).map("".join))
@example("<design a='>")
@example("`<design>`")
def test_whatever_comes_the_answer_is_a_piece_of_it_or_a_reason(text: str) -> None:
    found = scan(text)
    if isinstance(found, Document):
        assert found.text.startswith("<design")
        assert found.text.endswith((">",))
        assert isinstance(scan(found.text), Document)


@given(st.text(max_size=200))
def test_any_text_is_answered(text: str) -> None:
    assert isinstance(scan(text), Document | Unusable)


@pytest.mark.alone
@pytest.mark.parametrize(
    "piece",
    [
        *(
            "<",
            "<a ",
            '<a "',
            "<a '\"",
            "`<design>`",
            "`",
            "{",
            "[\n",
            '{"a":',
            "<!",
            "<design a='",
        ),
        *("\\", '"<design>\n', "<!---->", "<b>", "\n", "&a;"),
    ],
)
@pytest.mark.parametrize("before", ["", "<design>"])
def test_time_grows_with_the_text_alone(piece: str, before: str) -> None:
    began = time.perf_counter()
    scan((before + piece * MOST)[:MOST])
    assert time.perf_counter() - began < 5
