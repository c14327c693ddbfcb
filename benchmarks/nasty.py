"""Hostile files through the real server: a clear 4xx or a sane picture, and it lives on."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import corpus
import peers
import processes
from conformance import complaint
from results import DATA, Check, Outcome, Table, without_data
from rounds import in_places
from servers import serving

if TYPE_CHECKING:
    from rounds import Places
    from servers import Server

TITLE: Final = "Hostile files"
FOLDER: Final = DATA / "nasty"
MAX_S: Final = 5.0
MAX_MIB: Final = 512.0
GOOD: Final = "good.png"
GOOD_OPTIONS: Final = "width=64,height=96,fit=cover,gravity=face,format=png"
OPTIONS: Final = (
    "format=png",
    "width=200,format=webp",
    "fit=cover,gravity=face,width=200,height=133,format=jpeg",
    "trim=border,width=100,format=avif",
    "format=json",
)


def _problem(server: Server, options: str, name: str) -> str:
    """Return how the answer for one file breaks the rules, or nothing."""
    try:
        answer = server.get(f"/cdn-cgi/image/{options}/{quote(name)}", timeout_s=3 * MAX_S)
    except OSError as why:
        return f"no answer ({why!r})"
    if answer.seconds > MAX_S:
        return f"took {answer.seconds:.1f} s"
    if options == "format=json" and answer.status == 200:
        return ""
    return complaint(answer)


def _lives_on(server: Server) -> str:
    """Return why the server is no longer what it was, or nothing."""
    if not server.alive:
        return "the server died"
    try:
        status = server.get(f"/cdn-cgi/image/{GOOD_OPTIONS}/{GOOD}", timeout_s=MAX_S).status
    except OSError as why:
        return f"no answer to a good request afterwards ({why!r})"
    return "" if status == 200 else f"a good request afterwards gave {status}"


def _violations(server: Server, names: list[str]) -> tuple[list[tuple[str, ...]], float]:
    """Return every broken rule, and the server's highest memory in MiB."""
    found: list[tuple[str, ...]] = []
    with processes.PeakMemory(server.pid, every_s=0.02) as memory:
        for name in names:
            for options in OPTIONS:
                problems = (_problem(server, options, name), _lives_on(server))
                found.extend((name, options, problem) for problem in problems if problem)
    return found, memory.mib


def _sweep(places: Places) -> Outcome:
    shutil.copy(corpus.samples()["astronaut"], places.origin / GOOD)
    shutil.copytree(FOLDER, places.origin, dirs_exist_ok=True)
    files = [path for path in FOLDER.rglob("*") if path.is_file()]
    names = sorted(path.relative_to(FOLDER).as_posix() for path in files)
    off = dict.fromkeys(("caching__memory_bytes", "caching__disk_bytes"), "0")
    with serving(peers.foveate(places.origin, places.work, **off)) as server:
        found, peak = _violations(server, names)
    asked = f"{len(names)} files x {len(OPTIONS)} kinds of options"
    return Outcome(
        "nasty",
        TITLE,
        checks=[
            Check(f"violations, {asked}", "0", str(len(found)), not found),
            Check(
                "peak PSS meanwhile", f"<= {MAX_MIB:.0f} MiB", f"{peak:.0f} MiB", peak <= MAX_MIB
            ),
        ],
        tables=[Table("Violations", ("file", "options", "what"), found)] if found else [],
        notes=[
            (
                f"Each answer must be a 4xx with a sentence or a picture that decodes, within "
                f"{MAX_S:.0f} s; after each, a good face crop must be answered with 200."
            )
        ],
    )


def nasty(*, quick: bool) -> Outcome:  # noqa: ARG001 - all of it is quick
    """Return how often hostile files broke a rule."""
    return in_places(_sweep) if FOLDER.exists() else without_data("nasty", TITLE)
