"""Moderation: whether a picture shows nudity, by networks here and by a service elsewhere."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from foveate.errors import StageAway
from foveate.imaging.decode import to_memory
from foveate.imaging.encode import EncodeOptions, encode
from foveate.imaging.frames import frames_of
from foveate.imaging.pixels import from_array
from foveate.service.networks import Network
from foveate.service.part import Offer, Part, json_codec
from foveate.service.parts.grounds import on_each_ground
from foveate.service.serialise import BOX_EXAMPLE, thing_from_json, thing_to_json
from foveate.values import Opinion
from foveate.vision.moderation import NUDE, NudeNet, OpenNsfw

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from foveate.ports import Thumbnailer
    from foveate.service.analysis import Analysis
    from foveate.service.networks import Networks
    from foveate.settings import Settings
    from foveate.values import Thing

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


@dataclass(frozen=True, slots=True, kw_only=True)
class ModerationVerdict:
    """What is known of a picture, and whether it is flagged for it."""

    nsfw: float
    """How likely it shows nudity, 0..1; of an animation, its worst frame does."""
    flagged: bool
    threshold: float
    parts: tuple[Thing, ...] | None = None
    """Best score first, in pixels of the upright source; None where nobody looks for them."""
    exposed: tuple[str, ...] = ()
    """What of these it is flagged for, the surest first."""
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
            answer["parts"] = [thing_to_json(part) for part in self.parts]
        if self.opinion is not None:
            answer["service"] = {
                "flagged": self.opinion.flagged,
                "labels": list(self.opinion.labels),
            }
        return answer


def _makes_service(networks: Networks) -> Ask:
    # Nobody else needs a client of HTTP for it.
    from foveate.storage.opinions import OpinionService  # noqa: PLC0415

    return OpinionService(networks.settings.moderation)


OPENNSFW: Final[Network[OpenNsfw]] = Network(
    "opennsfw", lambda networks: OpenNsfw(networks.session("opennsfw")), ("opennsfw",)
)
NUDENET: Final[Network[NudeNet]] = Network(
    "nudenet", lambda networks: NudeNet(networks.session("nudenet")), ("nudenet",)
)
SERVICE: Final[Network[Ask]] = Network("moderation-service", _makes_service, ())


def _score(analysis: Analysis) -> float:
    network, size = analysis.networks.of(OPENNSFW), analysis.size
    return max(network(small(network.input_size(size))) for small in thumbnails(analysis))


def _body_parts(analysis: Analysis) -> tuple[Thing, ...]:
    network, size = analysis.networks.of(NUDENET), analysis.size
    seen = network.input_size(size)
    across, down = size.width / seen.width, size.height / seen.height
    found = [
        part.scaled(across, down) for small in thumbnails(analysis) for part in network(small(seen))
    ]
    return tuple(sorted(found, key=lambda part: -part.score))


def thumbnails(analysis: Analysis) -> Iterator[Thumbnailer]:
    """Yield what makes thumbnails of the picture, or of each frame that is looked at.

    What is transparent is looked at on white and on black: on one of them alone, nothing may be
    seen of a picture that alpha draws.
    """
    pixels, size = analysis.pixels, analysis.size.within(SENT_SIDE)
    shown, grounds = _frames_shown(analysis), partial(on_each_ground, alpha=pixels.facts.alpha)
    if shown == 1:
        yield from grounds(pixels.thumbnail, size)
        return
    frames = frames_of(pixels.pixels(1.0, frames=shown))
    for number in sampled(len(frames)):
        pixels.deadline.check()
        frame = to_memory(frames[number])
        yield from grounds(partial(pixels.thumbnail_of, frame), size)


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


def deciding(networks: Networks) -> tuple[Part[Any], ...]:
    """Return the parts that decide here: that of bodies where its network may be used."""
    return (MODERATION, BODY_PARTS) if networks.ready("nudenet") else (MODERATION,)


def moderation_of(analysis: Analysis) -> ModerationVerdict:
    """Return what networks, and the service if there is one, say; and whether that is too much.

    Raises ModelError where the network is not here, StageAway where the service is needed and away.
    """
    settings = analysis.networks.settings.moderation
    nsfw, opinion = analysis.get(MODERATION), _opinion(analysis)
    parts = analysis.get(BODY_PARTS) if BODY_PARTS in deciding(analysis.networks) else None
    exposed = _exposed(parts or (), settings.parts_threshold)
    return ModerationVerdict(
        nsfw=nsfw,
        flagged=nsfw >= settings.threshold
        or bool(exposed)
        or (opinion is not None and opinion.flagged),
        threshold=settings.threshold,
        parts=parts,
        exposed=exposed,
        opinion=opinion,
    )


def _exposed(parts: Sequence[Thing], least: float) -> tuple[str, ...]:
    named = (part.label for part in parts if part.label in NUDE and part.score >= least)
    return tuple(dict.fromkeys(named))


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
    """Return what the service says of the frames, one after the other, until it flags one.

    Of what it flags nothing of, that is what it says of the first.
    """
    ask, size = analysis.networks.of(SERVICE), analysis.size.within(SENT_SIDE)
    options = EncodeOptions(format="jpeg", quality=SENT_QUALITY)
    said = (ask(encode(from_array(small(size)), options)) for small in thumbnails(analysis))
    first = next(said)
    return next((opinion for opinion in chain([first], said) if opinion.flagged), first)


def _opinion_from(row: Mapping[str, Any]) -> Opinion:
    return Opinion(row["flagged"], tuple(row["labels"]))


def _sentence(moderation: ModerationVerdict) -> str:
    flagged = "is flagged" if moderation.flagged else "is not flagged"
    return f"The picture {flagged}: {moderation.nsfw:.2f} for nudity{_flagged_by(moderation)}."


def _flagged_by(moderation: ModerationVerdict) -> str:
    """Return what else flags a picture, as it goes on after the score."""
    parts = f"; it shows: {', '.join(moderation.exposed)}" if moderation.exposed else ""
    opinion = moderation.opinion
    if opinion is None or not opinion.flagged:
        return parts
    labels = f" for {', '.join(opinion.labels)}" if opinion.labels else ""
    return f"{parts}; your service flags it{labels}"


def _frames_limit(settings: Settings) -> object:
    return settings.limits.max_animation_pixels, settings.limits.max_frames


MODERATION: Final[Part[float]] = Part(
    name="moderation",
    compute=_score,
    codec=json_codec(lambda score: score, float),
    version=2,
    networks=(OPENNSFW,),
    input_size=lambda networks, size: networks.of(OPENNSFW).input_size(size),
    settings=_frames_limit,
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
BODY_PARTS: Final[Part[tuple[Thing, ...]]] = Part(
    name="body-parts",
    compute=_body_parts,
    codec=json_codec(
        lambda parts: [thing_to_json(part) for part in parts],
        lambda rows: tuple(map(thing_from_json, rows)),
    ),
    version=2,
    networks=(NUDENET,),
    input_size=lambda networks, size: networks.of(NUDENET).input_size(size),
    settings=_frames_limit,
)
"""Which parts of bodies there are, for moderation alone."""
OPINION: Final[Part[Any]] = Part(
    name="opinion",
    compute=_asked,
    version=2,
    codec=json_codec(asdict, _opinion_from),
    networks=(SERVICE,),
    settings=_frames_limit,
)
"""What the service says. Only who asks for `moderation` asks it."""
