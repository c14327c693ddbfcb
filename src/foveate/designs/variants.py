"""A design in other sizes and in brands: reckoned in threads, checked with the eyes of an easel."""

from __future__ import annotations

import asyncio
import hashlib
import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from foveate.design.brand.adapting import adapt
from foveate.design.checks.checking import Checks
from foveate.design.resizing.mended import resize_mended
from foveate.designs.looks import looks_of, measured

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.design.brand.adapting import Branded
    from foveate.design.brand.model import Brand
    from foveate.design.checks.model import Finding, Looks
    from foveate.design.resizing.resize import Resized
    from foveate.design.scene.model import Scene
    from foveate.designs.easel import Easel
    from foveate.jobs.threads import Threads

    T = TypeVar("T")

MOST_ID: Final = 64
DIGEST: Final = 8
_NO_ID: Final = re.compile(r"[^a-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Variants:
    """Makes others of designs. On one event loop."""

    easel: Easel
    threads: Threads

    async def resized(self, scene: Scene, to: str) -> Resized:
        """Return a design in another size. Raises BadRequest, FontsMissing, UnknownFont."""
        measures = partial(measured, self.easel.core.draughtsman.fonts.typefaces)
        return await self._looked(partial(resize_mended, scene, to, measures))

    async def branded(self, scene: Scene, brand: Brand) -> Branded:
        """Return a design in a brand."""
        return await self._looked(partial(adapt, scene, brand))

    async def checked(self, scene: Scene) -> tuple[Finding, ...]:
        """Return what the checks of edits say of a design as it is."""
        found = await self._looked(lambda looks: Checks(looks).of(scene))
        return found.findings

    async def _looked(self, work: Callable[[Looks], T]) -> T:
        """Return what comes of work that looks at pictures and letters."""
        loop = asyncio.get_running_loop()
        return await self.threads.while_awaited(lambda: work(looks_of(self.easel, loop)))

    async def made(self, scene: Scene, to: str, brand: Brand | None) -> Scene:
        """Return a design in a size and a brand, where they are said. Raises as `resized`."""
        if brand is not None:
            scene = (await self.branded(scene, brand)).scene
        return (await self.resized(scene, to)).scene if to else scene


def id_of_size(design: str, to: str) -> str:
    """Return what a design is called in another size.

    >>> id_of_size("sale", "16:9"), id_of_size("sale", "210mm x 297mm")
    ('sale-16x9', 'sale-210mmx297mm')
    """
    size = _NO_ID.sub("", to.lower().replace(":", "x").replace("\u00d7", "x"))
    whole, room = f"{design}-{size}", MOST_ID - 1 - len(size)
    if len(design) <= room:
        return whole
    # Two that differ in what is cut off are two all the same.
    digest = hashlib.sha256(design.encode()).hexdigest()[:DIGEST]
    return f"{design[: room - DIGEST - 1]}.{digest}-{size}"
