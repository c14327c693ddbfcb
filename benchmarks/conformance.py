"""Right pictures: sizes, orientation, PNG pixels, formats and SVG, through the real server."""

from __future__ import annotations

import json
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import canary
import numpy as np
import peers
import pyvips
import sizes
from results import DATA, Check, Outcome, Table, without_data
from rounds import in_places
from servers import serving

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from servers import Answer, Server

TITLE: Final = "Right pictures"
TIMEOUT_S: Final = 30.0
TILE: Final = 160
MAX_ORIENTATION_DIFFERENCE: Final = 3.0
UPRIGHT: Final = "width=240,height=240,format=png"
"""Half the files' size: each is a JPEG of its own, and at full size their noise alone, in any
decoder, differs by up to 4. A wrong orientation differs by 40."""
MAX_DEPTH_DIFFERENCE: Final = 1
"""Levels by which 16-bit pixels may differ once they are 8-bit: rounding."""
GAMMAS: Final = {"g03": 0.35, "g05": 0.55, "g07": 0.7, "g25": 2.5}
"""What files of PngSuite say of their gamma, by how their names start; others are sRGB."""
SCREEN: Final = 2.2
_CACHES: Final = ("caching__memory_bytes", "caching__disk_bytes")
THUMBNAIL: Final = f"width={TILE},height={TILE},fit=scale-down,anim=false,format=png"


@dataclass(slots=True)
class Tally:
    """How many of a set came out right, and which did not."""

    what: str
    right: int = 0
    refused: int = 0
    wrong: list[str] = field(default_factory=list)

    def note(self, name: str, problem: str) -> None:
        """Count one; an empty problem is none."""
        if problem:
            self.wrong.append(f"{name}: {problem}")
        else:
            self.right += 1

    def check(self) -> Check:
        """Return it as a check: nothing may be wrong."""
        got = f"{self.right} right, {self.refused} refused, {len(self.wrong)} wrong"
        return Check(self.what, "0 wrong", got, not self.wrong and self.right + self.refused > 0)


@contextmanager
def _serving(folder: Path) -> Iterator[Server]:
    with tempfile.TemporaryDirectory() as work:
        launch = peers.foveate(folder, Path(work), **dict.fromkeys(_CACHES, "0"))
        with serving(launch) as server:
            yield server


def ask(server: Server, options: str, name: str) -> Answer:
    """Return the answer for a file under the origin."""
    return server.get(f"/cdn-cgi/image/{options}/{quote(name)}", timeout_s=TIMEOUT_S)


def opened(body: bytes) -> pyvips.Image:
    """Return the picture with all its pixels read. Raises pyvips.Error when it is none."""
    return pyvips.Image.new_from_buffer(body, "", fail_on="warning").copy_memory()


def pixels(body: bytes) -> NDArray[np.uint8]:
    """Return the picture as (height, width, 4) sRGB with alpha."""
    image = opened(body).colourspace("srgb")
    image = image if image.hasalpha() else image.bandjoin(255)
    return image.cast("uchar").numpy()


def complaint(answer: Answer) -> str:
    """Return what is wrong with an answer that must be a picture or a clear 4xx, or nothing."""
    if 400 <= answer.status < 500:
        return "" if _explains(answer.body) else f"{answer.status} without a sentence"
    if answer.status != 200:
        return f"status {answer.status}"
    try:
        opened(answer.body)
    except pyvips.Error as why:
        return f"200 with a broken picture ({str(why).strip()})"
    return ""


def _explains(body: bytes) -> bool:
    try:
        told = json.loads(body)
    except ValueError:
        return False
    return isinstance(told, dict) and bool(told.get("error")) and bool(told.get("message"))


def _sizes() -> tuple[Tally, Table]:
    tally, rows = Tally("imgproxy's size table"), dict[tuple[str, str], int]()
    with _serving(sizes.FOLDER) as server:
        for case in sizes.cases():
            said = case.options.partition(",")[0] or f"none: {case.why_not}"
            rows[case.test, said] = rows.get((case.test, said), 0) + 1
            if case.options:
                tally.note(f"{case.test} {case.asked}", _size_problem(server, case))
    lines = [(test, said, str(count)) for (test, said), count in rows.items()]
    return tally, Table("imgproxy's sizes restated", ("its test", "our option", "rows"), lines)


def _size_problem(server: Server, case: sizes.Case) -> str:
    answer = ask(server, f"{case.options},format=png", sizes.SOURCE)
    if answer.status != 200:
        return f"status {answer.status}"
    image = opened(answer.body)
    got = (image.width, image.height)
    return "" if got == case.expected else f"{case.options} gave {got}, expected {case.expected}"


def _orientation() -> Tally:
    tally = Tally("EXIF orientation, mean difference < 3 of 255 and tag gone")
    with _serving(DATA / "exif_orientation") as server:
        for shape in ("Landscape", "Portrait"):
            upright = pixels(ask(server, UPRIGHT, f"{shape}_2.jpg").body).astype(np.int16)
            for number in range(2, 9):  # 1 is another picture
                name = f"{shape}_{number}.jpg"
                tally.note(name, _orientation_problem(server, name, upright))
    return tally


def _orientation_problem(server: Server, name: str, upright: NDArray[np.int16]) -> str:
    answer = ask(server, UPRIGHT, name)
    if answer.status != 200:
        return f"status {answer.status}"
    got = pixels(answer.body)
    if got.shape != upright.shape:
        return f"shape {got.shape}, expected {upright.shape}"
    difference = float(np.abs(got[..., :3] - upright[..., :3]).mean())
    if difference >= MAX_ORIENTATION_DIFFERENCE:
        return f"mean difference {difference:.2f}"
    kept = opened(ask(server, "metadata=keep,format=jpeg", name).body)
    tag = kept.get("orientation") if "orientation" in kept.get_fields() else 1
    return "" if tag == 1 else f"orientation {tag} still there"


def _pngsuite() -> Tally:
    folder = DATA / "pngsuite"
    tally = Tally(
        "PngSuite: pixels equal (by gamma in files of it), files that start with x refused"
    )
    with _serving(folder / "png") as server:
        for path in sorted((folder / "png").glob("*.png")):
            answer = ask(server, "format=png", path.name)
            if path.name.startswith("x"):
                refused = 400 <= answer.status < 500
                tally.refused += refused
                if not refused:
                    tally.note(path.name, f"status {answer.status}, expected a 4xx")
            else:
                expected = folder / "json" / f"{path.stem}.json"
                tally.note(
                    path.name, _pixel_problem(answer, expected, GAMMAS.get(path.stem[:3], 0))
                )
    return tally


def _pixel_problem(answer: Answer, expected: Path, gamma: float) -> str:
    if answer.status != 200:
        return f"status {answer.status}"
    got = pixels(answer.body).astype(np.int32)
    values = np.array(json.loads(expected.read_text()), dtype=np.int32)
    if values.size != got.size:
        return f"{got.size} values, expected {values.size}"
    deep = values.max() > 255
    shares = values.reshape(got.shape) / (65535 if deep else 255)
    if gamma:  # the truth is the file's numbers, before anybody thinks of a screen
        shares[..., :3] **= 1 / (SCREEN * gamma)
    values = np.rint(shares * 255).astype(np.int32)
    # What a fully transparent pixel would look like is nobody's business.
    off = np.abs(got - values).max(axis=2) * ((got[..., 3] > 0) | (values[..., 3] > 0))
    limit = MAX_DEPTH_DIFFERENCE if deep or gamma else 0
    return "" if off.max() <= limit else f"differs by up to {off.max()} in {(off > limit).sum()}"


def _tile(answer: Answer) -> pyvips.Image:
    """Return a square of the contact sheet: the picture on a checked ground, or the status."""
    if answer.status == 200:
        image = opened(answer.body).colourspace("srgb").cast("uchar")
        image = image.flatten(background=[200, 220, 200]) if image.hasalpha() else image
    else:
        text = pyvips.Image.text(str(answer.status), dpi=150)
        image = text.colourspace("srgb").cast("uchar")
    return image.gravity("centre", TILE, TILE, extend="background", background=[90, 90, 90])


def _sweep(what: str, folder: Path, sheet: str) -> tuple[Tally, Table]:
    """Ask for a thumbnail of every file and lay them out for a person to look at."""
    tally, tiles, rows = Tally(what), list[pyvips.Image](), list[tuple[str, ...]]()
    with _serving(folder) as server:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            name = path.relative_to(folder).as_posix()
            answer = ask(server, THUMBNAIL, name)
            problem = complaint(answer)
            tiles.append(_tile(answer))
            if 400 <= answer.status < 500 and not problem:
                tally.refused += 1
                rows.append((name, str(answer.status), json.loads(answer.body)["message"]))
            else:
                tally.note(name, problem)
    target = Path(tempfile.gettempdir()) / sheet
    pyvips.Image.arrayjoin(tiles, across=10).write_to_file(str(target))
    print(f"{what}: look at {target}", flush=True)
    return tally, Table(f"{what}: refused", ("file", "status", "sentence"), rows)


def _svg_calls_nobody() -> Check:
    """Return whether hostile SVGs made the server ask for anything outside."""

    def measurement(folder: Path) -> Check:
        with canary.listening() as bird:
            for name, text in canary.svgs(bird.url):
                (folder / name).write_text(text)
            with _serving(folder) as server:
                wrong = [
                    n for n, _ in canary.svgs(bird.url) if complaint(ask(server, THUMBNAIL, n))
                ]
            got = f"{bird.calls} requests, {len(wrong)} wrong answers"
            return Check("SVGs that reach outside", "0 requests", got, not bird.calls and not wrong)

    return in_places(lambda places: measurement(places.origin))


def conformance(*, quick: bool) -> Outcome:  # noqa: ARG001 - all of it is quick
    """Return whether pictures come out right, on sets whose answers others have given."""
    if not DATA.exists():
        return without_data("conformance", TITLE)
    outcome = Outcome("conformance", TITLE)
    size_tally, restated = _sizes()
    formats, refused = _sweep("formats", DATA / "formats_visible", "foveate-formats.png")
    drawings, not_drawn = _sweep("W3C SVG files", DATA / "svg_suite", "foveate-svg.png")
    tallies: Sequence[Tally] = (size_tally, _orientation(), _pngsuite(), formats, drawings)
    outcome.checks = [*(tally.check() for tally in tallies), _svg_calls_nobody()]
    outcome.tables = [table for table in (restated, refused, not_drawn) if table.rows]
    outcome.notes = [f"wrong: {line}" for tally in tallies for line in tally.wrong]
    return outcome
