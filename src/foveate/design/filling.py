"""A design filled in with the values of a row: by the ids and names of blocks, and {{words}}."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from foveate.configuration.nearest import meant
from foveate.design.nodes.node import Node
from foveate.design.nodes.reading import read
from foveate.design.nodes.writing import write
from foveate.design.scene.elements import BY_NAME
from foveate.errors import BadOption
from foveate.options.values import shown
from foveate.storage.keys import is_remote

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from foveate.design.scene.model import Scene

PLACE: Final = re.compile(r"\{\{\s*([\w .-]{1,100}?)\s*\}\}")
"""A word to fill in, in texts and in these attributes."""
FILLED: Final = ("src", "options", "alt", "name")
PART: Final = frozenset(",%=()")
"""What parts options: no word that is filled in among some has it."""
_TEXT, _IMAGE, _RUN, _SRC, _HIDDEN = "text", "image", "run", "src", "hidden"


@dataclass(frozen=True, slots=True)
class Filling:
    """What a design takes of a row. Values are letters and nothing else, whatever is in them.

    A column by the id or name of a text is its words, of an image its source; `block.attribute` is
    an attribute of any block. An empty value hides an image.
    """

    design: Node
    folder: Path | None
    """Where pictures are that a row names; None where those are keys of sources."""
    _named: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The ids of the blocks that a name or an id means."""
    words: frozenset[str] = frozenset()
    in_options: frozenset[str] = frozenset()
    """The words that stand among the options of a picture."""

    @classmethod
    def of(cls, scene: Scene, folder: Path | None) -> Filling:
        """Return how a design is filled in."""
        design, named = write(scene), dict[str, tuple[str, ...]]()
        words = frozenset(word for node in design.walk() for word in _words(node))
        for node in design.walk():
            if node.id:
                for name in dict.fromkeys([node.id, node.said.get("name", "")]):
                    named[name] = (*named.get(name, ()), node.id)
        named.pop("", None)
        options = (node.said.get("options", "") for node in design.walk())
        in_options = frozenset(word for text in options for word in PLACE.findall(text))
        return cls(design, folder, named, words, in_options)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the ids and names of blocks, in the order of these."""
        return tuple(self._named)

    def ids_of(self, name: str) -> frozenset[str]:
        """Return the ids of the blocks that an id or a name means."""
        return frozenset(self._named.get(name, ()))

    def check(self, columns: Iterable[str], others: Iterable[str] = ()) -> None:
        """Raise BadOption where a column seems to be misspelt, or a word has no column.

        `others` are columns that are used elsewhere, as in names of files.
        """
        there = set(columns)
        for word in sorted(self.words - there):
            raise BadOption(f"Expected a column for {{{{{word}}}}}, got none{meant(word, there)}.")
        known = {*self._named, *self.words, *others}
        for column in sorted(there - known):
            block, dot, attribute = column.rpartition(".")
            if dot and block in self._named:
                self._check_attribute(block, attribute)
            # What is like nothing is for somebody else: lists have columns of all kinds.
            elif near := meant(column, known) or (dot and meant(block, self._named)):
                wanted = "Expected columns by the ids and names of blocks, or by words in {{}}"
                raise BadOption(f"{wanted}, got {shown(column)}{near}.")

    def _check_attribute(self, block: str, attribute: str) -> None:
        tags = {node.tag for node in self.design.walk() if node.id in self._named[block]}
        for tag in tags:
            known = BY_NAME[tag].by_name
            if attribute not in known or attribute == "id":
                near = meant(attribute, known)
                raise BadOption(
                    f"Expected an attribute of {tag} {block}, got {shown(attribute)}{near}."
                )

    def __call__(self, values: Mapping[str, str]) -> Scene:
        """Return the design with these values.

        Raises BadDesign for what cannot be there, and BadOption for a word among the options of a
        picture that would bring another one along.
        """
        for word in self.in_options & values.keys():
            if PART & set(values[word]):
                got = shown(values[word])
                raise BadOption(f"Expected {{{{{word}}}}} without commas and signs, got {got}.")
        return read(self._node(self.design, values, self._by_id(values)))

    def _by_id(self, values: Mapping[str, str]) -> dict[str, dict[str, str]]:
        """Return what is said of each block: by attribute, its words or source by no name."""
        said: dict[str, dict[str, str]] = {}
        for column, value in values.items():
            name, attribute = column, ""
            if column not in self._named:
                name, _, attribute = column.rpartition(".")
            for id_ in self._named.get(name, ()):
                said.setdefault(id_, {})[attribute] = value
        return said

    def _node(
        self, node: Node, values: Mapping[str, str], by_id: Mapping[str, Mapping[str, str]]
    ) -> Node:
        own = by_id.get(node.id, {}) if node.id else {}
        inside = tuple(
            _filled(each, values) if isinstance(each, str) else self._node(each, values, by_id)
            for each in node.inside
        )
        said = {
            name: _filled(text, values) if name in FILLED else text
            for name, text in node.said.items()
        }
        said |= {name: value for name, value in own.items() if name}
        if node.tag == _TEXT and "" in own:
            inside = _worded(node, own[""])
        if node.tag == _IMAGE:
            said |= self._source(own.get("", said.get(_SRC, "")), ours="" in own)
        return replace(node, said=said, inside=inside)

    def _source(self, value: str, *, ours: bool) -> dict[str, str]:
        if not value.strip():
            return {_HIDDEN: "true"}
        if ours and self.folder is not None and not is_remote(value):
            value = str(self.folder / Path(value).expanduser())
        return {_SRC: value}


def _words(node: Node) -> list[str]:
    texts = [each for each in node.inside if isinstance(each, str)]
    texts += [node.said.get(name, "") for name in FILLED]
    return [word for text in texts for word in PLACE.findall(text)]


def _filled(text: str, values: Mapping[str, str]) -> str:
    return PLACE.sub(lambda found: values.get(found[1], ""), text) if "{{" in text else text


def _worded(text: Node, words: str) -> tuple[Node | str, ...]:
    """Return other words for a text, which have the look of its first run where it is one."""
    runs = text.inside
    if len(runs) == 1 and isinstance(runs[0], Node) and runs[0].tag == _RUN:
        return (replace(runs[0], inside=(words,)),)
    return (words,)
