"""What a service of the operator's own says of a picture, where one is asked."""

from __future__ import annotations

from dataclasses import asdict
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from foveate.errors import StageAway
from foveate.imaging.encode import EncodeOptions, encode
from foveate.imaging.pixels import from_array
from foveate.service.networks import Network
from foveate.service.part import Part, json_codec
from foveate.service.parts.moderation_looks import frames_limit, looks
from foveate.values import Opinion

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from foveate.service.analysis import Analysis
    from foveate.service.networks import Networks
    from foveate.service.parts.moderation_looks import Look

    Ask = Callable[[bytes], Opinion]

SENT_SIDE: Final = 640
SENT: Final = EncodeOptions(format="jpeg", quality=85)
"""What a service elsewhere is sent: never an original."""
LOCAL: Final = "moderation-local"
"""How it is called that the service was away, and the networks here decided alone."""


def _makes_service(networks: Networks) -> Ask:
    # Nobody else needs a client of HTTP for it.
    from foveate.storage.opinions import OpinionService  # noqa: PLC0415

    return OpinionService(networks.settings.moderation)


SERVICE: Final[Network[Ask]] = Network("moderation-service", _makes_service, ())


def opinion_of(analysis: Analysis, **params: bool) -> Opinion | None:
    """Return what the service says; None where none is asked, or the settings do without it.

    Raises StageAway where it is needed and away.
    """
    settings = analysis.networks.settings.moderation
    if not settings.url:
        return None
    try:
        opinion: Opinion | None = analysis.get(OPINION, **params)
    except StageAway:
        if settings.when_away == "refuse":
            raise
        analysis.pixels.trace.fall_back(LOCAL)
        opinion = None
    return opinion


def _asked(analysis: Analysis, *, whole: bool = False) -> Opinion:
    """Return what the service says of one look after the other, until it flags one.

    Of what it flags nothing of, that is what it says of the first.
    """
    ask = analysis.networks.of(SERVICE)
    said = (ask(_sent(look)) for look in looks(analysis, whole=whole))
    first = next(said)
    return next((opinion for opinion in chain([first], said) if opinion.flagged), first)


def _sent(look: Look) -> bytes:
    return encode(from_array(look.thumbnail(look.size.within(SENT_SIDE))), SENT)


def _opinion_from(row: Mapping[str, Any]) -> Opinion:
    return Opinion(row["flagged"], tuple(row["labels"]))


OPINION: Final[Part[Any]] = Part(
    name="opinion",
    compute=_asked,
    version=4,
    params=("whole",),
    codec=json_codec(asdict, _opinion_from),
    networks=(SERVICE,),
    settings=frames_limit,
)
"""What the service says. Only who asks for `moderation` asks it."""
