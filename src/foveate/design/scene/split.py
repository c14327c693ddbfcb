"""Values of several parts, taken apart: by commas or spaces that stand in no brackets or quotes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from foveate.options.values import expected

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN: Final = re.compile(
    r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[(),]|\s+|[^'"(),\s]+""", re.DOTALL
)
_CALL: Final = re.compile(r"\s*([a-z-]+)\((.*)\)\s*", re.ASCII | re.DOTALL)
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
MOST: Final = 16_384
"""Characters of one value."""


def parts(text: str, comma: str = ",") -> list[str]:
    """Return what stands between commas, or between spaces where `comma` is one. Raises ValueError.

    >>> parts("rgb(0, 0, 0) 0, #fff 1"), parts("#000 2 dash(4 2)", " ")
    (['rgb(0, 0, 0) 0', '#fff 1'], ['#000', '2', 'dash(4 2)'])
    """
    found, depth = [""], 0
    for token in _tokens(text):
        depth += {"(": 1, ")": -1}.get(token, 0)
        if depth < 0:
            break
        if depth == 0 and (token.isspace() if comma == " " else token == comma):
            found.append("")
        else:
            found[-1] += token
    if depth:
        raise expected("as many ( as )", text)
    stripped = [part.strip() for part in found]
    return list(filter(None, stripped)) if comma == " " else stripped


def _tokens(text: str) -> Iterator[str]:
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at) if len(text) <= MOST else None
        if not found:
            raise expected(f"at most {MOST} letters, and quotation marks in pairs", text)
        yield found[0]
        at = found.end()


def called(text: str) -> tuple[str, str] | None:
    """Return the name and the inside of what is written as a function; None for what is none.

    >>> called("dash(4 2)"), called("#000")
    (('dash', '4 2'), None)
    """
    found = _CALL.fullmatch(text)
    return (found[1], found[2]) if found else None


def quoted(text: str) -> str:
    r"""Return a text in quotation marks.

    >>> quoted("it's.jpg")
    "'it\\'s.jpg'"
    """
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def unquoted(text: str) -> str:
    """Return what stands in quotation marks, or the text where there are none.

    >>> unquoted(quoted("it's.jpg")), unquoted("plain.jpg")
    ("it's.jpg", 'plain.jpg')
    """
    text = text.strip()
    if len(text) > 1 and text[0] in {"'", '"'} and text[-1] == text[0]:
        return _ESCAPED.sub(r"\1", text[1:-1])
    return text
