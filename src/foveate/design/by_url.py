"""A design filled in by whoever writes a URL: by small letters, and with less than a row may say.

A locked block stays as it is but for words that its maker left open in it, the options of pictures
do: they may hide something. So do the sizes of pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from foveate.configuration.nearest import meant
from foveate.design.filling import Filling
from foveate.design.scene.elements import BY_NAME
from foveate.errors import BadDesign, BadOption
from foveate.options.designed import PHOTO
from foveate.options.values import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from foveate.design.nodes.node import Node
    from foveate.design.scene.model import Scene

KEPT: Final = frozenset({"id", "options", "locked"})
"""Attributes that no URL says."""
KEPT_OF_PAGES: Final = KEPT | {"width", "height"}
"""Those of pages: what comes of a design is scaled by the `width` and `height` of the URL."""
FILLED: Final = frozenset({"text", "image"})
"""Elements that take a value by their name alone."""
_ROLE: Final = "photo"
_PAGE: Final = "page"


@dataclass(frozen=True)
class ByUrl:
    """What a design takes of a URL."""

    fill: Filling

    @classmethod
    def of(cls, scene: Scene) -> ByUrl:
        """Return how a design is filled in."""
        return cls(Filling.of(scene, None))

    def __call__(self, values: Iterable[tuple[str, str]], *, photo: bool = False) -> Scene:
        """Return the design with these values, and the picture of the URL where it is a `photo`.

        Raises BadOption.
        """
        said = dict(self._column(*pair) for pair in values)
        if photo:
            said = self._with_photo(said)
        for word in sorted(self.fill.words - set(said)):
            raise BadOption(f"Expected a value for {{{{{word}}}}}, got none: say `{word.lower()}`.")
        try:
            return self.fill(said)
        except BadDesign as why:
            raise BadOption(f"Expected values that the design can have: {why}") from why

    def _column(self, name: str, text: str) -> tuple[str, str]:
        """Return what a row would call it, and its value. Raises BadOption."""
        if name in self._words:
            return self._words[name], text
        if name in self._blocks:
            self._check_filled(self._blocks[name])
            return self._blocks[name], text
        block, _, attribute = name.rpartition(".")
        if block not in self._blocks:
            wanted = "the id or name of a block, or a word in {{}}"
            known = {*self._words, *self._blocks}
            near = meant(name, known) or (meant(block, known) if block else "")
            raise BadOption(f"Expected {wanted}, got {shown(name)}{near}.")
        named = self._blocks[block]
        return f"{named}.{self._attribute(named, attribute, text)}", text

    def _attribute(self, block: str, attribute: str, text: str) -> str:
        self._check_free(block)
        ids = self.fill.ids_of(block)
        known: dict[str, str] = {}
        for node in self._nodes:
            if node.id in ids:
                kept = KEPT_OF_PAGES if node.tag == _PAGE else KEPT
                names = BY_NAME[node.tag].by_name
                known |= {each.lower(): each for each in names if each not in kept}
        if attribute not in known:
            near = meant(attribute, known)
            raise BadOption(f"Expected an attribute of {block}, got {shown(attribute)}{near}.")
        if "url(" in "".join(text.lower().split()):
            raise BadOption(f"Expected {block}.{attribute} without a picture, got {shown(text)}.")
        return known[attribute]

    def _check_filled(self, block: str) -> None:
        """Raise BadOption for what has neither words nor a source, or is locked."""
        ids = self.fill.ids_of(block)
        if FILLED.isdisjoint(node.tag for node in self._nodes if node.id in ids):
            wanted = f"a text, an image or an attribute such as {block.lower()}.fill"
            raise BadOption(f"Expected {wanted}, got {shown(block)}.")
        self._check_free(block)

    def _check_free(self, block: str) -> None:
        if not self._locked.isdisjoint(self.fill.ids_of(block)):
            raise BadOption(f"Expected a block that is not locked, got {shown(block)}.")

    def _with_photo(self, said: Mapping[str, str]) -> dict[str, str]:
        """Return what is said, with the picture of the URL in its place. Raises BadOption."""
        if any(node.said.get("src") == PHOTO for node in self._nodes):
            return dict(said)  # the design itself says where
        block = self._photo
        if not block:
            raise BadOption(
                "Expected a design with one picture, or one that is called `photo`, for the source "
                "of the URL. Leave that out, or say which picture it is: design.BLOCK=SOURCE."
            )
        self._check_free(block)
        if not self.fill.ids_of(block).isdisjoint(
            each for name in said for each in self._ids(name)
        ):
            raise BadOption(f"Expected one picture for {block}, got one and the source of the URL.")
        return {**said, block: PHOTO}

    def _ids(self, name: str) -> frozenset[str]:
        return self.fill.ids_of(name.removesuffix(".src"))

    @cached_property
    def _photo(self) -> str:
        """Return the id of the image that shows the picture of a URL; empty where none does."""
        images = [node for node in self._nodes if node.tag == "image" and node.id]
        called = [
            each for each in images if _ROLE in {each.id.lower(), each.said.get("name", "").lower()}
        ]
        called = called or [each for each in images if each.said.get("role") == _ROLE]
        called = called or (images if len(images) == 1 else [])
        return called[0].id if called else ""

    @cached_property
    def _nodes(self) -> tuple[Node, ...]:
        return tuple(self.fill.design.walk())

    @cached_property
    def _blocks(self) -> dict[str, str]:
        """Return ids and names by their small letters; ids come before names."""
        return {name.lower(): name for name in reversed(self.fill.names)}

    @cached_property
    def _words(self) -> dict[str, str]:
        return {word.lower(): word for word in sorted(self.fill.words)}

    @cached_property
    def _locked(self) -> frozenset[str]:
        """Return the ids of what is locked, by itself or by a group that it is in."""
        locked = [node for node in self._nodes if node.said.get("locked") == "true"]
        return frozenset(each.id for node in locked for each in node.walk() if each.id)
