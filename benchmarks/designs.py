"""What drawing a design takes of a core: a story of 1080 x 1920 with 12 blocks, in every format.

    python benchmarks/designs.py [--quick]

Wall time with one thread, the median of the rounds, warm: fonts are open. Files are as the settings
have them, with all of their colour where the format can: much of a design is letters. Pictures are
at hand at the size of their boxes, as renditions that are kept are; the last row brings them there
each time.
"""

from __future__ import annotations

import argparse
import time
from functools import cache
from statistics import median
from typing import TYPE_CHECKING, Final

from results import Check, Outcome, Table, tell

from foveate.design.drawing.document import pdf
from foveate.design.drawing.engine import installed
from foveate.design.drawing.raster import draw
from foveate.design.drawing.svg import svg
from foveate.design.drawing.typefaces import Typefaces
from foveate.design.fonts.shelf import shelf
from foveate.design.scene.model import (
    Align,
    Blend,
    Ellipse,
    Line,
    Page,
    Path,
    Picture,
    Rectangle,
    Run,
    Scene,
    Text,
    VAlign,
)
from foveate.design.scene.model import Fit as TextFit
from foveate.design.scene.paint import Cap, Linear, Radial, Shadow, Solid, Stop, Stroke
from foveate.geometry.box import Size
from foveate.imaging import Image
from foveate.imaging.encode import encode
from foveate.imaging.pixels import resampled
from foveate.models.supply.weights import FileState, catalogue, verify, where
from foveate.options.colours import colour
from foveate.service.draw import Drawing, encoding_of, format_named
from foveate.settings import Encoding, load

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from foveate.design.drawing.raster import Drawn

NAME, TITLE = "designs", "Designs: a story drawn and encoded"
MOST_MS: Final = 150.0
ROUNDS, QUICK = 15, 5
NEEDED: Final = ("coffee", "chelsea", "inter-700", "playfair-900", "oswald-600", "lora-400")


def _solid(text: str) -> Solid:
    return Solid(colour(text))


def _linear(angle: float, *texts: str) -> Linear:
    return Linear(
        angle, tuple(Stop(colour(text), at / (len(texts) - 1)) for at, text in enumerate(texts))
    )


def _cast(y: float, blur: float) -> Shadow:
    return Shadow(y=y, blur=blur, colour=colour("#0008"))


GLOW: Final = Radial((Stop(colour("#ffb36bcc"), 0), Stop(colour("#ffb36b00"), 0.7)))
CENTRED: Final = {"align": Align.CENTER, "valign": VAlign.MIDDLE, "weight": 700}
STORY: Final = Page(
    id="story",
    width=1080,
    height=1920,
    fill=_linear(160, "#1b1035", "#5a1e6b", "#e2542f"),
    blocks=(
        Ellipse(id="glow", x=-300, y=-260, width=1300, height=1300, fill=GLOW, blend=Blend.SCREEN),
        Rectangle(id="band", y=1460, width=1080, height=460, fill=_solid("#fff6ec")),
        Picture(
            id="photo",
            x=90,
            y=420,
            width=900,
            height=860,
            src="coffee",
            radius=(48,) * 4,
            shadow=_cast(24, 60),
        ),
        Path(
            id="wave",
            y=1400,
            width=1080,
            height=80,
            d="M0 40 Q 270 0 540 40 T 1080 40 V 80 H 0 Z",
            viewbox=(0, 0, 1080, 80),
            fill=_solid("#fff6ec"),
        ),
        Picture(
            id="small",
            x=760,
            y=1190,
            width=260,
            height=260,
            src="chelsea",
            rotation=6,
            radius=(130,) * 4,
            stroke=Stroke(colour=colour("#fff6ec"), width=12),
            shadow=_cast(8, 24),
        ),
        Text(
            id="kicker",
            x=90,
            y=130,
            width=900,
            height=60,
            runs=(Run(text="SLOW MORNINGS · EDITION 07"),),
            weight=600,
            size=30,
            letter_spacing=6,
            colour=colour("#ffd9b0"),
        ),
        Text(
            id="title",
            x=90,
            y=190,
            width=900,
            height=210,
            runs=(
                Run(text="Summer "),
                Run(text="roast", italic=True, weight=400, colour=colour("#ffd166")),
            ),
            font="Playfair Display",
            weight=900,
            size=150,
            fit=TextFit.SHRINK,
            line_height=1.1,
            colour=colour("#fff"),
            shadow=_cast(6, 18),
        ),
        Text(
            id="price",
            x=120,
            y=1200,
            width=250,
            height=110,
            runs=(Run(text="$12.90"),),
            font="Oswald",
            size=64,
            fill=_solid("#ffd166"),
            radius=(55,) * 4,
            shadow=_cast(6, 16),
            **CENTRED,  # type: ignore[arg-type]
        ),
        Text(
            id="body",
            x=90,
            y=1520,
            width=640,
            height=160,
            runs=(
                Run(
                    text="Two origins, one long Sunday. Whole beans, roasted on the day they "
                    "leave the house."
                ),
            ),
            font="Lora",
            size=38,
            line_height=1.35,
            colour=colour("#3a2440"),
        ),
        Text(
            id="button",
            x=90,
            y=1700,
            width=420,
            height=110,
            runs=(Run(text="Order now"),),
            size=40,
            colour=colour("#fff"),
            fill=_linear(90, "#e2542f", "#b3246a"),
            radius=(24,) * 4,
            **CENTRED,  # type: ignore[arg-type]
        ),
        Line(
            id="rule",
            x=90,
            y=1840,
            width=900,
            height=0,
            stroke=Stroke(colour=colour("#3a244055"), width=3, dash=(2, 10), cap=Cap.ROUND),
        ),
        Text(
            id="legal",
            x=90,
            y=1856,
            width=900,
            height=40,
            runs=(Run(text="Offer ends 31 August. While stocks last."),),
            size=22,
            colour=colour("#3a2440aa"),
        ),
    ),
)


def _photo(name: str) -> Image:
    models = load().models
    card = {card.name: card for card in catalogue(models)}[name]
    return Image.new_from_file(str(where(card, models))).copy_memory()


def brought(src: str, _: str, width: int, height: int) -> NDArray[np.uint8]:
    """Return a sample picture that covers a box."""
    image = _opened(src)
    grow = max(width / image.width, height / image.height)
    size = Size(max(round(image.width * grow), width), max(round(image.height * grow), height))
    large = resampled(image, size)
    left, top = (large.width - width) // 2, (large.height - height) // 2
    part: NDArray[np.uint8] = large.crop(left, top, width, height).bandjoin(255).numpy()
    return part


_opened = cache(_photo)
kept = cache(brought)


def _encoded(drawn: Drawn, name: str) -> bytes:
    return encode(drawn.image(), encoding_of(Drawing(format_named(name)), Encoding()))


def _took_ms(work: Callable[[], object], rounds: int) -> float:
    work()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - start))
    return median(times)


def designs(*, quick: bool = False) -> Outcome:
    """Measure, and return what came of it."""
    models = load().models
    cards = {card.name: card for card in catalogue(models)}
    lacking = [name for name in NEEDED if verify(cards[name], models) is not FileState.OK]
    if lacking or not installed():
        return Outcome(NAME, TITLE, skipped=f"needs foveate[design], and {', '.join(lacking)}")
    typefaces, rounds = Typefaces(shelf(models)), QUICK if quick else ROUNDS
    drawn = draw(STORY, typefaces, kept)
    works: dict[str, Callable[[], object]] = {
        "pixels": lambda: draw(STORY, typefaces, kept),
        "JPEG": lambda: _encoded(draw(STORY, typefaces, kept), "jpeg"),
        "WebP": lambda: _encoded(draw(STORY, typefaces, kept), "webp"),
        "PNG": lambda: _encoded(draw(STORY, typefaces, kept), "png"),
        "AVIF": lambda: _encoded(draw(STORY, typefaces, kept), "avif"),
        "PDF": lambda: pdf(Scene(name="Story", pages=(STORY,)), typefaces, kept),
        "SVG": lambda: svg(STORY, typefaces, kept),
        "JPEG, pictures resized": lambda: _encoded(draw(STORY, typefaces, brought), "jpeg"),
    }
    took = {name: _took_ms(work, rounds) for name, work in works.items()}
    blocks = f"{len(STORY.blocks)} blocks, {drawn.pixels.shape[1]} x {drawn.pixels.shape[0]}"
    rows = [(name, f"{ms:.0f}") for name, ms in took.items()]
    checks = [
        Check(f"{name}, {blocks}", f"<= {MOST_MS:.0f} ms", f"{took[name]:.0f} ms", met)
        for name in ("pixels", "JPEG", "PNG")
        for met in (took[name] <= MOST_MS,)
    ]
    return Outcome(NAME, TITLE, checks=checks, tables=[Table("ms of a core", ("to", "ms"), rows)])


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="few rounds")
    tell(designs(quick=parser.parse_args().quick))
