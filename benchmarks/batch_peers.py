"""Batches beside peers: vipsthumbnail, mogrify, img2dataset and rembg, on the same pictures.

    python benchmarks/batch_peers.py [--quick]

Whole commands are timed, from a folder or a list to files, best of the rounds. Each peer has all
cores, and quality 80; ours has its own tables of quantisation, which make smaller files.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import results
from batch import FOVEATE, photos
from mattes import REMBG_VENV, install_rembg
from peers import img2dataset
from results import Check, Outcome, Table, without_data
from servers import Launch, serving

from foveate.cores import cores
from foveate.errors import FoveateError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

NAME, TITLE = "batch-peers", "Batches beside vipsthumbnail, mogrify, img2dataset and rembg"
PICTURES: Final = 1000
CUT: Final = 12
WIDTHS: Final = (480, 320, 160)
SIDE: Final = 256
JPEG: Final = "format=baseline-jpeg,quality=80"
REACHABLE: Final = {
    "FOVEATE_ORIGINS__ALLOW": '["127.0.0.1"]',
    "FOVEATE_ORIGINS__ALLOW_PRIVATE": "true",
}
"""Settings with which pictures may come from a server on this machine."""
ISNET: Final = {"FOVEATE_MODELS__ACKNOWLEDGED_LICENCES": '["AGPL-3.0"]'}
"""Settings with which ISNet may be used, the network that rembg is asked for."""


@dataclass(frozen=True, slots=True)
class Program:
    """Something that does one work, and how it is called to write into a folder."""

    name: str
    command: Callable[[Path], Sequence[str]]
    environment: Mapping[str, str]
    ending: str = ".jpg"


@dataclass(frozen=True, slots=True)
class Work:
    """What ours and peers are asked for, and how many files it makes."""

    title: str
    pictures: int
    files: int
    programs: Sequence[Program]
    """Ours first."""


def ours(source: Path, *options: str, ending: str = ".jpg", **settings: str) -> Program:
    """Return our batch over a source."""

    def command(out: Path) -> Sequence[str]:
        asked = [word for each in options for word in ("-o", each)]
        return [*FOVEATE, "batch", str(source), "--out", str(out), *asked]

    return Program("foveate", command, settings, ending)


def _shell(name: str, text: Callable[[Path], str]) -> Program:
    return Program(name, lambda out: ("bash", "-c", text(out)), {})


def widths(folder: Path, count: int) -> Work:
    """Return three widths of each picture."""
    sides, files = " ".join(map(str, WIDTHS)), f"ls -d {folder}/*.jpg"
    vips = _shell(
        "vipsthumbnail over xargs",
        lambda out: (
            f"for w in {sides}; do {files} | VIPS_CONCURRENCY=1 xargs -P {cores()} -n 50 "
            f"vipsthumbnail --size ${{w}}x -o '{out}/%s-'$w'.jpg[Q=80,strip]'; done"
        ),
    )
    magick = _shell(
        "mogrify over xargs",
        lambda out: (
            f"for w in {sides}; do mkdir {out}/$w; {files} | "
            f"MAGICK_THREAD_LIMIT=1 xargs -P {cores()} -n 50 "
            f"mogrify -path {out}/$w -resize ${{w}}x -quality 80; done"
        ),
    )
    there = [each for each in (vips, magick) if shutil.which(each.name.split()[0])]
    mine = ours(folder, *(f"width={width},{JPEG}" for width in WIDTHS))
    return Work(f"To {WIDTHS} px wide", count, len(WIDTHS) * count, (mine, *there))


def fetched(urls: Path, count: int) -> Work:
    """Return one small rendition of each picture on a server."""

    def command(out: Path) -> Sequence[str]:
        asked = {
            "url_list": urls,
            "output_folder": out / "shards",
            "image_size": SIDE,
            "resize_mode": "keep_ratio_largest",
            "resize_only_if_bigger": True,
            "encode_quality": 80,
            "output_format": "files",
            "processes_count": cores(),
            "retries": 3,  # now and then one connection of thousands is reset
            "number_sample_per_shard": -(-count // (4 * cores())),
        }
        return [str(img2dataset()), *(f"--{word}={value}" for word, value in asked.items())]

    quiet = {"NO_ALBUMENTATIONS_UPDATE": "1"}
    mine = ours(urls, f"width={SIDE},height={SIDE},fit=scale-down,{JPEG}", **REACHABLE)
    title = f"From a server, to {SIDE} px at most"
    return Work(title, count, count, (mine, Program("img2dataset", command, quiet)))


def cut_out(folder: Path, count: int) -> Work:
    """Return the subject of each picture by ISNet at 1024 px, as PNG."""
    environment = install_rembg()
    theirs = {"U2NET_HOME": environment["U2NET_HOME"], "MODEL_CHECKSUM_DISABLED": "1"}
    words = "segment=foreground,segment.quality=accurate,format=png"
    mine = ours(folder, words, ending=".png", **ISNET)

    def command(out: Path) -> Sequence[str]:
        return [
            str(REMBG_VENV / "bin" / "rembg"),
            "p",
            "-m",
            "isnet-general-use",
            str(folder),
            str(out),
        ]

    peer = Program("rembg p", command, theirs, ".png")
    return Work("Cut out by ISNet", count, count, (mine, peer))


def compared(work: Work, place: Path, rounds: int) -> tuple[list[Check], list[tuple[str, ...]]]:
    """Return how ours does against each peer, and pictures in a second of all."""
    rates: dict[str, float] = {}
    for turn in range(rounds):
        for program in work.programs:
            out = Path(tempfile.mkdtemp(prefix=f"{turn}-", dir=place))
            rate = work.pictures / _timed(program, out)
            rates[program.name] = max(rate, rates.get(program.name, 0.0))
            _check_made(work, program, out)
    mine = rates["foveate"]
    checks = [
        Check(f"{work.title}: foveate / {name}", ">= 1", f"{mine / rate:.2f}x", mine >= rate)
        for name, rate in rates.items()
        if name != "foveate"
    ]
    return checks, [(work.title, name, f"{rate:.1f}") for name, rate in rates.items()]


def _timed(program: Program, out: Path) -> float:
    started = time.perf_counter()
    environment = {**os.environ, **program.environment}
    command = program.command(out)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{program.name} failed:\n{done.stderr[-2000:]}")
    return time.perf_counter() - started


def _check_made(work: Work, program: Program, out: Path) -> None:
    made = sum(1 for _ in out.rglob(f"*{program.ending}"))
    if made != work.files:
        raise RuntimeError(f"{program.name} made {made} files of {work.files}.")


def batch_peers(*, quick: bool) -> Outcome:
    """Return how batches do beside peers."""
    count, cut, rounds = (100, 2, 1) if quick else (PICTURES, CUT, 2)
    checks: list[Check] = []
    rows: list[tuple[str, ...]] = []
    notes: list[str] = []
    with tempfile.TemporaryDirectory(prefix="foveate-peers-") as work, ExitStack() as open_:
        place = Path(work)
        folder, few = photos(place / "photos", count), photos(place / "few", cut)
        if folder is None or few is None:
            return without_data(NAME, TITLE)
        server = open_.enter_context(serving(_files(folder)))
        urls = place / "urls.txt"
        lines = (f"http://127.0.0.1:{server.port}/{each.name}\n" for each in folder.iterdir())
        urls.write_text("".join(sorted(lines)))
        works: list[Callable[[], Work]] = [
            lambda: widths(folder, count),
            lambda: fetched(urls, count),
            lambda: cut_out(few, cut),
        ]
        for each in works:
            try:
                met, found = compared(each(), place, rounds)
            except FoveateError as why:
                notes.append(str(why))
            else:
                checks += met
                rows += found
    table = Table("Whole commands", ("work", "program", "pictures/s"), rows)
    return Outcome(NAME, TITLE, checks=checks, tables=[table], notes=notes)


def _files(folder: Path) -> Launch:
    """Return a server of the files in a folder."""
    words = (sys.executable, "-m", "http.server", "--bind", "127.0.0.1", "--directory")
    return Launch(name="files", command=lambda port: (*words, str(folder), str(port)))


if __name__ == "__main__":
    results.alone(batch_peers, __doc__)
