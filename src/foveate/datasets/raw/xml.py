"""XML that others wrote: elements and their text, and nothing that could stand for more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from foveate.errors import BadRaw

if TYPE_CHECKING:
    from typing import NoReturn

MOST_BYTES: Final = 64 * 1024 * 1024
MOST_ELEMENTS: Final = 200_000
DEEPEST: Final = 32


class _Reader:
    def __init__(self) -> None:
        self.tree = TreeBuilder()
        self._depth = self._seen = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._seen += 1
        if self._depth > DEEPEST or self._seen > MOST_ELEMENTS:
            raise BadRaw(f"expected at most {MOST_ELEMENTS} elements in {DEEPEST} levels, got more")
        self.tree.start(name, attributes)

    def end(self, name: str) -> None:
        self._depth -= 1
        self.tree.end(name)

    def refuse(self, *_: Any) -> NoReturn:  # noqa: ANN401
        raise BadRaw("expected no DOCTYPE, with which entities come, got one")


def parsed(data: bytes, file: str) -> Element:
    """Return the root of a document. Raises BadRaw for what is none, and for a DOCTYPE."""
    if len(data) > MOST_BYTES:
        raise BadRaw(f"{file}: expected at most {MOST_BYTES} bytes of XML, got {len(data)}.")
    reader, parser = _Reader(), expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.tree.data
    parser.StartDoctypeDeclHandler = reader.refuse
    try:
        parser.Parse(data, True)  # noqa: FBT003 - expat takes no keywords
        return reader.tree.close()
    except (expat.ExpatError, LookupError, ValueError, AssertionError) as why:
        raise BadRaw(f"{file}: expected XML, got what is none: {why}.") from why
    except BadRaw as why:
        raise BadRaw(f"{file}: {why}.") from why
