"""How well pictures are enlarged and cleaned, against Lanczos and against leaving them.

    python benchmarks/upscale.py [--quick]

prints what `run.py --only upscale` measures. Photographs are made half as large and enlarged to
what they were: PSNR and SSIMULACRA2 of the answer against the original. They are shrunk in three
ways, because networks that learned one of them lose with the others; what is asked for is asked of
areas, the mean of four pixels. Times are of the processor, one thread.
"""

from __future__ import annotations

import sys
import time
from functools import cache, partial
from io import BytesIO
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image
from results import DATA, Check, Outcome, Table, tell, without_data

from foveate.errors import ModelError
from foveate.models.runtime.engines import open_onnxruntime, open_openvino
from foveate.models.runtime.openvino_engine import installed
from foveate.models.runtime.processor import this_processor
from foveate.models.supply.cards import choose
from foveate.models.supply.weights import catalogue
from foveate.options.model import Upscale
from foveate.service.enlarging import CARDS, noise_of
from foveate.settings import load
from foveate.transform.enlargement import Enlargement
from foveate.vision.doubler import BEST, Doubler
from foveate.vision.score import Score
from foveate.vision.upscaler import Noise, Waifu2x

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from foveate.ports import Session

    Pixels = NDArray[np.uint8]
    Marks = tuple[float, float]
    Double = Callable[[Pixels, int | None], Pixels]
    """Doubles a JPEG of that quality, or what never was one."""

NAME, TITLE = "upscale", "Pictures enlarged and cleaned"
GAINS: Final = (2.0, 7.0)
"""Decibels and points of SSIMULACRA2 over Lanczos at twice the sides, of what areas shrank."""
QUALITIES: Final = (30, 50, 60, 70, 80, 90)
QUICK: Final = 1
EVERYDAY: Final = 16
ENLARGED, KEPT = (Enlargement(passes=passes, area=1) for passes in (1, 0))


def photos(count: int | None) -> list[Pixels]:
    """Return the photographs, which nobody ever compressed."""
    files = sorted((DATA / "kodak").glob("*.png"))[:count]
    return [np.asarray(Image.open(file).convert("RGB")) for file in files]


def everyday(count: int) -> list[Pixels]:
    """Return photographs of everyday life, 400 x 300: so small that no JPEG is left in them."""
    files = sorted((DATA / "osie").glob("**/*.jpg"))[::6][:count]
    return [by_area(np.asarray(Image.open(file).convert("RGB")), 2) for file in files]


def by_area(rgb: Pixels, times: int) -> Pixels:
    """Return a picture whose pixels are the means of squares of `times` pixels."""
    height, width, _ = rgb.shape
    squares = rgb.reshape(height // times, times, width // times, times, 3)
    return np.rint(squares.mean((1, 3))).astype(np.uint8)


def by(kernel: Image.Resampling, rgb: Pixels, times: int) -> Pixels:
    """Return a picture shrunk by Pillow."""
    height, width, _ = rgb.shape
    small = Image.fromarray(rgb).resize((width // times, height // times), kernel)
    return np.asarray(small)


SHRUNK: Final[dict[str, Callable[[Pixels, int], Pixels]]] = {
    "areas": by_area,
    "bicubic": partial(by, Image.Resampling.BICUBIC),
    "Lanczos": partial(by, Image.Resampling.LANCZOS),
}


def lanczos(rgb: Pixels, times: int) -> Pixels:
    """Return a picture enlarged by Pillow."""
    height, width, _ = rgb.shape
    size = (width * times, height * times)
    return np.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.LANCZOS))


def compressed(rgb: Pixels, quality: int) -> Pixels:
    """Return what a JPEG of that quality shows."""
    out = BytesIO()
    Image.fromarray(rgb).save(out, "JPEG", quality=quality)
    return np.asarray(Image.open(BytesIO(out.getvalue())).convert("RGB"))


def marks(original: Pixels, made: Pixels) -> Marks:
    """Return PSNR in decibels, and SSIMULACRA2."""
    error = np.square(original.astype(np.float64) - made).mean()
    return float(10 * np.log10(255**2 / error)), Score(original)(made)


def mean(found: Sequence[Marks]) -> Marks:
    """Return the mean of each."""
    decibels, points = np.mean(found, axis=0)
    return float(decibels), float(points)


def upscaler(engine: str) -> Waifu2x:
    """Return ours on one thread of an engine, OpenVINO as fast as it can here."""
    settings = load()
    precision = "bf16" if this_processor().bf16 else "f32"

    @cache
    def session(name: str) -> Session:
        (card,) = choose(catalogue(settings.models), [name])
        if engine == "openvino":
            return open_openvino(card, settings.models, settings.runtime, precision)
        return open_onnxruntime(card, settings.models, settings.runtime)

    return Waifu2x({noise: partial(session, card) for noise, card in CARDS.items()})


def fetched(ours: Waifu2x) -> Double:
    """Return what doubles where waifu2x is here."""

    def double(rgb: Pixels, quality: int | None = None) -> Pixels:
        return ours.doubled(rgb, noise_of(ENLARGED, Upscale.GENERATE, quality))

    return double


def packaged(rgb: Pixels, quality: int | None = None) -> Pixels:
    """Return a picture at twice its sides by the network of the package."""
    return Doubler().doubled(rgb, BEST if quality is None else quality)


def grown(double: Double, rgb: Pixels, times: int, quality: int | None = None) -> Pixels:
    """Return a picture at two or four times its sides, as the service makes it."""
    made = double(rgb, quality)
    return made if times == 2 else double(made, None)


def enlarged(
    double: Double, originals: Sequence[Pixels], *factors: int
) -> dict[str, tuple[Marks, Marks]]:
    """Return marks of Lanczos and of a network, by how pictures were shrunk and how far."""
    found = {}
    for times in factors:
        for name, shrink in SHRUNK.items():
            pairs = [(rgb, shrink(rgb, times)) for rgb in originals]
            plain = mean([marks(rgb, lanczos(small, times)) for rgb, small in pairs])
            better = mean([marks(rgb, grown(double, small, times)) for rgb, small in pairs])
            found[f"{times}x, shrunk by {name}"] = plain, better
    return found


def of_jpegs(double: Double, originals: Sequence[Pixels]) -> dict[str, tuple[Marks, Marks]]:
    """Return marks of Lanczos and of a network where what is enlarged was a JPEG."""
    found = {}
    for quality in QUALITIES:
        pairs = [(rgb, compressed(by_area(rgb, 2), quality)) for rgb in originals]
        plain = mean([marks(rgb, lanczos(small, 2)) for rgb, small in pairs])
        better = mean([marks(rgb, grown(double, small, 2, quality)) for rgb, small in pairs])
        found[f"2x, a JPEG of quality {quality}"] = plain, better
    return found


def cleaned(ours: Waifu2x, originals: Sequence[Pixels]) -> dict[str, tuple[Marks, Marks]]:
    """Return marks of JPEGs as they are and cleaned, at the size of the original."""
    found = {}
    for quality in QUALITIES:
        noise = noise_of(KEPT, Upscale.CLEAN, quality)
        if noise is Noise.NONE:
            continue
        pairs = [(rgb, compressed(rgb, quality)) for rgb in originals]
        plain = mean([marks(rgb, seen) for rgb, seen in pairs])
        better = mean([marks(rgb, ours.cleaned(seen, noise)) for rgb, seen in pairs])
        found[f"clean, a JPEG of quality {quality}"] = plain, better
    return found


def seconds(double: Double, rgb: Pixels) -> float:
    """Return the seconds of processor time that a million pixels of a source take."""
    double(rgb, None)  # loads the network
    start = time.process_time()
    double(rgb, None)
    return (time.process_time() - start) / (rgb.shape[0] * rgb.shape[1] / 1e6)


def rows(found: dict[str, tuple[Marks, Marks]]) -> list[tuple[str, ...]]:
    """Return the lines of a table."""
    return [
        (
            name,
            f"{before[0]:.2f} / {before[1]:.1f}",
            f"{after[0]:.2f} / {after[1]:.1f}",
            f"{after[0] - before[0]:+.2f} / {after[1] - before[1]:+.1f}",
        )
        for name, (before, after) in found.items()
    ]


def upscale(*, quick: bool) -> Outcome:
    """Measure what is gained, and what it takes."""
    originals = photos(QUICK if quick else None)
    if not originals:
        return without_data(NAME, TITLE)
    outcome, ours = Outcome(NAME, TITLE), upscaler("onnxruntime")
    more = everyday(QUICK if quick else EVERYDAY)
    header = ("what", "Lanczos: PSNR / SSIMULACRA2", "enlarged", "gain")
    small = by_area(originals[0], 2)
    spent = {"the network of the package": seconds(packaged, small)}
    try:
        for name, double in (("waifu2x", fetched(ours)), ("the network of the package", packaged)):
            found = enlarged(double, originals, 2, 4)
            outcome.tables += [
                Table(f"{len(originals)} photographs of Kodak, 768 x 512, by {name}", header,
                      rows(found | of_jpegs(double, originals))),
                Table(f"{len(more)} everyday photographs, by {name}", header,
                      rows(enlarged(double, more, 2))),
            ]  # fmt: skip
            outcome.checks.extend(checks(found["2x, shrunk by areas"], name))
        kept = cleaned(ours, originals)
        spent["waifu2x, onnxruntime"] = seconds(fetched(ours), small)
        if installed():
            spent["waifu2x, OpenVINO"] = seconds(fetched(upscaler("openvino")), small)
    except ModelError as why:
        outcome.skipped = str(why)
        return outcome
    header = ("what", "as it is: PSNR / SSIMULACRA2", "cleaned", "gain")
    outcome.tables.append(Table("The same, not enlarged", header, rows(kept)))
    lines = [(name, f"{each:.2f}") for name, each in spent.items()]
    header = ("network", "CPU s for each million pixels of the source, 2x")
    outcome.tables.append(Table("What it takes", header, lines))
    outcome.checks.append(clean_check(kept))
    return outcome


def checks(twice: tuple[Marks, Marks], by_which: str) -> list[Check]:
    """Return what a network must gain."""
    plain, ours = twice
    gains = (after - before for before, after in zip(plain, ours, strict=True))
    return [
        Check(f"2x against Lanczos, shrunk by areas, by {by_which}: {what}", f">= +{least}",
              f"{gain:+.2f}", gain >= least)
        for what, least, gain in zip(("PSNR in dB", "SSIMULACRA2"), GAINS, gains, strict=True)
    ]  # fmt: skip


def clean_check(kept: dict[str, tuple[Marks, Marks]]) -> Check:
    """Return what cleaning must gain."""
    worst = min(after[1] - before[1] for before, after in kept.values())
    what = "cleaned JPEGs against those as they are: SSIMULACRA2"
    return Check(what, "> 0 at each quality", f"{worst:+.2f} at the worst", worst > 0)


def main() -> None:
    """Print the measurement."""
    tell(upscale(quick="--quick" in sys.argv))


if __name__ == "__main__":
    main()
