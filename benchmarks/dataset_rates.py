"""Datasets: pictures made in a second, beside img2dataset and beside what the cores could do."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any, Final

import batch
import peers
import pyvips
import results
from dataset_doors import served
from results import Check, Outcome, Table, without_data

from foveate.app import create
from foveate.cores import cores, share_cores
from foveate.datasets.chunks import parts
from foveate.datasets.client import Client
from foveate.datasets.handlers.builtin.handler import Foveate
from foveate.datasets.handlers.builtin.schema import SCHEMA
from foveate.datasets.identity import whole
from foveate.datasets.raw.raw import Kind, Raw
from foveate.datasets.raw.registry import open_registry
from foveate.datasets.schema import filled
from foveate.datasets.seams import Chunk
from foveate.datasets.shards.finish import ShardFormats
from foveate.settings import Datasets, Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

NAME, TITLE = "dataset_rates", "Datasets: photos to squares of 256 pixels, in WebDataset's shards"
PICTURES: Final = 2000
TIMES: Final = 10
"""So often each of them is there: how long a dataset takes to begin is a part of it, but of real
ones a small part.
"""
PLAIN: Final = 5
"""Of so many photos a plain loop has one."""
SIDE, QUALITY = 256, 90
SAMPLES: Final = 500
"""In a shard: what ours has unless somebody asks for others."""
SETTLE_S: Final = 5.0
"""By then a server has done what it does when it starts."""
CORES: Final = cores()
BOUND, RATIO = 0.9, 1.0
CONFIG: Final[dict[str, Any]] = {
    "options": [f"width={SIDE},height={SIDE},fit=cover"],
    "format": "jpg",
    "quality": QUALITY,
}


def copied(photos: Path, place: Path, times: int = 1) -> Path:
    """Return a folder of the photos themselves: raw data follows no link out of its place."""
    place.mkdir()
    for number in range(times):
        for photo in sorted(photos.iterdir()):
            shutil.copy(photo, place / f"{number}-{photo.name}")
    return place


def ours(folder: Path, place: Path) -> float:
    """Return how many seconds it takes from a request to a dataset that is there."""
    with served(folder, place) as url, Client(url) as client:
        time.sleep(SETTLE_S)
        list(client.list())  # its API is imported for who asks first
        started = time.perf_counter()
        told = client.wait(client.request("pictures", config=CONFIG))
        seconds = time.perf_counter() - started
    assert told.told["samples"] == len(list(folder.iterdir()))
    return seconds


def img2dataset(addresses: Sequence[str], place: Path) -> tuple[float, float]:
    """Return how many seconds img2dataset takes, and its processor time for each."""
    place.mkdir()
    urls = place / "urls.txt"
    urls.write_text("".join(f"{each}\n" for each in addresses))
    words = [
        *(peers.img2dataset(), "--url_list", urls, "--output_folder", place / "out"),
        *("--output_format", "webdataset", "--image_size", SIDE, "--resize_mode", "center_crop"),
        *("--encode_quality", QUALITY, "--number_sample_per_shard", SAMPLES),
        *("--processes_count", CORES, "--thread_count", 8),
    ]
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    environment = {**os.environ, "NO_ALBUMENTATIONS_UPDATE": "1"}
    subprocess.run(list(map(str, words)), check=True, capture_output=True, env=environment)
    seconds = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    made = sum(_pictures(shard) for shard in (place / "out").glob("*.tar"))
    assert made == len(addresses), made
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, cpu_s / len(addresses)


@contextmanager
def over_http(folder: Path) -> Iterator[list[str]]:
    """Give the addresses of photos at a server on this machine."""
    words = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1"]
    with subprocess.Popen(
        words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        port = process.stdout.readline().partition(" port ")[2].split()[0]
        try:
            yield [f"http://127.0.0.1:{port}/{each.name}" for each in sorted(folder.iterdir())]
        finally:
            process.terminate()


def _pictures(shard: Path) -> int:
    listed = subprocess.run(["tar", "tf", shard], check=True, capture_output=True, text=True)
    return sum(name.endswith(".jpg") for name in listed.stdout.splitlines())


def bound(loop: Callable[[Path, Path, int], float], folder: Path, place: Path) -> float:
    """Return the processor time of a photo in plain loops, one for each core, at once.

    At once, since threads of one core take longer together than alone.
    """
    with ProcessPoolExecutor(CORES, mp_context=get_context("spawn")) as loops:
        places = [place / str(number) for number in range(CORES)]
        return fmean(loops.map(loop, [folder] * CORES, places, range(CORES)))


def least_cpu_s(folder: Path, place: Path, first: int) -> float:
    """Return the same of what no handler is needed for: to decode, to resize and to encode."""
    place.mkdir()
    share_cores(CORES)
    photos = sorted(folder.iterdir())[first::PLAIN]
    started = time.process_time()
    for photo in photos:
        square = pyvips.Image.thumbnail(str(photo), SIDE, height=SIDE, crop="centre")
        square.jpegsave(str(place / "square.jpg"), Q=QUALITY)
    return (time.process_time() - started) / len(photos)


def plain_cpu_s(folder: Path, place: Path, first: int) -> float:
    """Return the processor time of a photo in one process, without a server."""
    place.mkdir()
    settings = Settings(datasets=Datasets(books=str(place / "books")))
    registry = open_registry(settings)
    raw = Raw(name="pictures", kind=Kind.FOLDER, place=str(folder))
    samples, pictures = registry.look(raw).samples[first::PLAIN], registry.place(raw)
    config = filled(CONFIG, whole(SCHEMA))
    share_cores(CORES)  # one thread for a picture, as each handler has
    handler = Foveate(create(settings), config)
    started = time.process_time()
    for part in parts(list(handler.select(samples, pictures.read, 0)), SAMPLES):
        chunk = Chunk(
            folder=place / part.stem,
            split=part.split,
            number=part.number,
            classes=(),
            max_bytes=2**30,
        )
        chunk.folder.mkdir()
        writer = ShardFormats().writer("webdataset", chunk)
        for sample in part.samples:
            for made in handler.prepare(sample, pictures.read(sample.source), pictures.read, 0):
                writer.add(made)
        writer.close()
    return (time.process_time() - started) / len(samples)


def dataset_rates(*, quick: bool) -> Outcome:
    """Return how fast datasets are made."""
    with tempfile.TemporaryDirectory(prefix="foveate-rates-") as work:
        place = Path(work)
        photos = batch.photos(place / "photos", PICTURES // 5 if quick else PICTURES)
        if photos is None:
            return without_data(NAME, TITLE)
        folder = copied(photos, place / "raw", 1 if quick else TIMES)
        count = len(list(folder.iterdir()))
        for name in ("ours", "plain", "least"):
            (place / name).mkdir()
        least_s = bound(least_cpu_s, folder, place / "least")
        plain_s = bound(plain_cpu_s, folder, place / "plain")
        ours_s = ours(folder, place / "ours")
        with over_http(folder) as addresses:
            theirs_s, theirs_cpu_s = img2dataset(addresses, place / "http")
        files = [photo.as_uri() for photo in sorted(folder.iterdir())]
        files_s, files_cpu_s = img2dataset(files, place / "files")
    most = CORES / plain_s
    share, ratio = count / ours_s / most, theirs_s / ours_s
    rows = [
        ("foveate", f"{count / ours_s:.1f}", ""),
        ("img2dataset, over HTTP", f"{count / theirs_s:.1f}", f"{1000 * theirs_cpu_s:.1f}"),
        ("img2dataset, from files", f"{count / files_s:.1f}", f"{1000 * files_cpu_s:.1f}"),
        ("what the cores could do", f"{most:.1f}", f"{1000 * plain_s:.1f}"),
        (
            "decode, resize, encode alone, by libvips",
            f"{CORES / least_s:.1f}",
            f"{1000 * least_s:.1f}",
        ),
    ]
    checks = [
        Check("pictures/s, foveate / img2dataset", f">= {RATIO}x", f"{ratio:.2f}x", ratio >= RATIO),
        Check("pictures/s over those of the cores", f">= {BOUND}", f"{share:.3f}", share >= BOUND),
    ]
    header = ("", "pictures/s", "CPU ms each")
    notes = [
        "From a request to a dataset that is there; img2dataset from start to end.",
        "What the cores could do is our own handler in a plain loop, one for each.",
    ]
    table = Table(f"{count} photos", header, rows)
    return Outcome(NAME, TITLE, checks=checks, tables=[table], notes=notes)


if __name__ == "__main__":
    results.alone(dataset_rates, __doc__)
