"""Where handlers may be installed from: what the operator wrote down, and nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate.errors import BadConfiguration

if TYPE_CHECKING:
    from collections.abc import Iterable

NAME: Final = re.compile(r"(?=.{1,64}\Z)[a-z0-9]+(?:[._-][a-z0-9]+)*")
"""Of at most 64 letters: names of folders are longer."""
VERSION: Final = re.compile(r"[0-9]+(?:\.[0-9]+)*[a-z0-9.+]{0,40}")
_COMMIT: Final = re.compile(r"[0-9a-f]{40}")
_RELEASE: Final = re.compile(r"([0-9]+(?:\.[0-9]+)*)(.*)")
_STEP: Final = re.compile(r"[0-9]+|[a-z]+|\+")
_STEPS: Final = {"dev": 0, "a": 1, "b": 1, "rc": 1, "": 2, "+": 3, "post": 4}
KINDS: Final = ("index", "wheels", "git")


@dataclass(frozen=True, slots=True)
class Source:
    """A place that packages come from.

    `index` is the one that pip is set up with, `index:URL` another; `wheels:FOLDER` holds wheels;
    `git:URL` is a repository, of which `@` and a commit says what.
    """

    kind: str
    place: str = ""
    commit: str = ""

    def __str__(self) -> str:
        commit = f"@{self.commit}" if self.commit else ""
        return f"{self.kind}:{self.place}{commit}" if self.place else self.kind


def read_source(text: str) -> Source:
    """Return the source that is written so. Raises BadConfiguration.

    >>> read_source("wheels:/srv/wheels")
    Source(kind='wheels', place='/srv/wheels', commit='')
    """
    kind, _, place = text.partition(":")
    commit = ""
    if kind == "git" and _COMMIT.fullmatch(place.rpartition("@")[2]):
        place, _, commit = place.rpartition("@")
    if kind not in KINDS or (not place and kind != "index") or place.startswith("-"):
        sentence = f"Expected index, index:URL, wheels:FOLDER or git:URL@COMMIT, got {text!r}."
        raise BadConfiguration(sentence)
    return Source(kind, place, commit)


def check_source(source: Source, allowed: Iterable[str]) -> None:
    """Raise BadConfiguration for a source that is not written among those that are allowed."""
    listed = [read_source(text) for text in allowed]
    if not any((each.kind, each.place) == (source.kind, source.place) for each in listed):
        raise BadConfiguration(
            f"Expected a source of handlers that is allowed here, got {source}: see "
            "FOVEATE_DATASETS__HANDLERS_FROM."
        )
    if source.kind == "git" and not source.commit:
        raise BadConfiguration(f"Expected {source}@ and a whole commit, in 40 hex digits.")


def check_named(name: str, version: str) -> None:
    """Raise BadConfiguration for what is no name of a package, or no version of one."""
    if not NAME.fullmatch(name):
        raise BadConfiguration(f"Expected the name of a package, in small letters, got {name!r}.")
    if not VERSION.fullmatch(version):
        raise BadConfiguration(f"Expected a version as 1.2.0, got {version!r}.")


def order_of(version: str) -> tuple[tuple[int, ...], list[tuple[int, int, str]]]:
    """Return what versions are sorted by.

    >>> sorted(["1.10", "1.9", "2.0rc10", "2.0rc9", "2.0", "2.0.post1", "2.0.dev1"], key=order_of)
    ['1.9', '1.10', '2.0.dev1', '2.0rc9', '2.0rc10', '2.0', '2.0.post1']
    """
    found = _RELEASE.fullmatch(version)
    release, rest = found.groups() if found else ("0", version)
    return tuple(map(int, release.split("."))), [*map(_step, _STEP.findall(rest)), _step("")]


def _step(part: str) -> tuple[int, int, str]:
    """Return where a part of a version stands among others, "" being its end."""
    if part.isdecimal():
        return max(_STEPS.values()) + 1, int(part), ""
    return _STEPS.get(part, _STEPS["a"]), 0, part
