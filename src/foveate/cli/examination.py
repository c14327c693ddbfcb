"""What `foveate doctor` looks at: versions, processor, networks, folders, settings."""

from __future__ import annotations

import ctypes
import os
import platform
import shutil
import sys
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

from foveate.app import DETECTOR_CARD, cache_folder
from foveate.errors import BadInstallation, BadSettings
from foveate.imaging.credentials import CURE, claim_signer
from foveate.models.check.checks import checkable
from foveate.models.runtime.engines import VARIANTS, Choice, choice_of
from foveate.models.runtime.onnx_engine import PROVIDERS, providers_here
from foveate.models.runtime.parity import Parity, parity_of, version_of
from foveate.models.runtime.processor import Processor, this_processor
from foveate.models.supply.card import FONT_TASKS, Task
from foveate.models.supply.sets import words_for
from foveate.models.supply.weights import FileState, allowed, catalogue, folder, verify
from foveate.service.parity import CARDS
from foveate.settings import Engine

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from foveate.models.supply.card import ModelCard
    from foveate.settings import Credentials, Models, Runtime, Settings

PACKAGES: Final[Mapping[str, str]] = {
    "foveate": "foveate",
    "libvips": "pyvips-binary",
    "onnxruntime": "onnxruntime",
    "openvino": "openvino",
}
"""What is reported, and the package that brings it."""
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
MIN_KEY: Final = 16
"""Characters. A key of fewer is guessed, not known."""
_CGROUP: Final = Path("/sys/fs/cgroup/memory.max")


class Severity(StrEnum):
    """How bad a finding is."""

    BROKEN = "broken"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that should not stay as it is, and what to do about it."""

    severity: Severity
    what: str
    cure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkReport:
    """What is known of one network on this machine."""

    name: str
    pull: str
    """What `foveate models pull` fetches it by: its set, or its name."""
    licence: str
    allowed: bool
    state: FileState
    """Of the file that the chosen engine runs."""
    choice: Choice
    parity: Parity | None
    checkable: bool


@dataclass(frozen=True, slots=True)
class FolderReport:
    """A folder of ours: where, whether it can be written, and the bytes free there."""

    path: Path
    writable: bool
    free: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """All that was found. A package that is not installed has an empty version."""

    versions: dict[str, str]
    processor: Processor
    memory: int
    networks: tuple[NetworkReport, ...]
    places: dict[str, FolderReport]
    findings: tuple[Finding, ...] = field(default=())

    @property
    def healthy(self) -> bool:
        """Return whether nothing that is needed is broken."""
        return all(finding.severity is not Severity.BROKEN for finding in self.findings)


def memory_here() -> int:
    """Return the bytes of memory that this machine has, or that its container may use."""
    if sys.platform == "win32":
        return _memory_of_windows()
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        return min(machine, int(_CGROUP.read_text()))
    except (OSError, ValueError):  # no container, or `max`
        return machine


def _memory_of_windows() -> int:
    status = (ctypes.c_uint64 * 8)(64)  # MEMORYSTATUSEX: its length and its load, then bytes
    ctypes.CDLL("kernel32").GlobalMemoryStatusEx(status)
    return int(status[1])


def _folder_report(path: Path) -> FolderReport:
    there = next(each for each in (path, *path.parents) if each.exists())
    return FolderReport(path, os.access(there, os.W_OK), shutil.disk_usage(there).free)


def networks_of(models: Models, runtime: Runtime) -> tuple[NetworkReport, ...]:
    """Return every network that may be asked for. Raises BadSettings."""
    no_networks = (Task.SAMPLE, *FONT_TASKS)
    cards = {card.name: card for card in catalogue(models) if card.task not in no_networks}
    stand_ins = {variant.card for variant in VARIANTS.values()}
    return tuple(
        _network(card, cards, models, runtime)
        for card in cards.values()
        if card.name not in stand_ins
    )


def _network(
    card: ModelCard, cards: Mapping[str, ModelCard], models: Models, runtime: Runtime
) -> NetworkReport:
    choice = choice_of(card.name, models, runtime)
    return NetworkReport(
        name=card.name,
        pull=words_for([card])[0],
        licence=card.licence,
        allowed=allowed(card, models),
        state=verify(cards[choice.card], models),
        choice=choice,
        parity=parity_of(card, models, runtime),
        checkable=card.name in CARDS and checkable(card, models),
    )


def examine(settings: Settings) -> Examination:
    """Return what this machine has, and what is wrong with it. Loads no network."""
    models, runtime = settings.models, settings.runtime
    networks = networks_of(models, runtime)
    places = {
        "models": _folder_report(folder(models)),
        "cache": _folder_report(cache_folder(settings)),
    }
    versions = {name: version_of(package) for name, package in PACKAGES.items()}
    memory = memory_here()
    findings = (
        *_about_networks(networks),
        *_about_engines(runtime, versions),
        *_about_places(places, settings),
        *_about_load(settings, memory),
        *_about_access(settings),
        *_about_credentials(settings.credentials),
    )
    return Examination(
        versions={"python": platform.python_version(), **versions},
        processor=this_processor(),
        memory=memory,
        networks=networks,
        places=places,
        findings=findings,
    )


def _about_networks(networks: tuple[NetworkReport, ...]) -> Iterator[Finding]:
    for network in networks:
        cure = f"foveate models pull {network.choice.card}"
        if network.state is FileState.CORRUPT:
            yield Finding(Severity.BROKEN, f"{network.name} is corrupt", cure)
        if network.state is FileState.MISSING and network.name == DETECTOR_CARD:
            yield Finding(
                Severity.BROKEN, f"{DETECTOR_CARD} is missing: nobody looks for faces", cure
            )
    missing: dict[str, list[str]] = {}
    for network in networks:
        lacking = network.allowed and network.state is FileState.MISSING
        if lacking and network.name != DETECTOR_CARD:
            missing.setdefault(network.pull, []).append(network.choice.card)
    for pull, names in missing.items():
        what = f"not fetched: {', '.join(names)}"
        yield Finding(Severity.WARNING, what, f"foveate models pull {pull}")
    if unchecked := [net.name for net in networks if net.checkable and net.parity is None]:
        what = f"not yet tried in OpenVINO: {', '.join(unchecked)}"
        yield Finding(Severity.WARNING, what, "foveate doctor --check")


def _about_engines(runtime: Runtime, versions: Mapping[str, str]) -> Iterator[Finding]:
    wanted = PROVIDERS.get(runtime.provider, ())
    if not wanted:
        known = f"one of {', '.join(PROVIDERS)}"
        yield Finding(Severity.BROKEN, f"runtime.provider is {runtime.provider!r}", f"set {known}")
    elif wanted[0] not in providers_here():
        cure = f"install an onnxruntime that has {wanted[0]}, or set runtime.provider=cpu"
        yield Finding(
            Severity.WARNING, f"runtime.provider={runtime.provider} runs on the CPU", cure
        )
    if runtime.engine == Engine.OPENVINO and not versions["openvino"]:
        cure = "pip install 'foveate[openvino]', or set runtime.engine=auto"
        yield Finding(Severity.WARNING, "runtime.engine=openvino, which is not installed", cure)


def _about_places(places: Mapping[str, FolderReport], settings: Settings) -> Iterator[Finding]:
    cache = places["cache"]
    if not cache.writable:
        cure = "make it writable, or set caching.folder"
        yield Finding(Severity.BROKEN, f"{cache.path} cannot be written", cure)
    wanted = settings.caching.disk_bytes + settings.caching.analysis_disk_bytes
    if cache.free < wanted:
        what = f"{cache.free >> 20:,} MiB are free for caches that may take {wanted >> 20:,}"
        yield Finding(Severity.WARNING, what, "lower caching.disk_bytes, or free the disk")


def _about_load(settings: Settings, memory: int) -> Iterator[Finding]:
    here = this_processor().cores
    if settings.runtime.threads > here:
        what = f"runtime.threads={settings.runtime.threads} on {here} cores"
        yield Finding(Severity.WARNING, what, "set 1: requests already run side by side")
    if settings.load.workers > 2 * here:
        what = f"load.workers={settings.load.workers} on {here} cores"
        yield Finding(Severity.WARNING, what, "set 0, which is one a core")
    if settings.load.memory_bytes > memory:
        what = f"load.memory_bytes is more than the {memory >> 20:,} MiB here"
        yield Finding(Severity.WARNING, what, "set at most half of the memory")


def _about_access(settings: Settings) -> Iterator[Finding]:
    origins, signed = settings.origins, bool(settings.signing.keys or settings.limited_keys)
    anywhere = "*" in origins.allow
    if anywhere and not signed:
        cure = "name the origins in origins.allow, or set signing.keys"
        yield Finding(Severity.WARNING, "anybody may resize any picture of the web", cure)
    if origins.allow_private:
        what = "origins may lead into the private network (origins.allow_private)"
        yield Finding(Severity.WARNING, what, "leave it off where strangers write URLs")
    if settings.server.host not in LOOPBACK and not signed:
        what = f"listens on {settings.server.host} and signs no URLs"
        yield Finding(Severity.WARNING, what, "set signing.keys, or stay behind a proxy")
    keys = [*settings.signing.keys, *(text.split()[0] for text in settings.limited_keys.values())]
    if short := [key for key in keys if len(key) < MIN_KEY]:
        what = f"{len(short)} of {len(keys)} signing keys are short"
        yield Finding(Severity.WARNING, what, f"use {MIN_KEY} random characters or more")


def _about_credentials(credentials: Credentials) -> Iterator[Finding]:
    try:
        claim_signer(credentials)
    except BadInstallation:
        yield Finding(Severity.BROKEN, "content credentials need an extra", CURE)
    except BadSettings as why:
        cure = "mend the files that credentials.* names, or leave these empty"
        yield Finding(Severity.BROKEN, str(why), cure)
