"""How weights come here: delivered, checked and put in their place, or into a bundle."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

from foveate.configuration.folder import named_folder
from foveate.errors import BadSettings, DownloadFailed, WeightsCorrupt
from foveate.models.supply.artefacts import download, lacking
from foveate.models.supply.built import build_checked, record, record_of
from foveate.models.supply.card import Client
from foveate.models.supply.extract import extract
from foveate.models.supply.sizes import Sizes, sizes_of
from foveate.models.supply.weights import (
    FileState,
    check_licence,
    folder,
    sha256_of,
    verify,
    where,
)
from foveate.models.supply.workspace import partial_of, place, workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from foveate.models.supply.card import Artefact, ModelCard
    from foveate.settings import Models


class Stage(StrEnum):
    """What is done for a card."""

    DOWNLOAD = "download"
    INSTALL = "install"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One piece of a pull: done for this card after `done` of `total` bytes."""

    stage: Stage
    card: ModelCard
    done: int
    total: int
    sizes: Sizes
    """Of the whole pull."""


def to_install(card: ModelCard, settings: Models) -> str:
    """Return what this machine lacks to fetch the card's file, or an empty string."""
    if settings.bundle or settings.offline:
        return ""  # no client is needed, or none may be used
    missing = [lacking(source) for source in card.artefact.sources]
    return missing[0] if all(missing) and verify(card, settings) is not FileState.OK else ""


def _sources(artefact: Artefact, settings: Models) -> tuple[str, ...]:
    """Return where an artefact may be taken from under these settings."""
    if settings.bundle:
        bundled = named_folder("models.bundle", settings.bundle) / artefact.file
        return (f"{Client.FILE}:{bundled}",)
    if not settings.offline:
        return artefact.sources
    local = tuple(source for source in artefact.sources if source.startswith(f"{Client.FILE}:"))
    if not local:
        raise DownloadFailed(
            f"{artefact.file} is not here and FOVEATE_MODELS__OFFLINE is set. Put it into a "
            "folder and name that in FOVEATE_MODELS__BUNDLE, or let Foveate go online."
        )
    return local


def _deliver(
    artefact: Artefact,
    settings: Models,
    work: Path,
    tell: Callable[[int], None] = lambda _: None,
) -> Path:
    """Return the verified artefact in `work`; cards that share it download it once.

    `tell` hears how many bytes of it are there. What came before a connection broke lies beside
    `work`, for the next pull.
    """
    into = work / artefact.sha256
    path = into / artefact.file
    if path.is_file():
        return path
    into.mkdir(exist_ok=True)
    problems = []
    for source in _sources(artefact, settings):
        try:
            download(source, artefact, into, partial=partial_of(artefact.sha256, work), tell=tell)
            _expect(sha256_of(path), artefact.sha256, f"{source} delivered a different {path.name}")
        except (DownloadFailed, WeightsCorrupt) as why:
            path.unlink(missing_ok=True)
            problems.append(why)
        else:
            return path
    kind = type(problems[-1])
    raise kind(" ".join(map(str, problems)))


def _expect(got: str, sha256: str, complaint: str) -> None:
    if got != sha256:
        raise WeightsCorrupt(f"{complaint}: expected sha256 {sha256}, got {got}.")


def _extracted(card: ModelCard, artefact: Path) -> list[bytes]:
    """Return the card's files out of its artefact, each with the sha256 that the card names."""
    wanted = [(card.member, card.extract, card.sha256)]
    wanted += [(member.path, "file", member.sha256) for member in card.beside]
    files = []
    for member, how, sha256 in wanted:
        data = extract(artefact, member, how)
        got = hashlib.sha256(data).hexdigest()
        _expect(got, sha256, f"{artefact.name} has a different {member or 'content'}")
        files.append(data)
    return files


def _install(card: ModelCard, settings: Models, work: Path) -> None:
    files = _extracted(card, _deliver(card.artefact, settings, work))
    path = where(card, settings)
    if not card.build:
        place(files[0], path, work)
        return
    network = build_checked(card, files)
    place(network, path, work)
    # A file without its record counts as corrupt, so whoever is killed here has done no harm.
    place(record(card, network), record_of(path), work)


def _plan(cards: Sequence[ModelCard]) -> list[Piece]:
    """Return what there is to do: each artefact is downloaded before its first card."""
    work: dict[tuple[Stage, str], tuple[ModelCard, int]] = {}
    for card in cards:
        work.setdefault((Stage.DOWNLOAD, card.artefact.sha256), (card, card.artefact.bytes))
        work[Stage.INSTALL, card.name] = (card, card.bytes)
    return _pieces([(stage, *what) for (stage, _), what in work.items()], sizes_of(cards))


def _pieces(work: Sequence[tuple[Stage, ModelCard, int]], sizes: Sizes) -> list[Piece]:
    """Return work of so many bytes each as pieces of one whole."""
    total, done, pieces = sum(size for *_, size in work), 0, []
    for stage, card, size in work:
        pieces.append(Piece(stage=stage, card=card, done=done, total=total, sizes=sizes))
        done += size
    return pieces


def pull_all(
    cards: Sequence[ModelCard],
    settings: Models,
    tell: Callable[[Piece], None] = lambda _: None,
) -> tuple[ModelCard, ...]:
    """Bring the cards' files here and return the cards that had to be fetched.

    `tell` hears of each piece before it is done, and of downloads while they grow. Raises
    LicenceNotAcknowledged, DownloadFailed or WeightsCorrupt; what was fetched before stays.
    """
    for card in cards:
        check_licence(card, settings)
    if not wanting(cards, settings):
        return ()  # without a lock, so that a read-only folder of weights works
    with workspace(folder(settings)) as work:
        # Looked at again: a process that we waited for may have brought some.
        wanted = wanting(cards, settings)
        for piece in _plan(wanted):
            tell(piece)
            if piece.stage is Stage.DOWNLOAD:
                _deliver(piece.card.artefact, settings, work, partial(_grown, piece, tell))
            else:
                _install(piece.card, settings, work)
    return tuple(wanted)


def _grown(piece: Piece, tell: Callable[[Piece], None], size: int) -> None:
    """Tell of a download that is underway, never of more than it has."""
    tell(replace(piece, done=piece.done + min(size, piece.card.artefact.bytes)))


def wanting(cards: Sequence[ModelCard], settings: Models) -> list[ModelCard]:
    """Return the cards whose files a pull would bring: they are missing, or not as they should."""
    return [card for card in cards if verify(card, settings) is not FileState.OK]


def pull(card: ModelCard, settings: Models) -> Path:
    """Return where the card's file lies, fetched if need be. Raises as `pull_all` does."""
    pull_all([card], settings)
    return where(card, settings)


def bundle(
    cards: Sequence[ModelCard],
    settings: Models,
    into: Path,
    tell: Callable[[Piece], None] = lambda _: None,
) -> tuple[Path, ...]:
    """Return the verified artefacts of the cards in a folder that serves as `models.bundle`.

    What is there already stays. `tell` hears of each download while it grows. Raises as `pull_all`
    does, and BadSettings where two artefacts have one name.
    """
    for card in cards:
        check_licence(card, settings)
    named = {(card.artefact.file, card.artefact.sha256): card for card in cards}
    firsts = tuple(named.values())
    _check_names(firsts)
    with workspace(into) as work:
        for piece in _to_bundle(firsts, into):
            tell(piece)
            artefact = piece.card.artefact
            fresh = _deliver(artefact, settings, work, partial(_grown, piece, tell))
            fresh.replace(into / artefact.file)
    return tuple(into / card.artefact.file for card in firsts)


def _check_names(cards: Sequence[ModelCard]) -> None:
    """Do nothing where the artefacts of these cards can lie beside each other."""
    by_name: dict[str, ModelCard] = {}
    for card in cards:
        other = by_name.setdefault(card.artefact.file, card)
        if other is not card:
            raise BadSettings(
                f"Expected artefacts of different names in a bundle, got two of {other.name} and "
                f"{card.name} that are both called {card.artefact.file}. Give one of them another "
                "`file` in the `[artefact]` of its card, or bundle them into two folders."
            )


def _to_bundle(cards: Sequence[ModelCard], into: Path) -> list[Piece]:
    """Return what to download of these cards, each of which has an artefact of its own."""
    lacking = [card for card in cards if not _holds(into, card.artefact)]
    size = sum(card.artefact.bytes for card in lacking)
    work = [(Stage.DOWNLOAD, card, card.artefact.bytes) for card in lacking]
    return _pieces(work, Sizes(download=size, disk=size))


def _holds(into: Path, artefact: Artefact) -> bool:
    path = into / artefact.file
    return path.is_file() and sha256_of(path) == artefact.sha256
