"""What each effect takes of a core at 2 megapixels, and what drawing its mask takes.

    python benchmarks/effects.py [--quick]

Processor time of this process, the median of the rounds, less that of the same rendition without
any: neither decoding nor encoding is counted, nor the network that finds a subject.
"""

from __future__ import annotations

import argparse
import time
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, Final

from results import Check, Outcome, Table, tell

from foveate.app import create
from foveate.deadline import Deadline
from foveate.geometry.box import Size
from foveate.imaging import Image
from foveate.imaging.pixels import brought_to
from foveate.models.supply.weights import FileState, catalogue, verify, where
from foveate.options.grammar import parse_options
from foveate.settings import load
from foveate.trace import Trace

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.app import App
    from foveate.storage.source import Source

NAME, TITLE = "effects", "Effects: a part of a picture changed"
PHOTO: Final = "astronaut"
SIZE: Final = Size(1448, 1448)
"""2.1 megapixels."""
ROUNDS, QUICK = 7, 3
MOST_MS: Final = 400.0
"""For the dearest effect on a subject."""
EFFECTS: Final = {
    "lens": "effect.lens=8",
    "blur": "effect.blur=12",
    "pixelate": "effect.pixelate=20",
    "brightness": "effect.brightness=1.2",
    "contrast": "effect.contrast=1.2",
    "saturation": "effect.saturation=1.4",
    "grayscale": "effect.grayscale=true",
    "duotone": "effect.duotone=navy:%23ffd9a0",
    "tint": "effect.tint=%23c8781e",
    "sharpen": "effect.sharpen=2",
}
MASKS: Final = {
    "all of it": "",
    "background": ",mask=subject,effect.invert=true",
    "tilt-shift": ",mask=line:0.5x0x0.5x0.45|line:0.5x1x0.5x0.6",
}


def measured(*, quick: bool = False) -> Outcome:
    """Measure, and return what came of it."""
    models = load().models
    card = {card.name: card for card in catalogue(models)}[PHOTO]
    if verify(card, models) is not FileState.OK:
        return Outcome(NAME, TITLE, skipped=f"needs the sample {PHOTO}: foveate models pull")
    app = create(load())
    large = brought_to(Image.new_from_file(str(where(card, models))), SIZE)
    photo = app.source_of(large.pngsave_buffer(compression=1))
    spent = partial(_spent_ms, app, photo, QUICK if quick else ROUNDS)
    plain = spent("")
    rows = [
        (name, *(f"{spent(f'{text}{mask}') - plain:.0f}" for mask in MASKS.values()))
        for name, text in EFFECTS.items()
    ]
    dearest = max(float(row[2]) for row in rows)
    table = Table(f"ms of a core at {SIZE.area / 1e6:.1f} MP", ("effect", *MASKS), rows)
    check = Check(
        "dearest effect on a background", f"<= {MOST_MS:.0f} ms", f"{dearest:.0f} ms",
        dearest <= MOST_MS,
    )  # fmt: skip
    return Outcome(NAME, TITLE, checks=[check], tables=[table])


def _spent_ms(app: App, photo: Source, rounds: int, options: str) -> float:
    asked = parse_options(f"format=jpeg,compression=fast,{options}").options
    render: Callable[[], object] = partial(
        app.renderer.with_pixels,
        photo,
        asked,
        {},
        deadline=Deadline(time.monotonic() + 3600),
        trace=Trace(),
    )
    render()  # what networks see is remembered
    times = []
    for _ in range(rounds):
        start = time.process_time()
        render()
        times.append(1000 * (time.process_time() - start))
    return median(times)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="few rounds")
    tell(measured(quick=parser.parse_args().quick))
