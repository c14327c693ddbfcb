"""The composition root: settings in, a working service out. Only here concrete parts are named."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from foveate.imaging.engine import release_memory
from foveate.imaging.probe import probe
from foveate.models.cards import choose
from foveate.models.fetch import catalogue, where
from foveate.models.sessions import Registry
from foveate.options.signing import Signer
from foveate.service.analyse import Analyser, Eyes
from foveate.service.crops import Cropper, render_crops
from foveate.service.render import Renderer, memory_needed
from foveate.storage.disk import DiskCache
from foveate.storage.memory import MemoryCache
from foveate.storage.router import open_source
from foveate.storage.tiers import TieredCache
from foveate.vision.faces import RetinaFace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from foveate.imaging.stop import Deadline
    from foveate.options.model import TransformOptions
    from foveate.ports import Rendition, Tiers
    from foveate.settings import Settings
    from foveate.storage.router import Router

DETECTOR: Final = "retinaface"


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """Everything a door needs. Its verbs block and release the GIL for most of their time."""

    settings: Settings
    source: Router
    renditions: Tiers
    signer: Signer
    registry: Registry
    renderer: Renderer
    analyser: Analyser
    cropper: Cropper

    def render(
        self,
        data: bytes,
        options: TransformOptions,
        *,
        deadline: Deadline,
        overlays: Mapping[str, bytes] | None = None,
    ) -> Rendition:
        """Return the rendition of a picture's bytes."""
        return self.renderer(data, options, deadline=deadline, overlays=overlays)

    def analyse(
        self, data: bytes, parts: Sequence[str], *, deadline: Deadline
    ) -> dict[str, object]:
        """Return what is known of a picture, ready for JSON."""
        return self.analyser(data, parts, deadline=deadline)

    def crops(
        self, data: bytes, aspects: Sequence[str], *, deadline: Deadline
    ) -> list[dict[str, object]]:
        """Return the best crop for each aspect ratio, ready for JSON."""
        return [crop.to_json() for crop in self.cropper(data, aspects, deadline=deadline)]

    def render_crops(
        self, data: bytes, aspects: Sequence[str], *, deadline: Deadline
    ) -> list[tuple[str, Rendition]]:
        """Return the picture of each crop, named by its aspect ratio."""
        crops = self.cropper(data, aspects, deadline=deadline)
        return render_crops(self.renderer, data, crops, deadline=deadline)

    def estimate(self, data: bytes, options: TransformOptions) -> int:
        """Return an upper estimate, from the header, of the bytes that rendering takes."""
        return memory_needed(probe(data, self.settings.limits), options, self.settings.limits)

    def status(self) -> dict[str, str]:
        """Return each network and what it is: missing, ready, or where it is loaded."""
        models = self.settings.models
        (card,) = choose(catalogue(models), [DETECTOR])
        here = "ready" if where(card, models).exists() else "missing"
        loaded = self.registry.loaded()
        return {DETECTOR: loaded.get(DETECTOR) or here}

    async def close(self) -> None:
        """Close the connections to origins."""
        await self.source.aclose()

    def rest(self) -> None:
        """Give freed memory back to the system; worth calling when nothing is going on."""
        release_memory()


def cache_folder(settings: Settings) -> Path:
    """Return where caches lie: as set, or the user's cache folder."""
    if settings.caching.folder:
        return Path(settings.caching.folder).expanduser()
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "foveate"


def _cache(folder: Path, memory_bytes: int, disk_bytes: int) -> TieredCache:
    return TieredCache(MemoryCache(memory_bytes), DiskCache(folder, disk_bytes))


def create(settings: Settings) -> App:
    """Return the service for these settings. Nothing is loaded or fetched yet."""
    caching, models, limits = settings.caching, settings.models, settings.limits
    folder = cache_folder(settings)
    registry = Registry(models)
    detector = RetinaFace(
        registry.session(DETECTOR),
        long_side=models.face_long_side,
        max_enlarge=models.face_max_enlarge,
        score=models.face_score,
    )
    memo = _cache(folder / "analyses", caching.analysis_memory_bytes, caching.analysis_disk_bytes)
    eyes = Eyes(detector=detector, memo=memo)
    return App(
        settings=settings,
        source=open_source(settings.origins, limits),
        renditions=_cache(folder / "renditions", caching.memory_bytes, caching.disk_bytes),
        signer=Signer(settings.signing.keys),
        registry=registry,
        renderer=Renderer(eyes=eyes, limits=limits, encoding=settings.encoding),
        analyser=Analyser(eyes=eyes, limits=limits),
        cropper=Cropper(eyes=eyes, limits=limits),
    )
