"""What each network is given when two engines are compared: a portrait, as its part looks at it."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from foveate.deadline import Deadline
from foveate.errors import ModelError
from foveate.geometry.box import Size
from foveate.imaging.pixel_source import PixelSource
from foveate.models.check.recorder import Recorder
from foveate.models.runtime.engines import VARIANTS
from foveate.service.analysis import Analyses
from foveate.service.enlarging import CARDS as UPSCALES
from foveate.service.enlarging import UPSCALER
from foveate.service.networks import Networks
from foveate.service.parts import PARTS
from foveate.storage.memory import MemoryCache
from foveate.storage.tiers import TieredCache
from foveate.trace import Trace
from foveate.vision.attributes import ON_REQUEST
from foveate.vision.tiles import SIDE

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from foveate.models.check.recorder import Feed
    from foveate.ports import Picture, Session
    from foveate.settings import Settings

TIMEOUT_S: Final = 300.0
CARDS: Final = frozenset(
    card
    for network in (*(each for part in PARTS.values() for each in part.networks), UPSCALER)
    for card in network.cards
) - {variant.card for variant in VARIANTS.values()}
"""The cards whose networks some part looks with; nobody else's are compared."""


def feeds(
    session: Callable[[str], Callable[[], Session]],
    portrait: Picture,
    settings: Settings,
    wanted: Collection[str] = CARDS,
) -> dict[str, Feed]:
    """Return what the networks of wanted cards are given first of a portrait, by card.

    `session` returns what loads the network of a card. What cannot be loaded is left out, and
    what this portrait gives no reason to ask.
    """
    recorder = Recorder(session)
    networks = Networks(replace(settings, attributes=ON_REQUEST), recorder.session)
    nothing = TieredCache(MemoryCache(0), MemoryCache(0))
    pixels = PixelSource(portrait, Deadline(time.monotonic() + TIMEOUT_S), Trace())
    with ThreadPoolExecutor(1) as pool:
        analysis = Analyses(networks=networks, memo=nothing, pool=pool).open(pixels)
        for part in PARTS.values():
            for params in part.every:
                used = part.looking_with(params)
                if any(card in wanted for network in used for card in network.cards):
                    with suppress(ModelError):
                        analysis.get(part, **params)
    for noise, card in UPSCALES.items():
        if card in wanted:
            with suppress(ModelError):
                networks.of(UPSCALER).doubled(analysis.thumbnail(Size(SIDE, SIDE)), noise)
    return recorder.feeds
