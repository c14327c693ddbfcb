"""Packages, brought by pip into an environment of their own: wheels alone, noted with their hashes.

Wheels run nothing while they are installed; a repository is built, which runs what it says.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import sysconfig
import venv
import zipfile
from dataclasses import dataclass
from hashlib import sha256
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
_LAST_LETTERS: Final = 4000


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


def bring(folder: Path, name: str, version: str, source: Source) -> list[Package]:
    """Install a version of a package, and all that it needs; return what, the package first.

    Raises HandlerFailed where that cannot be had.
    """
    places, wheels = _places(source), folder / WHEELS
    if source.kind == "git":
        _build(wheels, name, source)
        places = ["--find-links", str(wheels)]
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
    own = _normal(name)
    return sorted(map(_package, rows), key=lambda each: (each.name != own, each.name))


def pin_of(packages: Sequence[Package], source: Source) -> str:
    """Return what the code of a handler is, in hex: the same on any machine.

    That is its own wheel, or commit, and the versions of what it needs: their wheels differ from
    system to system.
    """
    own, *others = packages
    lines = [source.commit or own.sha256, *(f"{each.name}=={each.version}" for each in others)]
    return sha256("\n".join(lines).encode()).hexdigest()


def _check_needs(wheel: Path) -> None:
    """Raise HandlerFailed where a wheel needs what lies at an address: pip would build that."""
    try:
        with zipfile.ZipFile(wheel) as packed:
            (about,) = [each for each in packed.namelist() if ABOUT.fullmatch(each)]
            with packed.open(about) as lines:
                told = lines.read(MOST_ABOUT).decode(errors="replace")
    except (OSError, ValueError, zipfile.BadZipFile) as why:
        sentence = f"Expected {wheel.name} to be a wheel, got none."
        raise HandlerFailed(sentence, public=sentence) from why
    if found := AT_ADDRESS.search(told):
        sentence = f"Expected {wheel.name} to need packages by name, got {found[1].strip()[:200]}."
        raise HandlerFailed(sentence, public=sentence)


def _places(source: Source) -> list[str]:
    if source.kind == "wheels":
        return ["--no-index", "--find-links", source.place]
    return ["--index-url", source.place] if source.place else []


def _build(wheels: Path, name: str, source: Source) -> None:
    """Build the wheel of a commit."""
    asked = f"git+{source.place}@{source.commit}#egg={name}"
    _pip("wheel", "--no-deps", "--wheel-dir", str(wheels), asked)


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
    _run([sys.executable, "-m", "pip", verb, *QUIET, *words])


def _run(command: Sequence[str]) -> None:
    try:
        done = subprocess.run(  # noqa: S603 - pip, and words that were looked at
            command, capture_output=True, text=True, timeout=PATIENCE_S, check=False
        )
    except subprocess.TimeoutExpired as why:
        sentence = f"Expected pip to be done within {PATIENCE_S} s."
        raise HandlerFailed(sentence, public=sentence) from why
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["nothing said"])[-1]
        sentence = f"Expected pip to bring the handler, got: {last[:500]}"
        raise HandlerFailed(sentence, public=sentence, log=done.stderr[-_LAST_LETTERS:])
