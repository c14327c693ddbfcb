"""Any text, to the one design in it: whatever a language model wrote around it.

Nothing is repaired and nothing is parsed as XML here: it is found where a document begins and ends,
in a time that grows with the text alone, and whoever reads XML says what is wrong inside.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from foveate.design.assistant.enclosed import enclosed

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST: Final = 2_000_000
"""Characters that are looked at, with all that is around a design."""
MOST_FOUND: Final = 2
"""Documents: that there are more than one is all that is to be known."""
BOM: Final = "\ufeff"
NAME: Final = r"design(?![\w:.-])"
TAG: Final = re.compile(rf"<(?P<end>/?){NAME}(?:\"[^\"]*+\"|'[^']*+'|[^<>\"'])*+>")
OTHER: Final = re.compile(r"</?[A-Za-z_][^\s<>/\"'`]*+(?:\"[^\"]*+\"|'[^']*+'|[^<>\"'])*+>")
BEGINS: Final = re.compile(rf"<{NAME}")
OPENS: Final = re.compile(r"<(?=[A-Za-z_/!?])")
"""What may be more than a sign in a sentence."""
MENTION: Final = re.compile(r"(?<!`)`</?design\b[^`\n<]{0,200}`(?!`)")
"""A tag in a sentence, as in: I changed the `<design>` element."""
SKIPPED: Final = (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"))
"""What holds no tags, whatever is written in it."""


class Reason(StrEnum):
    """Why a text has no design that can be read."""

    EMPTY = "empty"
    LONG = "too long"
    NONE = "no design"
    SEVERAL = "several designs"
    NESTED = "a design in a design"
    CUT = "cut"
    DOCTYPE = "a document type"


SENTENCES: Final = {
    Reason.EMPTY: "Expected a design, got nothing.",
    Reason.LONG: f"Expected at most {MOST:,} characters, got more.",
    Reason.NONE: "Expected one <design> element, got none.",
    Reason.SEVERAL: "Expected exactly one <design> element, got several.",
    Reason.NESTED: "Expected one <design> element, got one inside another.",
    Reason.CUT: "Expected the whole <design> element up to </design>, got its beginning alone.",
    Reason.DOCTYPE: "Expected a design without <!DOCTYPE> and <!ENTITY>, got one with.",
}


@dataclass(frozen=True, slots=True)
class Document:
    """The text of one design, from `<design` to its end."""

    text: str


@dataclass(frozen=True, slots=True)
class Unusable:
    """A text without one."""

    reason: Reason

    @property
    def sentence(self) -> str:
        """Return what is wrong, for who wrote it."""
        return SENTENCES[self.reason]


class _Wrong(Exception):
    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


def scan(text: str) -> Document | Unusable:
    r"""Return the one design in a text, or why there is not exactly one.

    >>> scan("Sure!\n```xml\n<design version='1'/>\n```\nAnything else?")
    Document(text="<design version='1'/>")
    >>> scan("I cannot do that.").sentence
    'Expected one <design> element, got none.'
    """
    if len(text) > MOST:
        return Unusable(Reason.LONG)
    text = text.replace(BOM, "").strip()
    if not text:
        return Unusable(Reason.EMPTY)
    try:
        found = _found(text)
    except _Wrong as why:
        return Unusable(why.reason)
    if len(found) == 1:
        return Document(found[0])
    return Unusable(Reason.SEVERAL if found else Reason.NONE)


def _found(text: str) -> list[str]:
    """Return the documents of a text and of strings of JSON in it, two at most."""
    inner, around = enclosed(text, BEGINS.search)
    found: list[str] = []
    for each in (*inner, around):
        for document in _documents(each):
            found.append(document)
            if len(found) == MOST_FOUND:
                return found
    return found


def _documents(text: str) -> Iterator[str]:
    """Yield what lies between a `<design` and its end, outside of comments and the like."""
    at = 0
    while (begin := _next(text, at)) is not None:
        at = _end(text, begin)
        yield text[begin:at]


def _next(text: str, at: int) -> int | None:
    """Return where the next document begins."""
    while opens := OPENS.search(text, at):
        at = opens.start()
        if not BEGINS.match(text, at):
            at = _over(text, at)
        elif at and (mention := MENTION.match(text, at - 1)):
            at = mention.end()
        else:
            return at
    return None


def _over(text: str, at: int) -> int:
    """Return the end of what begins there and is no tag of a design."""
    if text.startswith(("<!DOCTYPE", "<!doctype", "<!ENTITY", "<!entity"), at):
        raise _Wrong(Reason.DOCTYPE)
    for opening, closing in SKIPPED:
        if text.startswith(opening, at):
            end = text.find(closing, at + len(opening))
            if end < 0:
                raise _Wrong(Reason.CUT)
            return end + len(closing)
    other = OTHER.match(text, at)
    return other.end() if other else at + 1


def _end(text: str, begin: int) -> int:
    """Return where the document that begins there ends."""
    tag = TAG.match(text, begin)
    if tag is None:
        raise _Wrong(Reason.CUT)
    if tag[0].endswith("/>"):
        return tag.end()
    at = tag.end()
    while opens := OPENS.search(text, at):
        at = opens.start()
        tag = TAG.match(text, at)
        if tag is None:
            at = _over(text, at)
        elif tag["end"]:
            return tag.end()
        else:
            raise _Wrong(Reason.NESTED)
    raise _Wrong(Reason.CUT)
