"""Moderation: whether a picture shows nudity, by networks here and by a service elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from foveate.service.networks import Network
from foveate.service.part import Offer, Part, json_codec
from foveate.service.parts.moderation_looks import frames_limit, looks
from foveate.service.parts.moderation_opinion import opinion_of
from foveate.service.parts.moderation_verdict import UNSEEN, ModerationVerdict, sentence
from foveate.service.serialise import BOX_EXAMPLE, thing_from_json, thing_to_json
from foveate.vision.moderation import SAME_PART, NudeNet, OpenNsfw

if TYPE_CHECKING:
    from collections.abc import Iterable

    from foveate.service.analysis import Analysis
    from foveate.service.networks import Networks
    from foveate.service.parts.moderation_looks import Look
    from foveate.values import Thing

OPENNSFW: Final[Network[OpenNsfw]] = Network(
    "opennsfw", lambda networks: OpenNsfw(networks.session("opennsfw")), ("opennsfw",)
)
NUDENET: Final[Network[NudeNet]] = Network(
    "nudenet", lambda networks: NudeNet(networks.session("nudenet")), ("nudenet",)
)


def _score(analysis: Analysis, *, whole: bool = False) -> float:
    network = analysis.networks.of(OPENNSFW)
    seen = looks(analysis, whole=whole)
    return max(network(look.thumbnail(network.input_size(look.size))) for look in seen)


def _body_parts(analysis: Analysis, *, whole: bool = False) -> tuple[Thing, ...]:
    network = analysis.networks.of(NUDENET)
    seen = looks(analysis, whole=whole)
    return each_once(part for look in seen for part in _parts_in(look, network))


def _parts_in(look: Look, network: NudeNet) -> list[Thing]:
    """Return the parts that a look shows, in pixels of the upright source."""
    seen, place = network.input_size(look.size), look.place
    across, down = place.width / seen.width, place.height / seen.height
    found = network(look.thumbnail(seen))
    return [part.scaled(across, down).moved(place.left, place.top) for part in found]


def each_once(parts: Iterable[Thing]) -> tuple[Thing, ...]:
    """Return the parts, best score first: what several looks show in one place once."""
    kept: list[Thing] = []
    for part in sorted(parts, key=lambda part: -part.score):
        same = (each for each in kept if each.label == part.label)
        if all(each.box.iou(part.box) <= SAME_PART for each in same):
            kept.append(part)
    return tuple(kept)


def deciding(networks: Networks) -> tuple[Part[Any], ...]:
    """Return the parts that decide here: that of bodies where its network may be used."""
    return (MODERATION, BODY_PARTS) if networks.ready("nudenet") else (MODERATION,)


def moderation_of(analysis: Analysis, *, whole: bool = False) -> ModerationVerdict:
    """Return what networks, and the service if there is one, say, beside what is too much.

    `whole` is for an answer: it is looked at as a whole, however long it is. Raises ModelError
    where the network is not here, StageAway where the service is needed and away.
    """
    settings = analysis.networks.settings.moderation
    params = {"whole": True} if whole else {}
    nsfw, opinion = analysis.get(MODERATION, **params), opinion_of(analysis, **params)
    finds = BODY_PARTS in deciding(analysis.networks)
    parts = analysis.get(BODY_PARTS, **params) if finds else None
    return ModerationVerdict(
        nsfw=nsfw,
        threshold=settings.threshold,
        parts_threshold=settings.parts_threshold,
        parts=parts,
        opinion=opinion,
    )


MODERATION: Final[Part[float]] = Part(
    name="moderation",
    compute=_score,
    codec=json_codec(lambda score: score, float),
    version=4,
    params=("whole",),
    networks=(OPENNSFW,),
    input_size=lambda networks, size: networks.of(OPENNSFW).input_size(size),
    settings=frames_limit,
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
        sentence,
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
    version=4,
    params=("whole",),
    networks=(NUDENET,),
    input_size=lambda networks, size: networks.of(NUDENET).input_size(size),
    settings=frames_limit,
)
"""Which parts of bodies there are, for moderation alone."""
