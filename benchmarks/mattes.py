"""How well subjects are cut out, how fast, and rembg with the same network beside it.

    python benchmarks/mattes.py [--quick]

prints what `run.py --only mattes` measures: from a decoded photo to RGBA at its full size, with
the edges refined and the colours cleaned, in processor time of one thread. rembg is asked for
the same photo right after, and does neither unless told so.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING, Final

import numpy as np
from corpus import PEERS
from peers import _done, _once, _run
from results import DATA, Check, Outcome, Table, score, without_data

from foveate.errors import ModelError
from foveate.geometry.box import Box, Size
from foveate.imaging import Image
from foveate.imaging.matte import cut_out, grid, part_of
from foveate.imaging.pixels import brought_to, from_array, to_array
from foveate.models.runtime.engines import open_onnxruntime, open_openvino
from foveate.models.runtime.openvino_engine import installed
from foveate.models.runtime.processor import this_processor
from foveate.models.supply.cards import choose
from foveate.models.supply.weights import catalogue, where
from foveate.settings import load
from foveate.vision.matting import ISNET_SIDES, IsNet, Selfie
from foveate.vision.saliency import ImgFocus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from foveate.ports import MapNetwork, Session

    Cutter = Callable[[Path], tuple[NDArray[np.float32], float]]
    """Return alpha in 0..1 of the photo in that file, and the milliseconds that it took."""

NAME, TITLE = "mattes", "Subjects cut out"
REMBG: Final = ("rembg[cpu,cli]==2.0.86",)
TARGETS: Final = {"fast": 0.94, "balanced": 0.96, "accurate": 0.965}
"""Median IoU of each level."""
WORST_TENTH: Final = 0.93
"""10th percentile of `accurate`."""
AS_GOOD: Final = 0.002
"""Medians of 40 photos that differ by less than this are equal: half the gain of a size up."""
QUICK: Final = 6
OPENVINO: Final = "balanced, OpenVINO"
REMBG_VENV: Final = PEERS / "rembg"
_WORKER: Final = """
import json, sys, time
from PIL import Image
import numpy as np, rembg
session = rembg.new_session("isnet-general-use")
for line in sys.stdin:
    file, into, matting = json.loads(line)
    photo = Image.open(file).convert("RGB")
    start = time.process_time()
    cut = rembg.remove(photo, session=session, alpha_matting=matting)
    spent = time.process_time() - start
    np.save(into, np.asarray(cut)[..., 3])
    print(json.dumps(spent * 1000), flush=True)
"""


def ours(matting: MapNetwork) -> Cutter:
    """Return what makes an RGBA picture of a photo, as the service does it."""

    def cut(file: Path) -> tuple[NDArray[np.float32], float]:
        rgb = to_array(Image.new_from_file(str(file)))
        start = time.process_time()
        photo, size = from_array(rgb), Size(rgb.shape[1], rgb.shape[0])
        matte = matting(to_array(brought_to(photo, matting.input_size(size))))
        height, width = matte.shape
        part = part_of(matte, Box(0, 0, width, height), grid(size, (width, height)))
        rgba = cut_out(photo, part).image.numpy()
        spent = time.process_time() - start
        return rgba[..., 3] / np.float32(255), spent * 1000

    return cut


def levels(engine: str) -> dict[str, Cutter]:
    """Return our levels of quality on one thread of an engine, OpenVINO as fast as it can here."""
    settings = load()
    models = replace(settings.models, acknowledged_licences=("AGPL-3.0",))
    runtime = replace(settings.runtime, threads=1)
    precision = "bf16" if this_processor().bf16 else "f32"

    @cache
    def session(name: str) -> Session:
        (card,) = choose(catalogue(models), [name])
        if engine == "openvino":
            return open_openvino(card, models, runtime, precision)
        return open_onnxruntime(card, models, runtime)

    saliency = ImgFocus(partial(session, "img-focus"))
    mattings: dict[str, MapNetwork] = {"fast": Selfie(partial(session, "selfie"), saliency)}
    for level in ISNET_SIDES:
        mattings[level] = IsNet(partial(session, "isnet"), level=level)
    return {level: ours(matting) for level, matting in mattings.items()}


def install_rembg() -> dict[str, str]:
    """Install rembg and put our ISNet where it looks; return the environment to start it in."""
    if not _once(REMBG_VENV, REMBG):
        print("installing rembg ...", flush=True)
        _run(sys.executable, "-m", "venv", REMBG_VENV)
        _run(REMBG_VENV / "bin" / "pip", "install", "--quiet", *REMBG)
        _done(REMBG_VENV, REMBG)
    (card,) = choose(catalogue(load().models), ["isnet"])
    home = REMBG_VENV / "models"
    home.mkdir(exist_ok=True)
    shutil.copy(where(card, load().models), home / "isnet-general-use.onnx")
    threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}
    return {**os.environ, **threads, "U2NET_HOME": str(home), "MODEL_CHECKSUM_DISABLED": "1"}


@contextmanager
def rembg() -> Iterator[Callable[[bool], Cutter]]:
    """Give what cuts with rembg, in a process of its own: plain, or with its alpha matting."""
    python = str(REMBG_VENV / "bin" / "python")
    environment = install_rembg()
    command = [python, "-c", _WORKER]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        stdin, stdout = process.stdin, process.stdout
        assert stdin is not None
        assert stdout is not None

        def cutter(matting: bool) -> Cutter:  # noqa: FBT001
            def cut(file: Path) -> tuple[NDArray[np.float32], float]:
                into = REMBG_VENV / "alpha.npy"
                print(json.dumps([str(file), str(into), matting]), file=stdin, flush=True)
                spent = float(stdout.readline())
                return np.load(into) / np.float32(255), spent

            return cut

        yield cutter
        stdin.close()


def measured(cutters: dict[str, Cutter], files: list[Path]) -> dict[str, NDArray[np.float64]]:
    """Return IoU, boundary F and milliseconds of each photo by each cutter, which take turns."""
    found: dict[str, list[tuple[float, float, float]]] = {name: [] for name in cutters}
    for cut in cutters.values():
        cut(files[0])  # loads the network
    for file in files:
        mask = file.parents[1] / "masks" / f"{file.stem}.png"
        truth = to_array(Image.new_from_file(str(mask)))[..., 0] > 127
        for name, cut in cutters.items():
            alpha, spent = cut(file)
            marks = score().matte(alpha, truth)
            found[name].append((marks["IoU"], marks["boundaryF"], spent))
    return {name: np.array(rows) for name, rows in found.items()}


def row(name: str, marks: NDArray[np.float64]) -> tuple[str, ...]:
    """Return a line of the table."""
    overlap, edge, spent = marks.T
    figures = (np.median(overlap), np.quantile(overlap, 0.1), np.median(edge))
    return name, *(f"{figure:.3f}" for figure in figures), f"{np.median(spent):.0f}"


def checks(marks: dict[str, NDArray[np.float64]]) -> list[Check]:
    """Return what must hold."""
    medians = {name: np.median(found, axis=0) for name, found in marks.items()}
    listed = [
        Check(
            f"{level}: median IoU", f">= {target}", f"{medians[level][0]:.3f}",
            bool(medians[level][0] >= target),
        )
        for level, target in TARGETS.items()
    ]  # fmt: skip
    tenth = float(np.quantile(marks["accurate"][:, 0], 0.1))
    listed.append(
        Check(
            "accurate: 10th percentile of IoU", f">= {WORST_TENTH}", f"{tenth:.3f}",
            tenth >= WORST_TENTH,
        )
    )  # fmt: skip
    if OPENVINO in marks and this_processor().bf16:
        listed.append(race(medians["rembg"], medians[OPENVINO], OPENVINO, 3.0))
    return [*listed, race(medians["rembg"], medians["balanced"], "balanced", 1.0)]


def race(peer: NDArray[np.float64], mine: NDArray[np.float64], name: str, target: float) -> Check:
    """Return whether a level is as much faster than rembg as it should be, and as good."""
    speed, worse = peer[2] / mine[2], peer[0] - mine[0]
    return Check(
        f"{name} against rembg: speed, ours with refined edges and clean colours",
        f">= {target}x at an equal matte",
        f"{speed:.2f}x, median IoU {mine[0]:.3f} against {peer[0]:.3f}",
        bool(speed >= target and worse <= AS_GOOD),
    )


def mattes(*, quick: bool) -> Outcome:
    """Measure every level on onnxruntime and OpenVINO, and rembg in the same run."""
    folder = DATA / "ccp_people" / "images"
    files = sorted(folder.glob("*.jpg"))[: QUICK if quick else None]
    if not files:
        return without_data(NAME, TITLE)
    outcome = Outcome(NAME, TITLE)
    try:
        with rembg() as peer:
            marks = measured({**levels("onnxruntime"), "rembg": peer(False)}, files)  # noqa: FBT003
            slow = measured({"rembg, alpha matting": peer(True)}, files[:QUICK])  # noqa: FBT003
    except (ModelError, OSError) as why:
        outcome.skipped = str(why)
        return outcome
    if installed():
        fast = measured(levels("openvino"), files)
        marks |= {f"{name}, OpenVINO": found for name, found in fast.items()}
    rows = [row(name, found) for name, found in marks.items()]
    rows += [row(f"{name}, {QUICK} photos", found) for name, found in slow.items()]
    header = ("what", "median IoU", "10th percentile", "boundary F, 2 px", "CPU ms")
    outcome.tables.append(Table(f"{len(files)} photos of people, 550 px wide", header, rows))
    outcome.checks.extend(checks(marks))
    outcome.notes.append("rembg runs the network at 1024, as `accurate` does.")
    return outcome


def main() -> None:
    """Print the measurement."""
    outcome = mattes(quick="--quick" in sys.argv)
    print(outcome.skipped)
    for table in outcome.tables:
        print(table.title, *("  ".join(line) for line in (table.header, *table.rows)), sep="\n")
    for check in outcome.checks:
        print("met   " if check.met else "MISSED", check.what, check.target, check.got)


if __name__ == "__main__":
    main()
