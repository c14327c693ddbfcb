"""The composition root: settings in, a working service out. Only here concrete parts are named."""

from __future__ import annotations

import asyncio
import gc
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Final

from foveate.configuration.folder import data_folder, named_folder, state_folder
from foveate.cores import cores
from foveate.imaging.credentials import claim_signer
from foveate.imaging.engine import release_memory
from foveate.imaging.mezzanine import Mezzanine
from foveate.imaging.probe import probe
from foveate.ledger.books import Books
from foveate.ledger.ledger import Ledger
from foveate.models.runtime.engines import card_run
from foveate.models.runtime.resident import Memory
from foveate.models.runtime.sessions import Registry
from foveate.models.supply.recipes import fingerprint
from foveate.models.supply.weights import allowed, catalogue, has_its_length, where
from foveate.options.presets import read_presets
from foveate.options.signing import Signer, check_enforced, read_limited
from foveate.people.audit import AuditLog
from foveate.people.keys import Keys
from foveate.people.lance import installed, load_soon
from foveate.people.store import LanceStore
from foveate.service.access import Access, RateLimit
from foveate.service.analyse import Analyser
from foveate.service.analysis import Analyses
from foveate.service.crops import Cropper
from foveate.service.draw import Draughtsman
from foveate.service.drawn_designs import Designer
from foveate.service.enlarging import DOUBLER, UPSCALER
from foveate.service.filled_designs import FilledDesigns
from foveate.service.fonts import Fonts
from foveate.service.generation import generation
from foveate.service.in_people import InPeople
from foveate.service.kept_designs import Store
from foveate.service.networks import Networks
from foveate.service.parts import PARTS
from foveate.service.people import People
from foveate.service.recognise import Recogniser
from foveate.service.render import Renderer
from foveate.service.score import Scorer
from foveate.service.select import Selecting
from foveate.service.similar import Comparer
from foveate.service.srcset import Srcsets
from foveate.service.stages.embed import Embed
from foveate.service.stages.look import Looker, looker_of
from foveate.service.stages.preprocess import Preprocess
from foveate.service.stages.read import reads_for
from foveate.service.stages.running import InThreads
from foveate.service.stages.search import Search
from foveate.service.subjects import Subjects
from foveate.storage.blank import WithBlank
from foveate.storage.disk import DiskCache
from foveate.storage.given import Given, WithGiven, designs_folder
from foveate.storage.masks import MaskStore
from foveate.storage.memory import MemoryCache
from foveate.storage.references import References, WithReferences
from foveate.storage.router import open_origin
from foveate.storage.shared import SharedStore
from foveate.storage.source import Source
from foveate.storage.tiers import TieredCache
from foveate.vision.attributes import ON_REQUEST

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from foveate.enrolled import Named
    from foveate.models.runtime.lazy_session import Usage
    from foveate.models.supply.card import ModelCard
    from foveate.options.grammar import Presets
    from foveate.options.model import TransformOptions
    from foveate.ports import Session
    from foveate.remote.caller import Opens
    from foveate.remote.circuit import StageState
    from foveate.remote.open import Afar
    from foveate.settings import Limits, Models, Origins, Settings
    from foveate.storage.source import ClosableOrigin
    from foveate.values import Facts
    from foveate.vision.look import Look

    OpensOrigin = Callable[[Origins, Limits, Callable[[bytes], Facts]], ClosableOrigin]

DETECTOR_CARD: Final = "retinaface"
"""The card without which the service is not what it is for."""
NETWORKS_SHARE: Final = 0.5
"""Of `load.memory_bytes`: what networks may hold together; the rest is there for pictures."""

NEVER_WITHOUT: Final = frozenset({"nudenet"})
"""Networks that keep pictures in: while one is damaged, what it should look at is refused."""


class NetworkState(StrEnum):
    """What a network is."""

    LOADED = "loaded"
    IDLE = "idle"
    """Its file is here, and the first request that needs it loads it."""
    MISSING = "missing"
    DAMAGED = "damaged"
    """Its file is here and is not what it should be: of another length, or when it was loaded."""
    UNACKNOWLEDGED = "unacknowledged"
    """Its licence is not free for every use, and no setting acknowledges it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class App:
    """Everything a door needs. Its verbs prepare work that blocks, and are run in threads."""

    settings: Settings
    origin: ClosableOrigin
    renditions: TieredCache
    signer: Signer
    presets: Presets
    registry: Registry
    analyses: Analyses
    renderer: Renderer
    analyser: Analyser
    cropper: Cropper
    comparer: Comparer
    scorer: Scorer
    srcsets: Srcsets
    draughtsman: Draughtsman
    designs: FilledDesigns
    selecting: Selecting
    masks: MaskStore
    mezzanine: Mezzanine
    recogniser: Recogniser
    references: References
    looker: Looker
    people: People
    subjects: Subjects
    access: Access
    ledger: Ledger
    books: Books
    probe: Callable[[bytes], Facts]
    afar: Afar | None = None
    """What runs elsewhere, if anything does."""
    shared: SharedStore | None = None
    """Where servers share renditions, if they do."""

    @property
    def recompressor(self) -> Renderer:
        """Return what makes the same renditions smaller, in more time; they look as good."""
        return replace(self.renderer, hard=True)

    def source_of(self, data: bytes) -> Source:
        """Return bytes that came with a request as a source."""
        return Source(data, probe=self.probe)

    def generation(self, options: TransformOptions) -> str:
        """Return what decides over a rendition beside its options and its source.

        It changes with the encoders' settings, with what decides over pixels, with who signs
        content credentials, with what moderates, and with the fonts of words and designs.
        """
        signer = self.renderer.signer
        signed = f" {signer.fingerprint}" if signer else ""
        moderated = self.renderer.moderator.fingerprint(options)
        drawn = dict.fromkeys(generation(self.analyses, each) for each in options.pictured())
        pixels = " ".join((generation(self.analyses, options), *drawn))
        fonts = self.renderer.fonts if options.text or options.designs() else None
        set_in = f" {fonts.fingerprint}" if fonts else ""
        return f"{self.settings.encoding} {pixels}{signed}{moderated}{set_in}"

    def revision(self, named: Sequence[Named]) -> str:
        """Return what changes when others may be found to be these people. Blocks.

        Raises UnknownCollection, UnknownSubject, OtherModel, BadInstallation.
        """
        return self.subjects.revision(named)

    def status(self) -> dict[str, str]:
        """Return the `NetworkState` of each network."""
        models, asked = self.settings.models, self.registry.loaded()
        cards = {card.name: card for card in catalogue(models)}

        def unloaded(name: str) -> NetworkState:
            return _state(
                cards[card_run(name, models, self.settings.runtime)], models, self.registry
            )

        return {n: NetworkState.LOADED if on else unloaded(n) for n, on in asked.items()}

    def usage(self) -> dict[str, Usage]:
        """Return how much each network worked in this process."""
        return self.registry.usage()

    def stages(self) -> Sequence[StageState]:
        """Return how calls go to each stage that runs elsewhere."""
        return [caller.state for caller in self.afar.callers.values()] if self.afar else []

    def held_bytes(self) -> int:
        """Return what the networks that are loaded hold."""
        return self.registry.held_bytes()

    def make_room(self, need: int) -> None:
        """Let idle networks go that hold so many bytes; whoever needs them loads them anew."""
        self.registry.make_room(need)

    def begin(self) -> None:
        """Remove what earlier processes left. To be called on the loop that serves.

        Raises BadSettings where the keys of the face index cannot be read, BadInstallation.
        """
        self.references.begin()
        self.people.store.begin()
        if self.settings.rekognition.key_file:
            load_soon()

    async def close(self, timeout_s: float) -> None:
        """Close connections, once the face index has written what it was given, or cannot so soon.

        What it could not write nobody was told of as written.
        """
        await asyncio.to_thread(self.people.store.close, timeout_s)
        await self.origin.aclose()
        if self.afar is not None:
            self.afar.close()

    def forget_pixels(self) -> None:
        """Let go of the decoded pixels of all sources."""
        self.mezzanine.forget()

    def trim_memory(self) -> None:
        """Give freed memory back to the system; worth calling when nothing is going on."""
        self.mezzanine.let_go()
        # An error knows the frames that it came through, and they the pictures of that request.
        gc.collect()
        release_memory()


def cache_folder(settings: Settings) -> Path:
    """Return where caches lie: as set, or the user's cache folder. Raises BadSettings."""
    if settings.caching.folder:
        return named_folder("caching.folder", settings.caching.folder)
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return named_folder("caching.folder", base) / "foveate"


def renditions_folder(settings: Settings) -> Path:
    """Return where renditions lie. Raises BadSettings."""
    return cache_folder(settings) / "renditions"


def shared_store(settings: Settings) -> SharedStore | None:
    """Return where servers share renditions, if the settings name a place. Raises BadSettings."""
    place = settings.caching.shared
    if not place:
        return None
    if "://" not in place:
        place = str(named_folder("caching.shared", place))
    return SharedStore(place, settings.origins)


def ledger_folder(settings: Settings) -> Path:
    """Return where the ledger lies: as set, or in the user's state folder. Raises BadSettings."""
    if settings.costs.folder:
        return named_folder("costs.folder", settings.costs.folder)
    return state_folder("costs.folder")


def people_place(settings: Settings) -> str:
    """Return where people lie: as set, or in the user's data folder. Raises BadSettings."""
    written = settings.people.folder
    if "://" in written:
        return written
    return str(named_folder("people.folder", written) if written else _usual_people())


def _usual_people() -> Path:
    return data_folder("people.folder") / "people"


def access_of(settings: Settings) -> Access:
    """Return who may ask the face index, as written beside it. Raises BadSettings.

    Of an index in a bucket that lies in the user's data folder.
    """
    place = people_place(settings)
    folder = _usual_people() if "://" in place else Path(place)
    return Access(
        keys=Keys(folder),
        audit=AuditLog(folder),
        rate_limit=RateLimit(settings.people.requests_per_minute),
    )


def bucket_options(origins: Origins) -> dict[str, str]:
    """Return what a face index in a bucket is opened with: as originals in one are."""
    options = {
        "aws_endpoint": origins.s3_endpoint,
        "aws_region": origins.s3_region,
        "aws_access_key_id": origins.s3_access_key_id,
        "aws_secret_access_key": origins.s3_secret_access_key,
        "allow_http": "true" if origins.s3_endpoint.startswith("http://") else "",
    }
    return {key: value for key, value in options.items() if value}


def _store(settings: Settings) -> LanceStore:
    options = bucket_options(settings.origins)
    return LanceStore.configured(people_place(settings), settings.people, options)


def _cache(folder: Path, memory_bytes: int, disk_bytes: int) -> TieredCache:
    return TieredCache(MemoryCache(memory_bytes), DiskCache(folder, disk_bytes))


def _state(card: ModelCard, settings: Models, registry: Registry) -> NetworkState:
    """Return what keeps a network from being used, or that nothing does."""
    if not allowed(card, settings):
        return NetworkState.UNACKNOWLEDGED
    if not where(card, settings).exists():
        return NetworkState.MISSING
    whole = has_its_length(card, settings) and not registry.corrupt(where(card, settings))
    return NetworkState.IDLE if whole else NetworkState.DAMAGED


def _is_used(card: ModelCard, settings: Models, registry: Registry) -> bool:
    """Return whether a network is to be used, where something else may be done without it."""
    if card.name in NEVER_WITHOUT:
        return _state(card, settings, registry) in {NetworkState.IDLE, NetworkState.DAMAGED}
    return allowed(card, settings) and registry.whole(card)


def _afar(settings: Settings, channels: Opens | None) -> Afar | None:
    """Return what runs elsewhere. Raises BadSettings and BadInstallation."""
    if not settings.stages.named:
        return None
    # An extra, that nobody needs for whom all stages run here.
    from foveate.remote.library import grpc  # noqa: PLC0415

    grpc()
    from foveate.remote.open import Afar  # noqa: PLC0415

    return Afar(settings, channels) if channels else Afar(settings)


def _networks(settings: Settings, registry: Registry, afar: Afar | None) -> Networks:
    cards = {card.name: card for card in catalogue(settings.models)}
    networks = Networks(
        settings,
        registry.session,
        fingerprint=lambda name: fingerprint(cards[name]),
        ready=lambda name: _is_used(cards[name], settings.models, registry),
        damaged=lambda name: _state(cards[name], settings.models, registry) is NetworkState.DAMAGED,
        runs=lambda name: card_run(name, settings.models, settings.runtime),
        afar=afar.networks() if afar else None,
    )
    looking = (each for part in PARTS.values() for each in part.networks)
    for network in (*looking, UPSCALER, DOUBLER):
        networks.of(network)
    return networks


def _analyses(settings: Settings, registry: Registry, afar: Afar | None) -> Analyses:
    caching = settings.caching
    folder = cache_folder(settings) / "analyses"
    return Analyses(
        networks=_networks(settings, registry, afar),
        memo=_cache(folder, caching.analysis_memory_bytes, caching.analysis_disk_bytes),
        pool=ThreadPoolExecutor(cores(), thread_name_prefix="foveate-look"),
    )


def looks_of(settings: Settings) -> Analyses:
    """Return what says which networks look under these settings, and what counts of what they see.

    Nothing is looked at with it, and so nothing kept; it knows of no stage that runs elsewhere.
    """
    return Analyses(
        networks=_networks(settings, Registry(settings.models, settings.runtime), None),
        memo=TieredCache(MemoryCache(0), MemoryCache(0)),
        pool=ThreadPoolExecutor(1),
    )


def _masks(settings: Settings) -> MaskStore:
    kept, folder = settings.select, cache_folder(settings) / "masks"
    return MaskStore(
        folder=folder,
        ttl_s=kept.ttl_s,
        max_bytes=kept.max_bytes,
        private_bytes=kept.private_bytes,
    )


def selecting_of(settings: Settings, analyses: Analyses, masks: MaskStore) -> Selecting:
    """Return what says what clicks mean."""
    looks: MemoryCache[Look] = MemoryCache(settings.select.memory_bytes, attrgetter("nbytes"))
    return Selecting(analyses=analyses, masks=masks, looks=looks)


def recogniser_of(
    settings: Settings,
    session: Callable[[str], Callable[[], Session]],
    analyses: Analyses,
    afar: Afar | None = None,
) -> Recogniser:
    """Return what says who is in a picture: in this process, but for what runs `afar`."""
    run = partial(InThreads, pool=analyses.pool, most=settings.runtime.join_faces)
    here = Recogniser(
        analyses=analyses,
        preprocess=Preprocess(analyses).prepare,
        embed=run(Embed(session("mobilefacenet"))),
        reads={read.words: run(read) for read in reads_for(settings.attributes, session)},
    )
    return replace(here, **afar.recognition(here.reads)) if afar else here


def _searching(recogniser: Recogniser, people: People) -> Recogniser:
    """Return it with a search among people, where the face index is installed."""
    if recogniser.search is not None or not installed():
        return recogniser  # it is elsewhere, or not at all
    search = InThreads(Search(InPeople(people)), recogniser.analyses.pool)
    return replace(recogniser, search=search)


def _unload() -> None:
    """Let networks that were dropped really go."""
    gc.collect()
    release_memory()


def designs_of(
    settings: Settings, presets: Presets, draughtsman: Draughtsman, *, own: bool
) -> FilledDesigns:
    """Return the designs that renditions may be made of: who runs the program has all of them."""
    kept = settings.designs
    return FilledDesigns(
        store=Store(designs_folder(settings.designs), most=kept.most, versions=kept.versions),
        presets=presets,
        bounds=draughtsman.bounds,
        published=("*",) if own else kept.published,
    )


def create(
    settings: Settings, origin: OpensOrigin = open_origin, channels: Opens | None = None
) -> App:
    """Return the service for these settings, and where its sources come from.

    `channels` opens the ways to stages that run elsewhere, where that is not gRPC.

    Nothing is loaded or fetched yet; where content credentials are signed, that is tried once.
    Raises BadSettings and BadInstallation.
    """
    caching, limits = settings.caching, settings.limits
    presets = read_presets(settings.presets)
    check_enforced(settings.moderation.enforce_on, settings.limited_keys)
    registry = Registry(
        settings.models,
        settings.runtime,
        memory=Memory(
            most_bytes=round(settings.load.memory_bytes * NETWORKS_SHARE), release=_unload
        ),
    )
    afar = _afar(settings, channels)
    analyses = _analyses(settings, registry, afar)
    reads = partial(probe, limits=limits)
    people = People(analyses=analyses, store=_store(settings), settings=settings.people)
    subjects = Subjects(people)
    masks = _masks(settings)
    mezzanine = Mezzanine(caching.mezzanine_bytes)
    fonts = Fonts(settings.models)
    draughtsman = Draughtsman(limits=limits, encoding=settings.encoding, fonts=fonts)
    designs = designs_of(settings, presets, draughtsman, own=origin is not open_origin)
    renderer = Renderer(
        analyses=analyses,
        limits=limits,
        encoding=settings.encoding,
        subjects=subjects,
        masks=masks,
        mezzanine=mezzanine,
        signer=claim_signer(settings.credentials),
        fonts=fonts,
        designer=Designer(designs=designs, fonts=fonts, presets=presets, bounds=draughtsman.bounds),
    )
    uploads = References(
        settings.references, settings.origins, cache_folder(settings), limits.max_bytes
    )
    given = Given(settings.designs, limits.max_bytes)
    off = tuple(word for word in ON_REQUEST if word not in settings.attributes)
    return App(
        settings=settings,
        origin=WithBlank(
            WithReferences(
                WithGiven(origin(settings.origins, limits, reads), given, reads), uploads, reads
            ),
            reads,
        ),
        renditions=_cache(renditions_folder(settings), caching.memory_bytes, caching.disk_bytes),
        signer=Signer(settings.signing.keys, read_limited(settings.limited_keys, presets)),
        presets=presets,
        registry=registry,
        analyses=analyses,
        renderer=renderer,
        analyser=Analyser(analyses=analyses, switched_off=off),
        cropper=Cropper(analyses=analyses, limits=limits, renderer=renderer),
        comparer=Comparer(analyses=analyses),
        scorer=Scorer(renderer=renderer),
        srcsets=Srcsets(renderer=renderer),
        draughtsman=draughtsman,
        designs=designs,
        selecting=selecting_of(settings, analyses, masks),
        masks=masks,
        mezzanine=mezzanine,
        recogniser=_searching(recogniser_of(settings, registry.session, analyses, afar), people),
        references=uploads,
        looker=looker_of(registry.session, analyses.pool),
        people=people,
        subjects=subjects,
        access=access_of(settings),
        ledger=Ledger(),
        books=Books(ledger_folder(settings)),
        probe=reads,
        afar=afar,
        shared=shared_store(settings),
    )
