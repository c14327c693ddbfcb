"""Designs of older words brought to today's, one version after the other.

Version 0 is what says no version: a design that a person or a language model wrote with the words
of SVG and CSS in mind. These words are taken for ours where they mean the same; what means
something else stays, and is refused by its name.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from foveate.design.nodes.svg_words import from_svg_words
from foveate.design.scene.words import VERSION
from foveate.errors import BadDesign
from foveate.options.values import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from foveate.design.nodes.node import Node

SAID: Final = "version"
STEPS: Final[Mapping[int, Callable[[Node], Node]]] = {0: from_svg_words}
"""From each older version to the next."""


def migrated(design: Node) -> Node:
    """Return a design in the words of today's version. Raises BadDesign for a version to come."""
    version = _version(design)
    while version < VERSION:
        design, version = STEPS[version](design), version + 1
    return replace(design, said={SAID: str(VERSION), **_without(design.said)})


def _version(design: Node) -> int:
    said = design.said.get(SAID, "0").strip()
    if said not in map(str, range(VERSION + 1)):
        raise BadDesign(f"{design}: expected a version from 0 to {VERSION}, got {shown(said)}.")
    return int(said)


def _without(said: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in said.items() if name != SAID}
