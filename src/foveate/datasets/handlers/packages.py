"""Packages, brought by pip into an environment of their own: wheels alone, noted with their hashes.

Wheels run nothing while they are installed; a repository is built, which runs what it says. pip
builds what an address names, even where it may take wheels alone: so it begins no other program.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import sysconfig
import tempfile
import venv
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from hashlib import file_digest, sha256
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from foveate.errors import BadInstallation, HandlerFailed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from foveate.datasets.handlers.sources import Source

PATIENCE_S: Final = 1800
"""How long pip may take; what it brings may be large."""
QUIET: Final = ("--no-input", "--disable-pip-version-check", "--quiet")
WHEELS: Final = "wheels"
ABOUT: Final = re.compile(r"[^/]+\.dist-info/METADATA")
MOST_ABOUT: Final = 1024 * 1024
AT_ADDRESS: Final = re.compile(r"^requires-dist:([^;\n]*@[^\n]*)", re.MULTILINE | re.IGNORECASE)
_BY_NAME: Final = "Expected {} to need packages by name, got {}."
_LAST_LETTERS: Final = 4000
_ALONE: Final = """
import runpy, sys

def refuse(event, _):
    if event.startswith(("subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system")):
        raise PermissionError("Expected wheels alone, got what has to be built.")

sys.addaudithook(refuse)
runpy.run_module("pip", run_name="__main__", alter_sys=True)
"""
"""pip, which is no stranger, without other programs."""


@dataclass(frozen=True, slots=True)
class Package:
    """A wheel, as it was found."""

    name: str
    version: str
    sha256: str


def bare(folder: Path) -> None:
    """Make an environment without any package. Raises BadInstallation."""
    if find_spec("pip") is None:
        raise BadInstallation("Expected pip, to install handlers: python -m ensurepip.")
    venv.EnvBuilder(symlinks=sys.platform != "win32").create(folder)


def python_of(folder: Path) -> Path:
    """Return the Python of an environment."""
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def bring(
    folder: Path, name: str, version: str, source: Source, allowed: Sequence[Source] = ()
) -> list[Package]:
    """Install a version of a package, and all that it needs; return what, the package first.

    What a repository needs, and what builds it, comes from the other places that are `allowed`.
    Raises HandlerFailed where that cannot be had.
    """
    places, wheels = _places(source), folder / WHEELS
    if source.kind == "git":
        others = _all_places(allowed)
        _build(wheels, name, source, others)
        places = ["--find-links", str(wheels), *others]
    elif source.kind == "index":
        alone = ("--no-deps", "--only-binary=:all:", "--dest", str(wheels))
        _pip("download", *alone, *places, f"{name}=={version}")
    else:
        wheels = Path(source.place)
    for wheel in sorted(wheels.glob("*.whl")):
        _check_needs(wheel)
    report = folder / "report.json"
    # Its Python is the one that runs this, so that what fits one fits the other.
    into = sysconfig.get_path("purelib", "venv", {"base": str(folder)})
    _pip(
        "install",
        "--target",
        into,
        "--report",
        str(report),
        "--only-binary=:all:",
        *places,
        f"{name}=={version}",
    )
    rows = json.loads(report.read_text())["install"]
    for row in rows:
        _check_came_by_name(row)
    own = _normal(name)
    return sorted(map(_package, rows), key=lambda each: (each.name != own, each.name))


def pin_of(packages: Sequence[Package], source: Source) -> str:
    """Return what the code of a handler is, in hex: the same on any machine.

    That is its own wheel, or commit, and the versions of what it needs: their wheels differ from
    system to system.
    """
    own, *others = packages
    return pin_from(
        source.commit or own.sha256, [f"{each.name}=={each.version}" for each in others]
    )


def pin_from(own: str, others: Sequence[str]) -> str:
    """Return the pin of a wheel's hash or a commit, and of what it needs as `name==version`."""
    return sha256("\n".join([own, *others]).encode()).hexdigest()


def offered(name: str, version: str, source: Source) -> list[str]:
    """Return what is there for a version by now: the hashes of its wheels, or a commit.

    Nothing where there is none any more, or where that cannot be said.
    """
    if source.kind == "git":
        return [source.commit]
    if source.kind == "wheels":
        wheels = [each for each in Path(source.place).glob("*.whl") if _is_of(each, name, version)]
        return [_hash_of(each) for each in wheels]
    with suppress(HandlerFailed), tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        alone = ("--no-deps", "--only-binary=:all:", "--dry-run", "--ignore-installed")
        said = ("--retries=0", "--report", str(report))
        _pip("install", *alone, *said, *_places(source), f"{name}=={version}")
        return [_package(row).sha256 for row in json.loads(report.read_text())["install"]]
    return []


def _hash_of(wheel: Path) -> str:
    with wheel.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _is_of(wheel: Path, name: str, version: str) -> bool:
    """Return whether a wheel is of a version, by its name."""
    own, _, rest = wheel.name.partition("-")
    return _normal(own) == _normal(name) and rest.partition("-")[0] == version


def _check_needs(wheel: Path) -> None:
    """Raise HandlerFailed where a wheel needs what lies at an address: pip would build that."""
    try:
        with zipfile.ZipFile(wheel) as packed:
            (about,) = [each for each in packed.namelist() if ABOUT.fullmatch(each)]
            with packed.open(about) as lines:
                told = lines.read(MOST_ABOUT + 1)
    except (OSError, ValueError, zipfile.BadZipFile) as why:
        raise _refused(f"Expected {wheel.name} to be a wheel, got none.") from why
    if len(told) > MOST_ABOUT:
        raise _refused(f"Expected at most {MOST_ABOUT} bytes of METADATA in {wheel.name}, got more")
    if found := AT_ADDRESS.search(told.decode(errors="replace")):
        raise _refused(_BY_NAME.format(wheel.name, found[1].strip()[:200]))


def _check_came_by_name(row: Mapping[str, Any]) -> None:
    """Raise HandlerFailed where what was installed came from an address, not from a source."""
    if row["is_direct"] or "archive_info" not in row["download_info"]:
        came = f"{row['metadata']['name']} @ {row['download_info']['url']}"
        raise _refused(_BY_NAME.format("packages", came[:200]))


def _refused(sentence: str) -> HandlerFailed:
    return HandlerFailed(sentence, public=sentence)


def _places(source: Source) -> list[str]:
    if source.kind == "wheels":
        return ["--no-index", "--find-links", source.place]
    return ["--index-url", source.place] if source.place else []


def _all_places(sources: Sequence[Source]) -> list[str]:
    """Return where pip may look, of all sources; in no index unless one of them is one."""
    folders = [each.place for each in sources if each.kind == "wheels"]
    indexes = [each.place for each in sources if each.kind == "index"]
    words = [word for place in folders for word in ("--find-links", place)]
    if not indexes:
        return [*words, "--no-index"]
    others = [place for place in indexes if place]
    if len(others) == len(indexes):  # else the one that pip is set up with is among them
        words += ["--index-url", others.pop(0)]
    return [*words, *(word for place in others for word in ("--extra-index-url", place))]


def _build(wheels: Path, name: str, source: Source, places: Sequence[str]) -> None:
    """Build the wheel of a commit."""
    asked = f"git+{source.place}@{source.commit}#egg={name}"
    words = ("--no-deps", "--wheel-dir", str(wheels), *places, asked)
    _run([sys.executable, "-m", "pip", "wheel", *QUIET, *words])


def _package(row: Mapping[str, Any]) -> Package:
    about, archive = row["metadata"], row["download_info"]["archive_info"]
    return Package(_normal(about["name"]), about["version"], archive["hashes"]["sha256"])


def _normal(name: str) -> str:
    """Return the one of the spellings of a package's name that all have in common.

    >>> _normal("Foo.bar_baz")
    'foo-bar-baz'
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def _pip(verb: str, *words: str) -> None:
    _run([sys.executable, "-c", _ALONE, verb, *QUIET, *words])


def _run(command: Sequence[str]) -> None:
    try:
        done = subprocess.run(  # noqa: S603 - pip, and words that were looked at
            command, capture_output=True, text=True, timeout=PATIENCE_S, check=False
        )
    except subprocess.TimeoutExpired as why:
        raise _refused(f"Expected pip to be done within {PATIENCE_S} s.") from why
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["nothing said"])[-1]
        sentence = f"Expected pip to bring the handler, got: {last[:500]}"
        raise HandlerFailed(sentence, public=sentence, log=done.stderr[-_LAST_LETTERS:])
