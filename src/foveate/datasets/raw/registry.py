"""Raw data by name: a file of JSON for each in one folder, which people may write by hand."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import TYPE_CHECKING, Final, NamedTuple

from foveate.configuration.folder import named_folder, state_folder
from foveate.datasets.identity import NAME
from foveate.datasets.raw.halting import HaltingPlace
from foveate.datasets.raw.looks import Looks
from foveate.datasets.raw.memo import Memo
from foveate.datasets.raw.places import check_place, open_place
from foveate.datasets.raw.raw import raw_from_json
from foveate.datasets.raw.seen import seen
from foveate.datasets.raw.survey import survey
from foveate.durable import give_name, sync_folder, write_whole
from foveate.errors import BadRaw, DatasetConflict, Unavailable, UnknownRaw

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    from foveate.datasets.raw.places import Place
    from foveate.datasets.raw.raw import Raw, Survey
    from foveate.settings import Settings

MOST_BYTES: Final = 1024 * 1024


def books_folder(settings: Settings) -> Path:
    """Return where what is noted of datasets lies. Raises BadSettings."""
    written = settings.datasets.books
    if written:
        return named_folder("datasets.books", written)
    return state_folder("datasets.books") / "datasets"


def raw_folder(settings: Settings) -> Path:
    """Return where raw data is registered. Raises BadSettings."""
    written = settings.datasets.raw
    return named_folder("datasets.raw", written) if written else books_folder(settings) / "raw"


class Look(NamedTuple):
    """A look at raw data, and what came of it."""

    raw: Raw
    seen: str | None
    digest: str
    classes: Sequence[str]


class Surveyed(NamedTuple):
    """What a look found, and what could be seen before of all that it looked at."""

    raw: Raw
    seen: str | None
    survey: Survey


class Broken(NamedTuple):
    """What is registered by a file that cannot be read, and why."""

    name: str
    why: BadRaw


class Registered(NamedTuple):
    """All that is registered, by name."""

    raw: Sequence[Raw]
    broken: Sequence[Broken]


@dataclass(slots=True)
class Registry:
    """The raw data that this machine knows. Thread-safe, and blocks."""

    folder: Path
    settings: Settings
    memo: Memo
    _turns: dict[str, Lock] = field(default_factory=dict)
    _looks: dict[str, Look] = field(default_factory=dict)
    """The last one at each."""
    _last: Surveyed | None = None
    """Of the last look at any: whoever prepares what was just asked for reads nothing anew."""
    looks: Looks = field(init=False)
    _ends: Event = field(default_factory=Event)

    def __post_init__(self) -> None:
        self.looks = Looks(self.digest)

    def end(self) -> None:
        """Break off what looks for a digest."""
        self._ends.set()
        self.looks.end()

    def all(self) -> Registered:
        """Return all of it, and which files say nothing."""
        raw: list[Raw] = []
        broken: list[Broken] = []
        names = (each.stem for each in self.folder.glob("*.json") if NAME.fullmatch(each.stem))
        for name in sorted(names):
            try:
                with suppress(UnknownRaw):  # it went in between
                    raw.append(self.of(name))
            except BadRaw as why:
                broken.append(Broken(name, why))
        return Registered(raw, broken)

    def of(self, name: str) -> Raw:
        """Return what is registered by that name. Raises UnknownRaw, BadRaw."""
        if not NAME.fullmatch(name):
            raise UnknownRaw
        file = self.folder / f"{name}.json"
        try:
            with file.open("rb") as opened:
                said = json.loads(opened.read(MOST_BYTES))
        except FileNotFoundError as why:
            raise UnknownRaw(f"There is no raw data called {name}.") from why
        except (OSError, ValueError, RecursionError) as why:
            public = f"Expected {file.name} to be JSON, got what is none."
            raise BadRaw(f"Expected {file} to be JSON, got what is none.", public=public) from why
        return raw_from_json(said, name)

    def add(self, raw: Raw) -> Survey:
        """Register raw data, and look at all of it. Raises DatasetConflict, BadRaw."""
        self._check_free(raw)  # before all is read
        check_place(raw.place)
        found = self.look(raw)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file, whole = self.folder / f"{raw.name}.json", self.folder / f".{raw.name}.{os.getpid()}"
        told = raw.to_json()
        del told["name"]
        write_whole(whole, f"{json.dumps(told, indent=2, ensure_ascii=False)}\n".encode())
        try:
            give_name(whole, file)
        except FileExistsError:
            self._check_free(raw)
        finally:
            whole.unlink(missing_ok=True)
        sync_folder(self.folder)
        return found

    def _check_free(self, raw: Raw) -> None:
        with suppress(UnknownRaw):
            if self.of(raw.name) != raw:
                taken = f"Expected a new name, got {raw.name}, which other raw data has."
                raise DatasetConflict(taken)

    def remove(self, name: str) -> None:
        """Register it no more; its pictures, and datasets of them, stay. Raises UnknownRaw."""
        place = self.of(name).place
        (self.folder / f"{name}.json").unlink(missing_ok=True)
        self._looks.pop(name, None)
        self._last = None
        if not self._has(place):
            self.memo.forget(place)

    def _has(self, place: str) -> bool:
        """Return whether any raw data is registered that lies there."""
        for each in self.folder.glob("*.json"):
            with suppress(UnknownRaw, BadRaw):
                if self.of(each.stem).place == place:
                    return True
        return False

    def look(self, raw: Raw, halt: Callable[[], None] = lambda: None) -> Survey:
        """Return raw data as it is now; only what changed is read. Raises BadRaw.

        `halt` is called often meanwhile, and may raise what ends it.
        """
        place = HaltingPlace(self.place(raw), halt)
        # Before the look: what changes meanwhile is another one at the next.
        return self._look(raw, place, seen(raw, place))

    def _look(self, raw: Raw, place: HaltingPlace, now: str | None) -> Survey:
        with self._turns.setdefault(raw.place, Lock()):
            last = self._last
            if last and now is not None and (last.raw, last.seen) == (raw, now):
                return last.survey
            found = survey(raw, place, self.memo, place.halt)
        place.halt()
        self._last = Surveyed(raw, now, found)
        return found

    def doubt(self, raw: Raw, source: str) -> None:
        """Have the next look read a picture that was another one than what is remembered."""
        if source:
            self.memo.doubt(raw.place, source)
        for name, last in list(self._looks.items()):
            if last.raw.place == raw.place:
                self._looks.pop(name, None)
        if self._last and self._last.raw.place == raw.place:
            self._last = None

    def looked(self, raw: Raw) -> Future[str]:
        """Return the digest that a look will find which begins now, for all who wait for it."""
        return self.looks.at(raw)

    def digest(self, raw: Raw) -> str:
        """Return the digest of raw data as it is now; where nothing changed, all is as it was.

        Raises BadRaw, and Unavailable where this was ended.
        """
        last = self._looks.get(raw.name)
        place = HaltingPlace(self.place(raw), self._halt)
        now = seen(raw, place)  # before the look
        same = last is not None and last.raw == raw and now is not None and last.seen == now
        if last is None or not same:
            found = self._look(raw, place, now)
            last = Look(raw, now, found.digest, found.classes)
        self._looks[raw.name] = last
        return last.digest

    def classes(self, raw: Raw, digest: str) -> Sequence[str] | None:
        """Return the labels of raw data of that digest; None where another look came since."""
        last = self._looks.get(raw.name)
        return last.classes if last and (last.raw, last.digest) == (raw, digest) else None

    def _halt(self) -> None:
        if self._ends.is_set():
            raise Unavailable("the server is stopping")

    def place(self, raw: Raw) -> Place:
        """Return where its pictures are. Raises BadRaw."""
        return open_place(raw.place, self.settings)


def open_registry(settings: Settings) -> Registry:
    """Return the raw data that these settings describe. Raises BadSettings."""
    return Registry(raw_folder(settings), settings, Memo(books_folder(settings)))
