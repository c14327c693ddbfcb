"""Moderation: whether a picture shows nudity, by networks here and by a service elsewhere."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from foveate.errors import StageAway
from foveate.geometry.box import Box
from foveate.imaging.decode import to_memory
from foveate.imaging.encode import EncodeOptions, encode
from foveate.imaging.frames import frames_of
from foveate.imaging.pixels import from_array
from foveate.service.networks import Network
from foveate.service.part import Offer, Part, json_codec
from foveate.service.serialise import BOX_EXAMPLE, box_to_json
from foveate.values import Opinion
from foveate.vision.moderation import NUDE, BodyPart, NudeNet, OpenNsfw

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from foveate.geometry.box import Size
    from foveate.service.analysis import Analysis
    from foveate.service.networks import Networks
    from foveate.settings import Settings

    Thumbnail = Callable[[Size], NDArray[np.uint8]]
    Ask = Callable[[bytes], Opinion]

FRAMES: Final = 8
"""Frames of an animation that are looked at, the first and the last among them."""
SENT_SIDE: Final = 640
SENT_QUALITY: Final = 85
"""What a service elsewhere is sent: never an original."""
UNSEEN: Final = (
    "violence",
    "gore",
    "weapons",
    "hate",
    "self-harm",
    "drugs",
    "alcohol",
    "tobacco",
    "gambling",
    "offensive text",
    "drawn nudity",
)
"""What the networks here do not look for."""
LOCAL: Final = "moderation-local"
"""How it is called that the service was away, and the networks here decided alone."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What networks saw: the score of the worst frame, 0..1, and parts of bodies in all of them."""

    nsfw: float
    parts: tuple[BodyPart, ...] | None
    """Best score first, in pixels of the upright source; None where nobody looks for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moderation:
    """What is known of a picture, and whether it is flagged for it."""

    nsfw: float
    flagged: bool
    threshold: float
    parts: tuple[BodyPart, ...] | None = None
    opinion: Opinion | None = None
    """What a service elsewhere said, where one is asked and answered."""

    def to_json(self) -> dict[str, object]:
        """Return it as the API answers it."""
        answer: dict[str, object] = {
            "nsfw": round(self.nsfw, 4),
            "flagged": self.flagged,
            "threshold": self.threshold,
            "unseen": list(UNSEEN),
        }
        if self.parts is not None:
            answer["parts"] = [_row(part) for part in self.parts]
        if self.opinion is not None:
            answer["service"] = {
                "flagged": self.opinion.flagged,
                "labels": list(self.opinion.labels),
            }
        return answer


def _makes_parts(networks: Networks) -> NudeNet:
    return NudeNet(networks.session("nudenet"))


def _acknowledged(settings: Settings) -> tuple[str, ...]:
    return ("nudenet",) if "AGPL-3.0" in settings.models.acknowledged_licences else ()


def _makes_service(networks: Networks) -> Ask:
    # Nobody else needs a client of HTTP for it.
    from foveate.storage.opinions import OpinionService  # noqa: PLC0415

    return OpinionService(networks.settings.moderation)


OPENNSFW: Final[Network[OpenNsfw]] = Network(
    "opennsfw", lambda networks: OpenNsfw(networks.session("opennsfw")), ("opennsfw",)
)
NUDENET: Final[Network[NudeNet]] = Network("nudenet", _makes_parts, ("nudenet",), _acknowledged)
SERVICE: Final[Network[Ask]] = Network("moderation-service", _makes_service, ())


def _settle(networks: Networks, parts: bool | None = None) -> dict[str, bool]:  # noqa: FBT001
    """Return whether parts of bodies are looked for: where the network for it may be used."""
    return {"parts": networks.ready("nudenet") if parts is None else parts}


def _compute(analysis: Analysis, *, parts: bool) -> Seen:
    nsfw, found = 0.0, list[BodyPart]()
    for thumbnail in thumbnails(analysis):
        nsfw = max(nsfw, _score(analysis, thumbnail))
        found += _parts(analysis, thumbnail) if parts else ()
    found.sort(key=lambda part: -part.score)
    return Seen(nsfw, tuple(found) if parts else None)


def _score(analysis: Analysis, thumbnail: Thumbnail) -> float:
    network = analysis.networks.of(OPENNSFW)
    return network(thumbnail(network.input_size(analysis.size)))


def _parts(analysis: Analysis, thumbnail: Thumbnail) -> Sequence[BodyPart]:
    network, size = analysis.networks.of(NUDENET), analysis.size
    small = network.input_size(size)
    across, down = size.width / small.width, size.height / small.height
    return [part.scaled(across, down) for part in network(thumbnail(small))]


def thumbnails(analysis: Analysis) -> Iterator[Thumbnail]:
    """Yield what makes thumbnails of the picture, or of each frame that is looked at."""
    pixels = analysis.pixels
    shown = _frames_shown(analysis)
    if shown == 1:
        yield pixels.thumbnail
        return
    frames = frames_of(pixels.pixels(1.0, frames=shown))
    for number in sampled(len(frames)):
        pixels.deadline.check()
        yield partial(pixels.thumbnail_of, to_memory(frames[number]))


def _frames_shown(analysis: Analysis) -> int:
    """Return how many frames an answer may show at most: of longer ones it shows the first."""
    facts, limits = analysis.pixels.facts, analysis.networks.settings.limits
    fit = limits.max_animation_pixels // facts.stored.area
    return max(1, min(facts.frames, limits.max_frames, fit))


def sampled(frames: int) -> list[int]:
    """Return the numbers of the frames that are looked at, evenly spread.

    >>> sampled(3), sampled(100)
    ([0, 1, 2], [0, 14, 28, 42, 57, 71, 85, 99])
    """
    if frames <= FRAMES:
        return list(range(frames))
    return [round(step * (frames - 1) / (FRAMES - 1)) for step in range(FRAMES)]


def moderation_of(analysis: Analysis) -> Moderation:
    """Return what networks, and the service if there is one, say; and whether that is too much.

    Raises ModelError where the network is not here, StageAway where the service is needed and away.
    """
    settings = analysis.networks.settings.moderation
    seen, opinion = analysis.get(MODERATION), _opinion(analysis)
    nude = max((part.score for part in seen.parts or () if part.label in NUDE), default=0.0)
    return Moderation(
        nsfw=seen.nsfw,
        flagged=seen.nsfw >= settings.threshold
        or nude >= settings.parts_threshold
        or (opinion is not None and opinion.flagged),
        threshold=settings.threshold,
        parts=seen.parts,
        opinion=opinion,
    )


def _opinion(analysis: Analysis) -> Opinion | None:
    settings = analysis.networks.settings.moderation
    if not settings.url:
        return None
    try:
        opinion: Opinion | None = analysis.get(OPINION)
    except StageAway:
        if settings.when_away == "refuse":
            raise
        analysis.pixels.trace.fall_back(LOCAL)
        opinion = None
    return opinion


def _asked(analysis: Analysis) -> Opinion:
    """Return what the service says of the frames, one after the other, until it flags one."""
    ask, size = analysis.networks.of(SERVICE), analysis.size.within(SENT_SIDE)
    options = EncodeOptions(format="jpeg", quality=SENT_QUALITY)
    said = [ask(encode(from_array(small(size)), options)) for small in thumbnails(analysis)]
    return next((opinion for opinion in said if opinion.flagged), said[0])


def _row(part: BodyPart) -> dict[str, object]:
    return {"label": part.label, "score": round(part.score, 4), "box": box_to_json(part.box)}


def _to_rows(seen: Seen) -> dict[str, object]:
    return {
        "nsfw": seen.nsfw,
        "parts": None if seen.parts is None else [asdict(part) for part in seen.parts],
    }


def _from_rows(rows: Mapping[str, Any]) -> Seen:
    parts = rows["parts"]
    return Seen(rows["nsfw"], None if parts is None else tuple(map(_part_from, parts)))


def _part_from(row: Mapping[str, Any]) -> BodyPart:
    return BodyPart(row["label"], row["score"], Box(**row["box"]))


def _opinion_from(row: Mapping[str, Any]) -> Opinion:
    return Opinion(row["flagged"], tuple(row["labels"]))


def _sentence(moderation: Moderation) -> str:
    flagged = "is flagged" if moderation.flagged else "is not flagged"
    return f"The picture {flagged}: {moderation.nsfw:.2f} for nudity."


MODERATION: Final[Part[Seen]] = Part(
    name="moderation",
    compute=_compute,
    codec=json_codec(_to_rows, _from_rows),
    params=("parts",),
    every=({"parts": True},),
    settle=_settle,
    networks=(OPENNSFW, NUDENET),
    input_size=lambda networks, size, parts: networks.of(OPENNSFW).input_size(size),  # noqa: ARG005
    settings=lambda settings: (settings.limits.max_animation_pixels, settings.limits.max_frames),
    offer=Offer(
        "how likely the picture shows nudity, whether it is flagged for that, and what nobody "
        "looked for; parts of bodies too, where `nudenet` is here",
        {
            "nsfw": 0.02,
            "flagged": False,
            "threshold": 0.8,
            "unseen": list(UNSEEN),
            "parts": [{"label": "face female", "score": 0.81, "box": BOX_EXAMPLE}],
        },
        lambda moderation: moderation.to_json(),
        _sentence,
        moderation_of,
    ),
)
OPINION: Final[Part[Any]] = Part(
    name="opinion",
    compute=_asked,
    codec=json_codec(asdict, _opinion_from),
    networks=(SERVICE,),
    settings=lambda settings: (settings.limits.max_animation_pixels, settings.limits.max_frames),
)
"""What the service says. Only who asks for `moderation` asks it."""
