"""Measure the face detector: quality on ground truth, time, and memory with and without arena.

    python benchmarks/faces.py [--json] [--sweep] [--data FOLDER]

The ground truth is not part of the project; without it only time and memory are measured.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import resource
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import foveate
from foveate.app import create
from foveate.imaging import engine
from foveate.models import open_model, where
from foveate.models.quiet import onnxruntime
from foveate.models.runtime.onnx_engine import OnnxSession
from foveate.models.supply.cards import CARDS, choose
from foveate.service.analyse import Analyser
from foveate.service.networks import Networks
from foveate.service.parts.faces import DETECTOR
from foveate.settings import load
from foveate.storage.anywhere import Anywhere
from foveate.vision.faces import RetinaFace

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.app import App
    from foveate.ports import Session

SETTINGS = load()
MODELS, RUNTIME, FACES = SETTINGS.models, SETTINGS.runtime, SETTINGS.faces
DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
SETS = {"face_boxes": ("images", 0.5), "face_boxes_dlib": (".", 0.4)}
SHAPES = [(640, 427), (480, 640), (640, 640), (640, 360), (512, 512), (320, 240), (613, 640)]
RUNS = 300
TIMED = 40


def app_with(detector: RetinaFace) -> App:
    """Return the service with that detector; nothing is remembered."""
    caching = replace(SETTINGS.caching, analysis_memory_bytes=0, analysis_disk_bytes=0)
    settings = replace(SETTINGS, caching=caching)
    app = create(settings, Anywhere)
    networks = Networks(settings, app.registry.session, made={DETECTOR.name: detector})
    return replace(app, analyser=Analyser(analyses=replace(app.analyses, networks=networks)))


def found(path: Path, app: App) -> list[tuple[list[float], float]]:
    faces = foveate.analyse(path, "faces", app=app)["faces"]
    return [([f.box.left, f.box.top, f.box.right, f.box.bottom], f.score) for f in faces]


def quality(data: Path, name: str, detector: RetinaFace) -> dict[str, float]:
    """Score the whole way from a file to its faces, as every door of Foveate goes it."""
    spec = importlib.util.spec_from_file_location("score", data / "score.py")
    assert spec is not None
    assert spec.loader is not None
    score = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(score)
    folder, iou = SETS[name]
    truth = json.loads((data / name / "gt.json").read_text())
    boxes = {file: [face["box"] for face in faces] for file, faces in truth.items()}
    app = app_with(detector)
    answers = {file: found(data / name / folder / file, app) for file in boxes}
    return score.detection(boxes, answers, thr=iou)


def sweep(data: Path, session: OnnxSession) -> list[dict[str, Any]]:
    changes: list[dict[str, Any]] = [{"long_side": side} for side in (400, 512, 608, 672, 704, 768)]
    changes += [{"nms_iou": iou} for iou in (0.3, 0.35, 0.45, 0.5)]
    changes += [{"max_enlarge": times} for times in (1.0, 1.5, 3.0)]
    return [
        {**change, **quality(data, "face_boxes", RetinaFace(lambda: session, **change))}
        for change in changes
    ]


def milliseconds(detector: RetinaFace) -> dict[str, float]:
    rng = np.random.default_rng(0)
    medians = {}
    for width, height in ((640, 480), (640, 640), (320, 240)):
        picture = rng.integers(0, 256, (height, width, 3), np.uint8)
        times = []
        for _ in range(TIMED):
            start = time.perf_counter()
            detector(picture)
            times.append(time.perf_counter() - start)
        medians[f"{width}x{height}"] = round(statistics.median(times[4:]) * 1000, 2)
    return medians


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


def other_way(*, arena: bool, pattern: bool) -> OnnxSession:
    options = onnxruntime().SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena, options.enable_mem_pattern = arena, pattern
    (card,) = choose(CARDS, ["retinaface"])
    path = str(where(card, MODELS))
    return OnnxSession(
        onnxruntime().InferenceSession(path, options, providers=["CPUExecutionProvider"])
    )


WAYS: dict[str, Callable[[], Session]] = {
    "ours (arena, no pattern)": lambda: open_model("retinaface", MODELS, RUNTIME),
    "arena and pattern": lambda: other_way(arena=True, pattern=True),
    "neither": lambda: other_way(arena=False, pattern=False),
}


def memory_here(way: str) -> dict[str, float]:
    """Look at RUNS pictures of mixed shapes on two threads, with the server's allocator."""
    engine.start()
    session = WAYS[way]()
    detector = RetinaFace(lambda: session)
    rng = np.random.default_rng(0)
    pictures = [rng.integers(0, 256, (height, width, 3), np.uint8) for width, height in SHAPES]

    def look(run: int) -> float:
        detector(pictures[run % len(pictures)])
        return resident_mb()

    loaded, spent = resident_mb(), time.process_time()
    with ThreadPoolExecutor(2) as pool:
        marks = list(pool.map(look, range(RUNS)))
    spent = time.process_time() - spent
    return {
        "loaded_mb": round(loaded, 1),
        f"after_{RUNS // 2}_mb": round(marks[RUNS // 2], 1),
        f"after_{RUNS}_mb": round(marks[-1], 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        "cpu_ms_each": round(spent * 1000 / RUNS, 2),
    }


def memory(way: str) -> dict[str, float]:
    """Measure in a fresh process, so that one way does not pay for the other."""
    command = [sys.executable, __file__, "--memory", way]
    return json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)


def report(data: Path, *, with_sweep: bool) -> dict[str, Any]:
    session = open_model("retinaface", MODELS, RUNTIME)
    detector = RetinaFace(
        lambda: session,
        long_side=FACES.long_side,
        max_enlarge=FACES.max_enlarge,
        score=FACES.score,
    )
    results: dict[str, Any] = {"ms": milliseconds(detector)}
    results["memory"] = {way: memory(way) for way in WAYS}
    for name in SETS:
        present = (data / name / "gt.json").is_file()
        results[name] = quality(data, name, detector) if present else "skipped: no ground truth"
    if with_sweep and (data / "face_boxes").is_dir():
        results["sweep"] = sweep(data, session)
    return results


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--sweep", action="store_true", help="vary kernel, long side and NMS")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the ground truth")
    parser.add_argument("--memory", choices=WAYS, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.memory:
        print(json.dumps(memory_here(asked.memory)))
        return
    results = report(asked.data, with_sweep=asked.sweep)
    if asked.json:
        print(json.dumps(results, indent=2))
        return
    for name, values in results.items():
        rows = values if isinstance(values, list) else [values]
        print(name, *(f"  {row}" for row in rows), sep="\n")


if __name__ == "__main__":
    main()
