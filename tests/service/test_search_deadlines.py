"""Searches for the people of a crowd stop when their time is over."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from people_listed import Listed
from people_pictures import RED, Heads, drawn
from service_networks import analyses, picture

from foveate.deadline import Deadline
from foveate.errors import ClientDisconnected
from foveate.service.in_people import InPeople
from foveate.service.people import People
from foveate.settings import People as Settings
from foveate.trace import Trace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.enrolled import Match

CROWD = 20


@dataclass
class Watched(Listed):
    """Whose first search is the last that anybody waits for."""

    gone: threading.Event = field(default_factory=threading.Event)
    searches: int = 0

    def search(self, *asked: Any, **how: Any) -> Sequence[Match]:
        self.searches += 1
        self.gone.set()
        return super().search(*asked, **how)


@pytest.fixture
def index() -> Watched:
    model = People(analyses=analyses(Heads()), store=None, settings=Settings()).model  # type: ignore[arg-type]
    return Watched([("Ruby", np.eye(512, dtype=np.float32)[0])], model=model)


@pytest.fixture
def people(index: Watched) -> People:
    return People(analyses=analyses(Heads()), store=index, settings=Settings())  # type: ignore[arg-type]


def test_of_the_faces_of_a_picture(people: People, index: Watched) -> None:
    work = people.prepare_find(picture(drawn(*[RED] * CROWD)), "people")
    with pytest.raises(ClientDisconnected):
        work.run(Deadline(time.monotonic() + 20, index.gone), Trace())
    assert index.searches == 1


def test_of_those_of_a_recognition(people: People, index: Watched) -> None:
    vectors = np.eye(512, dtype=np.float32)[:CROWD]
    with Deadline(time.monotonic() + 20, index.gone), pytest.raises(ClientDisconnected):
        InPeople(people)(vectors, collection="people", limit=5)
    assert index.searches == 1
