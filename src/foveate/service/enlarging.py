"""Pictures enlarged and cleaned by a network: by which one, what that takes, and what is told."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final

from foveate.errors import WeightsMissing
from foveate.imaging.jpeg_quality import jpeg_quality
from foveate.imaging.transparent import Parted, joined, parted
from foveate.options.model import Upscale
from foveate.service.networks import Network
from foveate.service.unfinished import telling
from foveate.settings import MIB
from foveate.transform.enlargement import (
    check_enlargement,
    may_zoom,
    planned,
    possible,
    unzoomed,
)
from foveate.values import ImageFormat
from foveate.vision.doubler import BEST, CONTEXT, Doubler
from foveate.vision.tiles import doubled_alpha
from foveate.vision.upscaler import Noise, Waifu2x

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from foveate.imaging import Image
    from foveate.options.model import TransformOptions
    from foveate.ports import Picture
    from foveate.service.analysis import Analysis
    from foveate.service.networks import Networks
    from foveate.settings import Limits
    from foveate.transform.enlargement import Enlargement
    from foveate.transform.layout import Layout
    from foveate.transform.plan import Plan
    from foveate.values import Facts
    from foveate.vision.tiles import Pixels

CARDS: Final[Mapping[Noise, str]] = {
    Noise.NONE: "waifu2x",
    Noise.LIGHT: "waifu2x-noise0",
    Noise.STRONG: "waifu2x-noise2",
}
STRONG_UP_TO: Final = 75
"""Quality of a JPEG up to which much is taken out of it; of better ones it is a little."""
CLEANED_UP_TO: Final = 85
"""Beyond it, cleaning may lose more than it gains where nothing is enlarged. Both were measured on
12 photographs: at each quality what is chosen gains the most (benchmarks/upscale.py)."""
BESIDE: Final = CONTEXT + CONTEXT // 2 + 3
"""Pixels beside those that are kept: two passes look at so many, and interpolation at some."""
LATE: Final = (
    "Enlarging by a network took longer than a picture may take (limits.timeout_s). Show a smaller "
    "part, or let upscale=interpolate enlarge."
)
WORKING_BYTES: Final = 60 * MIB
"""What the network works with, measured: two tiles at a time."""
PIXEL_BYTES: Final = 4
"""Of a picture that may be transparent, in 8 bits."""


def _make(networks: Networks) -> Waifu2x:
    return Waifu2x({noise: networks.session(card) for noise, card in CARDS.items()})


UPSCALER: Final[Network[Waifu2x]] = Network("upscaler", _make, tuple(CARDS.values()))
DOUBLER: Final[Network[Doubler]] = Network("doubler", lambda _: Doubler(), ())
"""What enlarges where weights of the other one are not here."""
SUSPECTED: Final = 85
"""What `clean` takes the quality for of what does not tell it, where DOUBLER enlarges."""


def noise_of(work: Enlargement, asked: Upscale, quality: int | None) -> Noise:
    """Return what is taken out of a picture of that JPEG quality, None where it is no JPEG."""
    if quality is None:
        return Noise.LIGHT if asked is Upscale.CLEAN else Noise.NONE
    if quality <= STRONG_UP_TO:
        return Noise.STRONG
    return Noise.LIGHT if work.passes or quality <= CLEANED_UP_TO else Noise.NONE


def quality_of(picture: Picture) -> int | None:
    """Return the quality at which a picture was compressed; None where it does not tell."""
    return jpeg_quality(picture.data) if picture.facts.format is ImageFormat.JPEG else None


@dataclass(frozen=True, kw_only=True)
class Enlarging:
    """What is done to one picture, once it is known what of it is shown."""

    picture: Picture
    options: TransformOptions
    plan: Plan

    @cached_property
    def quality(self) -> int | None:
        """Return the quality at which the source was compressed; None where it does not tell."""
        return quality_of(self.picture)

    @cached_property
    def done(self) -> tuple[Enlargement, Noise] | None:
        """Return what a network does, and what it takes out; None where it has nothing to do."""
        found = None if self.picture.facts.exact else planned(self.options, self.plan)
        if found is None:
            return None
        noise = noise_of(found, self.options.upscale, self.quality)
        return (found, noise) if found.passes or noise is not Noise.NONE else None

    @property
    def work(self) -> Enlargement | None:
        """Return what a network does, likewise."""
        return self.done[0] if self.done else None

    def told(self, networks: Networks) -> dict[str, Any] | None:
        """Return what `explain` says of it; None where a network has nothing to do."""
        if self.done is None:
            return None
        work, noise = self.done
        return {
            "model": DOUBLER.name if work.passes and stands_in(networks, noise) else CARDS[noise],
            "times": 2**work.passes,
            "pixels": work.looked_at,
            "jpeg_quality": self.quality,
            "noise": str(noise),
        }

    def by(self, analysis: Analysis) -> Enlarger | None:
        """Return what does it; None where a network has nothing to do."""
        if self.done is None:
            return None
        work, noise = self.done
        unknown = SUSPECTED if self.options.upscale is Upscale.CLEAN else BEST
        quality = unknown if self.quality is None else self.quality
        return Enlarger(analysis, noise, quality, work.passes, self.options.gamut)


@dataclass(frozen=True, slots=True)
class Enlarger:
    """transform.state.Enlarge: doubles what it is given so many times, or only cleans it."""

    analysis: Analysis
    noise: Noise
    quality: int
    passes: int
    gamut: str

    @property
    def beside(self) -> int:
        """Return how many pixels beside those that are kept it looks at."""
        return BESIDE

    def __call__(self, image: Image) -> Image:
        """Return a part of a picture, as stored, in 8 bits; some tiles are worked on at a time.

        Raises WeightsMissing, of all that the network lacks.
        """
        networks, trace = self.analysis.networks, self.analysis.pixels.trace
        with trace.span("upscale"), telling(trace, LATE):
            try:
                return joined(self._made(parted(image, self.gamut)))
            except WeightsMissing as why:
                raise networks.without(*why.names, *networks.lacking(UPSCALER)) from None

    def _made(self, parts: Parted) -> Parted:
        if not self.passes:
            return self._cleaned(parts)
        for number in range(self.passes):
            parts = self._doubled(parts, first=not number)
        return parts

    def _cleaned(self, parts: Parted) -> Parted:
        network, each = self.analysis.networks.of(UPSCALER), self.analysis.each
        return Parted(network.cleaned(parts.rgb, self.noise, each), parts.alpha, parts.profile)

    def _doubled(self, parts: Parted, *, first: bool) -> Parted:
        noise, quality = (self.noise, self.quality) if first else (Noise.NONE, BEST)
        rgb = self._doubling(noise, quality)(parts.rgb)
        if parts.alpha is None:
            return Parted(rgb, None, parts.profile)
        alpha = doubled_alpha(self._doubling(Noise.NONE, BEST), parts.alpha)
        return Parted(rgb, alpha, parts.profile)

    def _doubling(self, noise: Noise, quality: int) -> Callable[[Pixels], Pixels]:
        networks, each = self.analysis.networks, self.analysis.each
        if stands_in(networks, noise):
            return partial(networks.of(DOUBLER).doubled, quality=quality, each=each)
        return partial(networks.of(UPSCALER).doubled, noise=noise, each=each)


def stands_in(networks: Networks, noise: Noise) -> bool:
    """Return whether DOUBLER enlarges: where the weights for that noise are not here."""
    return CARDS[noise] in networks.lacking(UPSCALER)


def check_known(picture: Picture, layout: Layout, frames: int, limits: Limits) -> None:
    """Raise UpscaleTooLarge where it is too much for a network before anybody has looked."""
    found = None if picture.facts.exact or may_zoom(layout) else unzoomed(layout)
    if found is None:
        return
    asked = layout.options.upscale
    if found.passes or noise_of(found, asked, quality_of(picture)) is not Noise.NONE:
        check_enlargement(found, limits, frames)


def fingerprint(networks: Networks, options: TransformOptions) -> str:
    """Return what changes when a network may make other pixels; empty where none is asked for."""
    overlaid = (overlay.options.upscale for overlay in options.draw)
    if all(asked is Upscale.INTERPOLATE for asked in (options.upscale, *overlaid)):
        return ""
    doubling = networks.identity(DOUBLER) if networks.lacking(UPSCALER) else ""
    return f" {networks.identity(UPSCALER)}{doubling}"


def enlarging_bytes(layout: Layout, facts: Facts) -> int:
    """Return an upper estimate of what a network takes that enlarges or cleans a picture.

    Beside the decoded one, and what is made of the last.
    """
    works = () if facts.exact else possible(layout)
    # What goes in and what comes out of the last pass at once, colours and alpha apart and joined.
    pixels = (2 * work.looked_at + 2 * work.made for work in works)
    return WORKING_BYTES + PIXEL_BYTES * max(pixels) if works else 0
