"""What hides text: every line that may be one, rather one too many."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from foveate.service.networks import Network
from foveate.service.part import Part, json_codec
from foveate.service.parts.grounds import on_each_ground
from foveate.service.parts.shown import AS_IT_IS, Shown, as_it_is, remembered, ways
from foveate.service.parts.text import finding_bytes
from foveate.transform.patch import RedactionPatch, patches_over_lines
from foveate.vision.text import TextDetector

if TYPE_CHECKING:
    from foveate.imaging import Image
    from foveate.ports import LineDetector
    from foveate.service.analysis import Analysis
    from foveate.service.networks import Networks
    from foveate.service.parts.grounds import OnAnyGround

    Patches = tuple[RedactionPatch, ...]

FINE_SIDE: Final = 1280
"""Small print shows in a finer look, where large letters fall apart."""
FINE_ENLARGE: Final = 3.0
FAINT: Final = 0.2
"""From this probability on a place counts as text here."""


def _make(networks: Networks, *, fine: bool = False) -> LineDetector:
    text = networks.settings.text
    return TextDetector(
        networks.session("text-detection"),
        long_side=FINE_SIDE if fine else text.long_side,
        max_enlarge=FINE_ENLARGE if fine else 2.0,
        score=text.redact_score,
        ink=FAINT,
        most=None,
    )


DETECTOR: Final[Network[LineDetector]] = Network("hidden-text", _make, ("text-detection",))
FINE_DETECTOR: Final[Network[LineDetector]] = Network(
    "fine-hidden-text", partial(_make, fine=True), ("text-detection",)
)


def _compute(analysis: Analysis, shown: Shown) -> Patches:
    # Pixels of its own, so that the colours never depend on the answer's size.
    return _patches(analysis, analysis.pixels.at(0.0).thumbnail, shown)


def text_hidden_in(analysis: Analysis, frame: Image, shown: Shown = AS_IT_IS) -> Patches:
    """Return what hides every line of text in one frame of an animation."""
    return _patches(analysis, partial(analysis.pixels.thumbnail_of, frame), shown)


def _patches(analysis: Analysis, picture: OnAnyGround, shown: Shown) -> Patches:
    patches: list[RedactionPatch] = []
    alpha = analysis.pixels.facts.alpha
    for network in (FINE_DETECTOR, DETECTOR):
        detect = analysis.networks.of(network)
        size = detect.input_size(analysis.size)
        for thumbnail in on_each_ground(picture, size, alpha=alpha):
            whole = remembered(thumbnail)
            for way in ways(shown):
                analysis.pixels.deadline.check()  # of an animation there are hundreds to look at
                seen = detect.input_size(way.size(analysis.size))
                found = detect(way.thumbnail(whole, seen))
                lines = [way.back(line, seen, size) for line in found]
                patches += patches_over_lines(whole(size), lines, analysis.size)
    return tuple(patches)


HIDDEN_TEXT: Final[Part[Patches]] = Part(
    name="hidden-text",
    compute=_compute,
    codec=json_codec(
        lambda patches: [patch.to_json() for patch in patches],
        lambda rows: tuple(map(RedactionPatch.from_json, rows)),
    ),
    params=("shown",),
    settle=as_it_is,
    version=3,
    networks=(DETECTOR, FINE_DETECTOR),
    settings=lambda settings: settings.text.redact_score,
    # One look after the other.
    memory_bytes=lambda settings, **_: finding_bytes(max(FINE_SIDE, settings.text.long_side)),
)
