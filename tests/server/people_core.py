"""The application with a real face index, in which networks see squares of colour."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from delivery_fakes import make_settings
from people_pictures import Heads
from server_fakes import FakeCore
from service_networks import analyses, picture

from foveate.people.audit import AuditLog
from foveate.people.keys import Keys
from foveate.people.store import LanceStore
from foveate.service.access import Access
from foveate.service.in_people import InPeople
from foveate.service.people import People
from foveate.service.recognise import Recogniser
from foveate.service.similar import Comparer
from foveate.service.stages.preprocess import Preprocess
from foveate.service.stages.running import InThreads
from foveate.service.stages.search import Search
from foveate.settings import People as Settings
from foveate.vision.batches import ONE_BY_ONE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from foveate.storage.source import Source

MEMORY = 200_000_000
Made = TypeVar("Made", bound="PeopleCore")


@dataclass
class PeopleCore(FakeCore):
    """Takes bodies for the pictures that they are."""

    networks_hold: int = 0
    """Bytes of the memory budget."""

    def held_bytes(self) -> int:
        return self.networks_hold

    def make_room(self, need: int) -> None:
        """They are all at work."""

    def source_of(self, data: bytes) -> Source:
        return picture(data)

    @property
    def recogniser(self) -> Any:
        looks, pool = self.people.analyses, self.people.analyses.pool
        return Recogniser(
            analyses=looks,
            preprocess=Preprocess(looks).prepare,
            embed=InThreads(Reddish(), pool),
            reads={},
            search=InThreads(Search(InPeople(self.people)), pool),
        )


class Reddish:
    """The stage that embeds; every face is red to it."""

    name = "embedding"

    def batch_sizes(self) -> Sequence[int]:
        return ONE_BY_ONE

    def __call__(self, item: Any) -> Any:
        return self.batch([item])[0]

    def batch(self, items: Any) -> list[Any]:
        return [np.eye(512, dtype=np.float32)[0]] * len(items)


@contextmanager
def people_core(
    folder: Path,
    people: Settings | None = None,
    *,
    max_bytes: int = 1000,
    kind: type[Made] = PeopleCore,  # type: ignore[assignment]
    **networks: Any,
) -> Iterator[Made]:
    # The first request imports LanceDB, for seconds where other tests run beside.
    settings = make_settings(memory_bytes=MEMORY, max_bytes=max_bytes, timeout_s=60)
    made = kind(replace(settings, people=people or Settings()))
    looks = analyses(Heads(), **networks)
    store = LanceStore(str(folder), staleness_s=0)
    made.people = People(analyses=looks, store=store, settings=made.settings.people)
    made.access = Access(keys=Keys(folder), audit=AuditLog(folder))
    made.comparer = Comparer(analyses=looks)
    yield made
    store.close()
