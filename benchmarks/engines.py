"""Each network in each engine: time, memory, and what it does to the quality of the answers.

    python benchmarks/engines.py [--quick]

Every figure of cost comes from a fresh process; the ways take turns. Quality is measured on
ground truth that is not part of the project; without it only cost is.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from functools import cache, partial
from statistics import median
from typing import TYPE_CHECKING, Final

import numpy as np
import processes
from results import DATA, Check, Outcome, Table, score
from rounds import three_digits

from foveate.geometry.box import Size
from foveate.imaging import Image, start
from foveate.imaging.pixels import brought_to, from_array, to_array
from foveate.models.runtime.engines import VARIANTS, open_onnxruntime, open_openvino
from foveate.models.runtime.processor import this_processor
from foveate.models.supply.cards import choose
from foveate.models.supply.recipes import pattern
from foveate.models.supply.weights import FileState, allowed, catalogue, verify
from foveate.service.parity import CARDS
from foveate.settings import load
from foveate.vision.embedding import MobileFaceNet
from foveate.vision.faces import RetinaFace
from foveate.vision.matting import IsNet
from foveate.vision.saliency import Gaze

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from foveate.models.supply.card import ModelCard
    from foveate.ports import Session
    from foveate.settings import Models, Settings

TITLE: Final = "Engines"
THREADS: Final = (1,)
"""Of one inference, as the settings have it: requests already run side by side."""
TIMED_S: Final = 3.0
SHAPES: Final = {"retinaface": (1, 3, 480, 640), "isnet": (1, 3, 1024, 1024)}
"""Where the card's reference is smaller than what is usually asked for."""
FAST_ON_AMX: Final = ("gaze", "retinaface", "mobilefacenet")
AMX_GAIN: Final = 2.5
MAX_CHANGE: Final = 0.01
"""One point of a score that goes to 1."""
DETECTOR_IOU: Final = 0.5


@dataclass(frozen=True, slots=True)
class Way:
    """An engine and a precision, and the card whose file it runs."""

    engine: str
    precision: str
    card: str

    @property
    def name(self) -> str:
        """Return it in words."""
        return f"{self.engine} {self.precision}"


def ways(name: str) -> tuple[Way, ...]:
    """Return how a network can be run; the first is the reference of the others."""
    variant = VARIANTS.get(name)
    stand_in = (Way("onnxruntime", variant.precision, variant.card),) if variant else ()
    return (
        Way("onnxruntime", "f32", name),
        *stand_in,
        Way("openvino", "f32", name),
        Way("openvino", "bf16", name),
    )


def card_of(name: str, models: Models) -> ModelCard:
    """Return the card of that name."""
    return choose(catalogue(models), [name])[0]


def opened(way: Way, settings: Settings) -> Session:
    """Return a network loaded that way, whatever the settings say of engines."""
    models, runtime = settings.models, settings.runtime
    card = card_of(way.card, models)
    if way.engine == "openvino":
        return open_openvino(card, models, runtime, way.precision)
    return open_onnxruntime(card, models, runtime)


def ready(models: Models) -> list[str]:
    """Return the networks that are here with all their variants, in the order of the table."""

    def here(name: str) -> bool:
        card = card_of(name, models)
        return allowed(card, models) and verify(card, models) is FileState.OK

    names = [card.name for card in catalogue(models) if card.name in CARDS]
    return [name for name in names if all(here(way.card) for way in ways(name))]


def cost_here(name: str, way: Way, threads: int, seconds: float) -> dict[str, float]:
    """Return the ms of one answer, and the MiB that the engine and the network take."""
    start()
    settings = load()
    settings = replace(settings, runtime=replace(settings.runtime, threads=threads))
    card = card_of(name, settings.models)
    assert card.reference is not None
    shape = SHAPES.get(name, card.reference.shape)
    # A card says first what its input is called; asking its file would take memory.
    x = {card.input.partition(": ")[0]: pattern(replace(card.reference, shape=shape))}
    before = processes.pss_mib(os.getpid())
    session = opened(way, settings)
    session.run(x)
    times: list[float] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end or len(times) < 3:
        begin = time.perf_counter()
        session.run(x)
        times.append((time.perf_counter() - begin) * 1000)
    return {"ms": median(times), "mib": processes.pss_mib(os.getpid()) - before}


def cost(name: str, way: Way, threads: int, seconds: float) -> dict[str, float]:
    """Return the same, measured in a fresh process. Raises CalledProcessError."""
    asked = json.dumps([name, way.engine, way.precision, way.card, threads, seconds])
    command = [sys.executable, __file__, "--one", asked]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


Costs = dict[tuple[str, str, int], dict[str, float]]
"""By network, way and threads."""


def costs(names: Sequence[str], *, rounds: int, seconds: float) -> Costs:
    """Return the medians over rounds in which all ways take turns."""
    measured: dict[tuple[str, str, int], list[dict[str, float]]] = {}
    for _ in range(rounds):
        for name in names:
            for way in ways(name):
                for threads in THREADS:
                    found = cost(name, way, threads, seconds)
                    measured.setdefault((name, way.name, threads), []).append(found)
    return {
        key: {what: median(each[what] for each in found) for what in ("ms", "mib")}
        for key, found in measured.items()
    }


def cost_rows(names: Sequence[str], found: Costs) -> list[tuple[str, ...]]:
    """Return a row a network and way: ms with each number of threads, gain, memory."""
    rows = []
    for name in names:
        first = found[name, ways(name)[0].name, THREADS[0]]["ms"]
        for way in ways(name):
            figures = [found[name, way.name, threads] for threads in THREADS]
            ms = (three_digits(each["ms"]) for each in figures)
            gain = f"{first / figures[0]['ms']:.2f}x"
            rows.append((name, way.name, *ms, gain, f"{figures[0]['mib']:.0f}"))
    return rows


# Quality on real data: each function answers with a score of one session.


def pixels(path: Path) -> NDArray[np.uint8]:
    """Return a picture as (height, width, 3) RGB."""
    return Image.new_from_file(str(path)).colourspace("srgb").numpy()[..., :3]


def sized_for(network: Gaze | IsNet, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a picture at the size that a network wants it in."""
    size = network.input_size(Size(picture.shape[1], picture.shape[0]))
    return to_array(brought_to(from_array(picture), size))


def detector_ap(session: Session, share: int) -> float:
    """Return the average precision on street photos."""
    detector = RetinaFace(lambda: session)
    truth = json.loads((DATA / "face_boxes" / "gt.json").read_text())
    boxes = {file: [face["box"] for face in truth[file]] for file in list(truth)[::share]}
    found = {}
    for file in boxes:
        picture = Image.new_from_file(str(DATA / "face_boxes" / "images" / file))
        to = detector.input_size(Size(picture.width, picture.height))
        ratio = to.width / picture.width
        small = picture.resize(ratio, vscale=to.height / picture.height)
        faces = [(face.box.scaled(1 / ratio), face.score) for face in detector(small.numpy())]
        found[file] = [([b.left, b.top, b.right, b.bottom], sure) for b, sure in faces]
    return float(score().detection(boxes, found, thr=DETECTOR_IOU)["AP"])


def embedder_accuracy(session: Session, share: int) -> float:
    """Return the accuracy on pairs of aligned faces."""
    embed, folder = MobileFaceNet(lambda: session), DATA / "lfw_pairs" / "images"

    @cache
    def unit(file: str) -> NDArray[np.float32]:
        return embed.of_crops([pixels(folder / file)])[0]

    with (DATA / "lfw_pairs" / "pairs.csv").open() as lines:
        pairs = list(csv.DictReader(lines))[::share]
    alike = [float(unit(pair["a"]) @ unit(pair["b"])) for pair in pairs]
    same, fold = ([int(pair[key]) for pair in pairs] for key in ("same", "fold"))
    return float(score().verification(alike, same, fold)["accuracy"])


def saliency_auc(session: Session, share: int) -> float:
    """Return how well maps tell where people looked: area under the curve."""
    gaze = Gaze(lambda: session)
    viewed = json.loads((DATA / "osie" / "fixations.json").read_text())
    scores = []
    for file in list(viewed)[::share]:
        picture = pixels(DATA / "osie" / "images" / file)
        shown = gaze(sized_for(gaze, picture))
        rows, columns = (
            np.arange(side) * cells // side
            for side, cells in zip(picture.shape[:2], shown.shape, strict=True)
        )
        at_size = shown[rows[:, None], columns]
        scores.append(score().nss_auc(at_size, viewed[file])["AUC"])
    return float(np.mean(scores))


def matte_iou(session: Session, share: int) -> float:
    """Return the median overlap with people cut out by hand."""
    isnet, scores = IsNet(lambda: session, level="accurate"), []
    for path in sorted((DATA / "ccp_people" / "masks").glob("*.png"))[::share]:
        truth = pixels(path)[..., 0] > 0
        picture = pixels(path.parents[1] / "images" / f"{path.stem}.jpg")
        alpha = isnet(sized_for(isnet, picture))
        rows, columns = (
            np.arange(side) * cells // side
            for side, cells in zip(truth.shape, alpha.shape, strict=True)
        )
        found = alpha[rows[:, None], columns] > 0.5
        scores.append((truth & found).sum() / (truth | found).sum())
    return float(np.median(scores))


@dataclass(frozen=True, slots=True)
class Quality:
    """A score on ground truth, and how many samples of it are skipped to be done in time."""

    what: str
    of: Callable[[Session, int], float]
    share: int = 1
    quick_share: int = 6


QUALITIES: Final[Mapping[str, Quality]] = {
    "retinaface": Quality("face_boxes AP", detector_ap, quick_share=1),
    "mobilefacenet": Quality("lfw_pairs accuracy", embedder_accuracy, quick_share=4),
    "gaze": Quality("osie AUC", saliency_auc),
    "isnet": Quality("ccp_people median IoU", matte_iou, share=4, quick_share=20),
}


def qualities(
    names: Sequence[str], settings: Settings, *, quick: bool
) -> dict[str, dict[str, float]]:
    """Return the score of each network that has one, by way."""
    found: dict[str, dict[str, float]] = {}
    for name in names:
        if quality := QUALITIES.get(name):
            share = quality.quick_share if quick else quality.share
            of = partial(quality.of, share=share)
            found[name] = {way.name: of(opened(way, settings)) for way in ways(name)}
    return found


def quality_rows(found: Mapping[str, Mapping[str, float]]) -> list[tuple[str, ...]]:
    """Return a row a network and way: the score, and how it differs from the reference."""
    rows = []
    for name, scores in found.items():
        reference = scores[ways(name)[0].name]
        for way, value in scores.items():
            change = f"{value - reference:+.4f}"
            rows.append((name, QUALITIES[name].what, way, f"{value:.4f}", change))
    return rows


def quality_checks(scores: Mapping[str, Mapping[str, float]]) -> Iterator[Check]:
    """Return that no score suffers from bfloat16."""
    for name, by_way in scores.items():
        lost = by_way[ways(name)[0].name] - by_way["openvino bf16"]
        what, target = f"{name} bf16: loss of {QUALITIES[name].what}", f"<= {MAX_CHANGE}"
        yield Check(what, target, f"{lost:.4f}", lost <= MAX_CHANGE)


def gain_checks(names: Sequence[str], found: Costs) -> Iterator[Check]:
    """Return that AMX pays where there is some, against the faster file of onnxruntime."""
    if "AMX-BF16" not in this_processor().units:
        return
    for name in FAST_ON_AMX:
        if name not in names:
            continue
        one = {way: found[name, way.name, 1]["ms"] for way in ways(name)}
        best = min(ms for way, ms in one.items() if way.engine == "onnxruntime")
        gain = best / one[ways(name)[-1]]
        what = f"{name}: onnxruntime / OpenVINO bf16, time"
        yield Check(what, f">= {AMX_GAIN}x", f"{gain:.2f}x", gain >= AMX_GAIN)


def engines(*, quick: bool) -> Outcome:
    """Return time, memory and quality of every network that is here, in every engine."""
    start()
    settings = load()
    names = ready(settings.models)
    if not names:
        return Outcome("engines", TITLE, skipped="needs weights: foveate models pull")
    found = costs(names, rounds=1 if quick else 3, seconds=0.3 if quick else TIMED_S)
    scores = qualities(names, settings, quick=quick) if DATA.exists() else {}
    header = ("network", "runs in", *("ms" for _ in THREADS), "faster", "MiB")
    rows = cost_rows(names, found)
    tables = [Table("Cost of one answer, and memory with one thread", header, rows)]
    if scores:
        header = ("network", "score", "runs in", "value", "change")
        tables.append(Table("Quality on ground truth", header, quality_rows(scores)))
    notes = [
        f"Processor: {this_processor()}.",
        "`faster` compares one thread with onnxruntime f32. MiB is what engine and network take.",
        *(f"{name} was asked with {'x'.join(map(str, shape))}." for name, shape in SHAPES.items()),
    ]
    checks = [*quality_checks(scores), *gain_checks(names, found)]
    return Outcome("engines", TITLE, checks, tables, notes)


def main() -> None:
    """Print the tables, or as JSON what one way costs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one short round, part of the data")
    parser.add_argument("--one", type=json.loads, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        name, engine, precision, card, threads, seconds = asked.one
        print(json.dumps(cost_here(name, Way(engine, precision, card), threads, seconds)))
        return
    outcome = engines(quick=asked.quick)
    for table in outcome.tables:
        print(table.title, "\t".join(table.header), sep="\n")
        print(*("\t".join(row) for row in table.rows), sep="\n")
    print(*outcome.checks, *outcome.notes, outcome.skipped, sep="\n")


if __name__ == "__main__":
    main()
