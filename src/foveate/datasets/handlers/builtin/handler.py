"""The handler `foveate`: raw pictures in, pictures to be learnt from out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Final

from foveate.datasets.handlers.builtin import filters
from foveate.datasets.handlers.builtin.alike import LOOKED_AT, first_of_each, hash_of
from foveate.datasets.handlers.builtin.carry import carried
from foveate.datasets.handlers.builtin.chance import draws
from foveate.datasets.handlers.builtin.chosen import (
    BACKGROUNDS,
    chosen,
    needs_pictures,
    without_backgrounds,
)
from foveate.datasets.handlers.builtin.eyes import Eyes
from foveate.datasets.handlers.builtin.frame import Frame, aspect_of, framed, window_of
from foveate.datasets.handlers.builtin.looks import looked
from foveate.datasets.handlers.builtin.renditions import rendered
from foveate.datasets.handlers.builtin.schema import COLOURS, FACE, NONE, OTHERS, SALIENCY
from foveate.datasets.handlers.builtin.subjects import (
    composed,
    filling,
    has_subject,
    of_subject,
    plain,
)
from foveate.datasets.packed import Packed
from foveate.datasets.sample import Made
from foveate.errors import ImageError
from foveate.geometry.box import Size
from foveate.imaging import turbo
from foveate.imaging.encode import EncodeOptions, encode
from foveate.imaging.pixels import from_array
from foveate.imaging.warp import warped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from foveate.app import App
    from foveate.datasets.handlers.builtin.renditions import Rendered
    from foveate.datasets.sample import Instance, Sample

    Read = Callable[[str], bytes]
    Others = Callable[[str], NDArray[np.uint8] | None]
    """Pictures by their source, checked; None for what is none."""

MATTE: Final = "matte.png"


@dataclass(frozen=True, slots=True)
class Foveate:
    """The handler, with its configuration."""

    app: App
    config: Mapping[str, Any]
    hands: int = 1
    """How many pictures are looked at at once, before anything is made."""

    def select(self, samples: Sequence[Sample], read: Read, seed: int) -> Iterator[Sample]:
        """Yield the samples that are used, in their order, each with its split."""
        looks = needs_pictures(self.config)
        kept = partial(self._without_repeats, read=read) if looks else None
        return chosen(samples, self.config, seed, kept)

    def prepare(self, sample: Sample, data: bytes, read: Read, seed: int) -> Iterator[Made]:
        """Yield what is made of a sample: nothing of one that is left out.

        Raises ImageError, SourceTooLarge for more bytes than raw data gives, and PictureBlocked
        where moderation is enforced and flags the picture, the one that its subject is put on, or
        anything that was made.
        """
        eyes = Eyes(self.app, self.app.source_of(data))
        if not filters.passes(eyes, self.config):
            return
        eyes.check()
        # Read and judged once, however many variations stand before it.
        others = cache(partial(self._other, read))
        for made in self._made(sample, eyes, others, seed):
            eyes.check_made(made.data)
            yield made

    def _without_repeats(self, samples: Packed, read: Read) -> Packed:
        """Return samples without those that look like an earlier one; what is none is kept."""
        seen = list(self._hashes(samples, read))
        others = {key for key, seen_as in seen if seen_as is None}
        hashes = ((key, seen_as) for key, seen_as in seen if seen_as is not None)
        kept = others.union(first_of_each(hashes, self.config["duplicates"]))
        return Packed(sample for sample in samples if sample.key in kept)

    def _hashes(self, samples: Sequence[Sample], read: Read) -> Iterator[tuple[str, int | None]]:
        """Yield the hash of each sample, in order; None of what is no picture."""
        with ThreadPoolExecutor(self.hands) as hands:
            for start in range(0, len(samples), self.hands):
                few = samples[start : start + self.hands]
                # They come by one pipe, one after the other.
                pictures = [read(each.source) for each in few]
                yield from zip((e.key for e in few), hands.map(self._hash, pictures), strict=True)

    def _hash(self, data: bytes) -> int | None:
        try:
            eyes = Eyes(self.app, self.app.source_of(data))
            return hash_of(eyes.pixels(eyes.size.within(LOOKED_AT)))
        except ImageError:
            return None

    def _made(self, sample: Sample, eyes: Eyes, others: Others, seed: int) -> Iterator[Made]:
        config, number = self.config, 0
        for text in config["options"]:
            start = rendered(eyes, text, config["redact"])
            if config["backgrounds"] != NONE and not has_subject(start.eyes.matte):
                continue
            found = self._found(start.eyes)
            for _ in range(config["variations_per_sample"]):
                chance = draws(seed, sample.source, number)
                window = window_of(config, start.eyes.size, found, chance)
                frame = framed(config, window, chance)
                yield self._variation(sample, start, frame, others, chance, number)
                number += 1

    def _found(self, eyes: Eyes) -> Any:  # noqa: ANN401 - a box, or None
        crop = self.config["crop"]
        if crop not in {FACE, SALIENCY}:
            return None
        return eyes.window(crop, aspect_of(self.config, eyes.size), self.config["zoom"])

    def _variation(
        self,
        sample: Sample,
        start: Rendered,
        frame: Frame,
        others: Others,
        chance: np.random.Generator,
        number: int,
    ) -> Made:
        pixels = self._pixels(start.eyes, frame)
        instances = self._instances(sample, start, frame)
        matte = self._matte(start.eyes, frame)
        if matte is not None:
            pixels, instances = self._placed(pixels, matte, instances, sample, others, chance)
        return Made(
            key=f"{sample.key}-{number:03d}",
            data=self._written(looked(pixels, self.config, chance)),
            ext=self.config["format"],
            size=frame.size,
            group=sample.group,
            labels=sample.labels,
            instances=instances,
            targets=self._targets(matte),
            attributes=without_backgrounds(sample.attributes),
        )

    def _pixels(self, eyes: Eyes, frame: Frame) -> NDArray[np.uint8]:
        seen, beyond = frame.seen(eyes.size), _colour(self.config["fill"])
        return warped(eyes.pixels(seen), frame.of(seen, eyes.size), frame.size, beyond)

    def _instances(self, sample: Sample, start: Rendered, frame: Frame) -> tuple[Instance, ...]:
        whole, least = start.matrix.then(frame.matrix), self.config["min_visible"]
        # What an option string cut off is not back where a turn shows what lies beyond.
        there = carried(sample.instances, whole, frame.size, least, start.part)
        matte = start.cut_by() if there else None
        if matte is None:
            return there
        return of_subject(there, _framed(matte, frame))

    def _matte(self, eyes: Eyes, frame: Frame) -> NDArray[np.uint8] | None:
        """Return which pixels are subject, where that is asked for."""
        if not self.config["matte"] and self.config["backgrounds"] == NONE:
            return None
        return _framed(eyes.matte, frame)

    def _targets(self, matte: NDArray[np.uint8] | None) -> dict[str, bytes]:
        if matte is None or not self.config["matte"]:
            return {}
        return {MATTE: encode(from_array(matte), EncodeOptions(format="png"))}

    def _placed(
        self,
        pixels: NDArray[np.uint8],
        matte: NDArray[np.uint8],
        instances: tuple[Instance, ...],
        sample: Sample,
        others: Others,
        chance: np.random.Generator,
    ) -> tuple[NDArray[np.uint8], tuple[Instance, ...]]:
        """Return a subject on another background, and the things that came along."""
        behind = self._behind(sample, pixels, others, chance)
        if behind is None:
            return pixels, instances
        return composed(pixels, matte, behind), of_subject(instances, matte)

    def _behind(
        self,
        sample: Sample,
        pixels: NDArray[np.uint8],
        others: Others,
        chance: np.random.Generator,
    ) -> NDArray[np.uint8] | None:
        size = _size(pixels)
        if self.config["backgrounds"] == COLOURS:
            return plain(size, chance)
        if self.config["backgrounds"] != OTHERS:
            return None
        named = (sample.attributes.get(each) for each in BACKGROUNDS)
        read = (others(source) for source in named if isinstance(source, str))
        behind = next((each for each in read if each is not None), None)
        return None if behind is None else filling(behind, size)

    def _other(self, read: Read, source: str) -> NDArray[np.uint8] | None:
        eyes = Eyes(self.app, self.app.source_of(read(source)))
        try:
            eyes.check()
            return eyes.pixels(eyes.size)
        except ImageError:
            return None  # it is left out itself, and nobody else for it

    def _written(self, pixels: NDArray[np.uint8]) -> bytes:
        """Return (height, width, 3) RGB as a file."""
        name, quality = self.config["format"], self.config["quality"]
        if name == "jpg":
            return turbo.encoded(pixels, quality)
        return encode(from_array(pixels), EncodeOptions(format=name, quality=quality))


def _framed(matte: NDArray[np.uint8], frame: Frame) -> NDArray[np.uint8]:
    """Return a matte as (height, width) of a variation; nothing is subject beyond it."""
    framed = warped(matte, frame.matrix, frame.size, [0])
    return framed.reshape(framed.shape[:2])


def _colour(fill: str) -> list[float] | None:
    """Return the colour of six hex digits; None for a mirrored picture."""
    return None if fill == "mirror" else [int(fill[at : at + 2], 16) for at in (0, 2, 4)]


def _size(pixels: NDArray[np.uint8]) -> Size:
    height, width = pixels.shape[:2]
    return Size(width, height)
