"""A document as HTML, and what is said where in it.

Rendered by markdown-it-py when somebody asks: rich brings it to every installation anyway.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from html import escape
from typing import TYPE_CHECKING, Any, Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from foveate.server.docs.addresses import REFERENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

COMMENT: Final = re.compile(r"^<!--.*?-->\n", re.MULTILINE | re.DOTALL)
HEADS: Final = frozenset({"heading_open", "th_open"})
LINKS: Final = frozenset({"link_open", "link_close"})
TEXTS: Final = frozenset({"text", "code_inline", "image"})


@dataclass(frozen=True, slots=True)
class Section:
    """What is said under a heading, or in a row of a table, and the name of that place.

    Blocks of code are left out.
    """

    anchor: str
    title: str
    level: int
    """1 to 6 of a heading, 0 of a row."""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A page without what stands around it."""

    address: str
    title: str
    html: str
    sections: tuple[Section, ...]


@dataclass(slots=True)
class Place:
    """Makes names of places within one page: the second of a name has a number behind it."""

    _taken: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    def named(self, name: str) -> str:
        """Return a name that nothing else on the page has, as GitHub makes it."""
        times = self._taken[name]
        self._taken[name] += 1
        return f"{name}-{times}" if times else name


def slug(title: str) -> str:
    """Return what GitHub calls a heading.

    >>> slug("What `fit=crop` does, and why")
    'what-fitcrop-does-and-why'
    """
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def render(
    text: str, *, address: str, link: Callable[[str], str], size: Callable[[str], tuple[int, int]]
) -> Document:
    """Return a document; `link` says where a link leads, `size` how large a picture is."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.add_render_rule("fence", _fence)
    tokens = parser.parse(COMMENT.sub("", text))
    for each in (child for token in tokens for child in token.children or ()):
        _point(each, link, size)
    _part_from_missing(tokens)
    sections = tuple(_sections(tokens, address))
    html: str = parser.renderer.render(_framed(tokens), parser.options, {})
    return Document(address, sections[0].title, html, sections)


def _fence(_: Any, tokens: Sequence[Token], index: int, *__: Any) -> str:  # noqa: ANN401
    return (
        '<div class="code"><pre tabindex="0"><code>'
        f"{escape(tokens[index].content, quote=False)}</code></pre></div>\n"
    )


def _point(
    token: Token, link: Callable[[str], str], size: Callable[[str], tuple[int, int]]
) -> None:
    if token.type == "link_open":
        token.attrs["href"] = link(str(token.attrs["href"]))
    elif token.type == "image":
        source = str(token.attrs["src"])
        address = link(source)
        if not address:
            token.type = "text"  # of a picture that is not there, its words
            return
        width, height = size(source)
        token.attrs |= {"src": address, "width": width, "height": height, "loading": "lazy"}


def _part_from_missing(tokens: Sequence[Token]) -> None:
    """Leave the words of links that lead nowhere, and no links."""
    for token in tokens:
        kept, missing = list[Token](), False
        for child in token.children or ():
            if child.type == "link_open":
                missing = not child.attrs["href"]
            if not (missing and child.type in LINKS):
                kept.append(child)
        if token.children:
            token.children = kept


def _sections(tokens: Sequence[Token], address: str) -> Iterator[Section]:
    """Name each place, and return what is said there."""
    place, found, said, in_row = Place(), list[tuple[Section, list[str]]](), list[str](), False
    for at, token in enumerate(tokens):
        if token.type == "heading_open":
            said = []
            found.append((_heading(tokens, at, place, address), said))
        elif token.type == "tr_open" and address.startswith(REFERENCE):
            row = _row(tokens, at, place)
            found += [(row, [row.text])] if row else []
            in_row = row is not None
        elif token.type == "inline" and tokens[at - 1].type not in HEADS and not in_row:
            said.append(words(token))
        in_row = in_row and token.type != "tr_close"
    return (replace(section, text=" ".join(texts)) for section, texts in found)


def _heading(tokens: Sequence[Token], at: int, place: Place, address: str) -> Section:
    """Name a heading, and let it link to itself."""
    inner = tokens[at + 1]
    title, anchor = words(inner), place.named(slug(inner.content))
    tokens[at].attrs["id"] = anchor
    _add_link(inner, f"{address}#{anchor}", title)
    return Section(anchor, title, int(tokens[at].tag[1]))


def _add_link(token: Token, href: str, title: str) -> None:
    mark = Token("html_inline", "", 0)
    mark.content = (
        f'<a class="here" href="{escape(href)}" aria-label="Link to: {escape(title)}">#</a>'
    )
    token.children = [*(token.children or ()), mark]


def _row(tokens: Sequence[Token], at: int, place: Place) -> Section | None:
    """Name a row by the code that its first cell begins with: rows of references are looked for."""
    cells = list[str]()
    for token in tokens[at + 1 :]:
        if token.type == "tr_close":
            break
        if token.type == "inline":
            cells.append(words(token))
    first = tokens[at + 2].children or []
    if not first or first[0].type != "code_inline":
        return None
    anchor = place.named(first[0].content.replace(" ", "-"))
    tokens[at].attrs["id"] = anchor
    # What it means stands in the last column, and is told first.
    return Section(anchor, cells[0], 0, " ".join(filter(None, reversed(cells[1:]))))


def words(token: Token) -> str:
    """Return what a token says, without how it looks."""
    return "".join(
        child.content if child.type in TEXTS else " " * (child.type in {"softbreak", "hardbreak"})
        for child in token.children or ()
    ).strip()


def _framed(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens with each table in what scrolls, and its cells told what they are."""
    framed, heads, column = list[Token](), list[str](), 0
    for at, token in enumerate(tokens):
        if token.type == "table_open":
            heads = []
            framed.append(_html('<div class="wide" tabindex="0" role="group" aria-label="Table">'))
        elif token.type == "th_open":
            token.attrs["scope"] = "col"
            heads.append(words(tokens[at + 1]))
        elif token.type == "tr_open":
            column = 0
        elif token.type == "td_open":
            if column and heads[column]:
                token.attrs["data-is"] = heads[column]
            column += 1
        framed.append(token)
        if token.type == "table_close":
            framed.append(_html("</div>\n"))
    return framed


def _html(text: str) -> Token:
    token = Token("html_block", "", 0)
    token.content = text
    return token
