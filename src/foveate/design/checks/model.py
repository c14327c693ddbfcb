"""Findings: what is wrong with a change, how much that matters, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

    from foveate.design.ports import Faces, Measures, Sources
    from foveate.design.scene.model import Page, Scene
    from foveate.geometry.box import Box


class Severity(StrEnum):
    """What becomes of a change in which something is found and not mended."""

    ERROR = "error"
    """It is not made."""
    WARNING = "warning"
    """It is made, and what was found is said."""


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that is wrong."""

    block: str
    """The id of the block; empty for the design itself."""
    sentence: str
    """What is wrong, and what would be right, as a person or a model can mend it."""
    severity: Severity = Severity.ERROR
    matter: str = ""
    """What of the block, where several things of it may be wrong."""

    @property
    def key(self) -> tuple[str, str]:
        """Return what is the same for the same trouble in another version."""
        return self.block, self.matter


class Fonts(Protocol):
    """Knows which fonts there are: `design.fonts.shelf.Shelf` does."""

    def match(self, family: str, weight: int = 400, *, italic: bool = False) -> object:
        """Return the font of a family. Raises UnknownFont, FontsMissing."""


class Below(Protocol):
    """Shows what lies below letters."""

    def __call__(self, page: Page, language: str) -> NDArray[np.uint8]:
        """Return a page as (height, width, 3) pixels of sRGB, of whatever size."""


class Near(Protocol):
    """Shows a part of a page as large as is needed to see its letters."""

    def __call__(self, page: Page, language: str, box: Box, scale: float) -> NDArray[np.uint8]:
        """Return (height, width, 3) pixels of sRGB, `scale` of them to a pixel of the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """What checks ask of others. A check that has nobody to ask finds nothing."""

    measures: Measures | None = None
    fonts: Fonts | None = None
    sources: Sources | None = None
    faces: Faces | None = None
    below: Below | None = None
    near: Near | None = None


NOTHING = Looks()


@dataclass(frozen=True, slots=True)
class Case:
    """A change that is held against checks: a design before and after it."""

    before: Scene
    after: Scene
    request: str = ""
    looks: Looks = NOTHING

    def with_after(self, scene: Scene) -> Case:
        """Return the case after something was mended."""
        return replace(self, after=scene)

    def turned(self) -> Case:
        """Return the case of the design as it was, for what was wrong already."""
        return replace(self, after=self.before)


class Check(Protocol):
    """Looks at a change."""

    def __call__(self, case: Case) -> Iterable[Found]:
        """Return what is wrong by it, and was not so before. It blocks: it may look at pictures."""


class Repair(Protocol):
    """Mends what a check found, as far as that is safe."""

    def __call__(self, case: Case, found: tuple[Found, ...]) -> Scene:
        """Return the design after it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table of checks."""

    name: str
    severity: Severity
    """Of what it finds at most."""
    help: str
    check: Check
    repair: Repair | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check of the table found, and what came of it."""

    check: str
    found: Found
    repaired: bool = False


@dataclass(frozen=True, slots=True)
class Findings:
    """All that was found, and the design after what could be mended was."""

    scene: Scene
    findings: tuple[Finding, ...] = field(default=())

    @property
    def refused(self) -> tuple[str, ...]:
        """Return why the change is not to be made, a sentence each; none where it may."""
        return tuple(
            each.found.sentence
            for each in self.findings
            if not each.repaired and each.found.severity is Severity.ERROR
        )

    @property
    def repaired(self) -> tuple[str, ...]:
        """Return what was mended, a sentence each."""
        return tuple(each.found.sentence for each in self.findings if each.repaired)

    @property
    def warned(self) -> tuple[str, ...]:
        """Return what is to be known of the change, a sentence each."""
        return tuple(
            each.found.sentence
            for each in self.findings
            if not each.repaired and each.found.severity is Severity.WARNING
        )
