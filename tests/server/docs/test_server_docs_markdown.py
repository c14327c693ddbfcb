"""A document as a page."""

from __future__ import annotations

from foveate.server.docs.markdown import Document, render

PAGE = """\
# The page

<!-- Written by a program. -->

It shows ![a cat on a mat](cat.webp) and [the *other* one](other.md#cats), [nothing](gone.md) more.

## What `x=1` does, and why

See <https://a.com> and <options>.

```sh
foveate serve # <&>
```

## What `x=1` does, and why

Again.
"""
TABLE = """\
# Options

| Option | Values | What |
| --- | --- | --- |
| `width` | 1 to 9, `auto` | How wide. |
| `height` |  | |
| `width` | again | |
| plain | text | |
"""


def made(text: str, address: str = "docs/page") -> Document:
    where = {"other.md#cats": "docs/other#cats", "cat.webp": "docs/files/0/cat.webp"}
    return render(
        text,
        address=address,
        link=lambda link: link if link.startswith("https:") else where.get(link, ""),
        size=lambda _: (30, 20),
    )


def test_links_lead_to_pages_and_what_is_nowhere_is_no_link() -> None:
    html = made(PAGE).html
    assert '<a href="docs/other#cats">the <em>other</em> one</a>' in html
    assert ", nothing more." in html
    assert '<a href="https://a.com">' in html


def test_pictures_have_their_size_before_they_come() -> None:
    html = made(PAGE).html
    assert 'src="docs/files/0/cat.webp"' in html
    assert 'alt="a cat on a mat" width="30" height="20" loading="lazy"' in html


def test_headings_are_named_as_on_github_and_link_to_themselves() -> None:
    page = made(PAGE)
    assert page.title == "The page"
    named = [(each.anchor, each.level) for each in page.sections]
    assert named == [("the-page", 1), ("what-x1-does-and-why", 2), ("what-x1-does-and-why-1", 2)]
    assert '<h2 id="what-x1-does-and-why-1">' in page.html
    assert 'href="docs/page#what-x1-does-and-why-1"' in page.html


def test_what_is_said_is_known_by_its_heading_without_markup_and_code() -> None:
    first, second, third = made(PAGE).sections
    assert first.text == "It shows a cat on a mat and the other one, nothing more."
    assert second.title == "What x=1 does, and why"
    assert second.text == "See https://a.com and <options>."
    assert third.text == "Again."


def test_nothing_of_a_document_is_markup_of_its_own() -> None:
    html = made(PAGE).html
    assert "&lt;options&gt;" in html
    assert "# &lt;&amp;&gt;" in html
    assert "Written by" not in html
    assert "style=" not in html


def test_rows_of_references_are_named_by_their_code_and_cells_by_their_column() -> None:
    page = made(TABLE, "docs/reference/options")
    assert [(each.anchor, each.level) for each in page.sections] == [
        ("options", 1), ("width", 0), ("height", 0), ("width-1", 0)
    ]  # fmt: skip
    assert page.sections[1].text == "How wide. 1 to 9, auto"
    assert '<tr id="width">' in page.html
    assert '<td data-is="Values">1 to 9' in page.html


def test_rows_of_other_pages_are_part_of_their_text() -> None:
    (section,) = made(TABLE).sections
    assert section.text.startswith("width 1 to 9")
