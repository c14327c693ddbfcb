"""Whether a face is somebody's: arithmetic over a face index that is a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from people_listed import Listed
from service_networks import analyses

from foveate.enrolled import Named
from foveate.errors import OtherModel, UnknownCollection, UnknownSubject, UnsupportedOption
from foveate.geometry.box import Box, Size
from foveate.options.model import Redact
from foveate.service.hiding import hidden, owners
from foveate.service.people import People
from foveate.service.subjects import Judged, Subjects, Verdict, known
from foveate.settings import People as Settings
from foveate.transform.patch import RedactionPatch, ellipse_of
from foveate.values import Face

if TYPE_CHECKING:
    from numpy.typing import NDArray

ANN, BOB, EVE = Named("people", "Ann"), Named("people", "Bob"), Named("people", "Eve")


def towards(axis: int, cosine: float = 1.0, rest: int = 400) -> NDArray[np.float32]:
    """A unit vector with that cosine to an axis."""
    vector = np.zeros(512, np.float32)
    vector[axis], vector[rest] = cosine, (1 - cosine**2) ** 0.5
    return vector


def index(*faces: tuple[str, NDArray[np.float32]], strangers: int = 0, **others: Any) -> Subjects:
    store = Listed([*faces, *[("", towards(100 + n)) for n in range(strangers)]])
    settings = Settings(**others)
    people = People(analyses=analyses(), store=store, settings=settings)  # type: ignore[arg-type]
    store.model = people.model
    return Subjects(people)


TWO = (("Ann", towards(0)), ("Bob", towards(1)))


def test_a_face_is_whose_is_nearest_and_near_enough() -> None:
    two = index(*TWO)
    assert two.verdict([ANN], towards(0, 0.9))[0] is Verdict.SUBJECT
    assert two.verdict([ANN], towards(1, 0.9))[0] is Verdict.OTHER
    assert two.verdict([ANN, BOB], towards(1, 0.9))[0] is Verdict.SUBJECT
    assert two.verdict([ANN], towards(5))[0] is Verdict.OTHER


def test_a_name_is_one_name_however_its_letters_are_put_together() -> None:
    zoe = index(("Zo\u00eb", towards(0)))
    assert zoe.verdict([Named("people", "Zoe\u0308")], towards(0))[0] is Verdict.SUBJECT


def test_whoever_is_nearer_is_meant_even_where_both_are_near() -> None:
    both = towards(0, 0.6, rest=1)
    assert index(*TWO).verdict([ANN], both)[0] is Verdict.OTHER
    assert index(*TWO).verdict([BOB], both)[0] is Verdict.SUBJECT


def test_the_bar_grows_with_the_collection_and_is_that_of_a_search() -> None:
    face = towards(0, 0.33)
    few, many = index(*TWO), index(*TWO, strangers=150)
    assert few.verdict([ANN], face, doubt=False)[0] is Verdict.SUBJECT
    assert many.verdict([ANN], face, doubt=False)[0] is Verdict.OTHER
    lax = index(*TWO, strangers=150, confidence=0.5)
    assert lax.verdict([ANN], face, doubt=False)[0] is Verdict.SUBJECT
    strict = index(*TWO, confidence=0.9999)
    assert strict.verdict([ANN], face, doubt=False)[0] is Verdict.OTHER


def test_where_doubt_counts_the_bar_is_that_for_a_thousand_however_few_are_enrolled() -> None:
    few = index(*TWO)
    assert few.verdict([ANN], towards(0, 0.47))[0] is Verdict.MAYBE
    assert few.verdict([ANN], towards(0, 0.49))[0] is Verdict.SUBJECT
    between = towards(0, 0.45, rest=1)
    assert few.verdict([ANN], between)[0] is Verdict.OTHER, "it is Bob's for sure"
    torn = (towards(0, 0.4) + towards(1, 0.42)) / 1.1**0.5
    assert few.verdict([ANN], torn)[0] is Verdict.MAYBE, "Bob's, and not for sure"


def test_below_the_bar_it_may_be_somebody_as_long_as_both_are_as_likely() -> None:
    many = index(*TWO, strangers=150)
    assert many.verdict([ANN], towards(0, 0.29))[0] is Verdict.MAYBE
    assert many.verdict([ANN], towards(0, 0.27))[0] is Verdict.OTHER
    assert many.verdict([BOB], towards(0, 0.33))[0] is Verdict.OTHER


def test_a_face_that_nobody_has_named_says_nothing_of_who_it_is() -> None:
    unnamed = index(("", towards(2)), ("Ann", towards(2, 0.5)))
    assert unnamed.verdict([ANN], towards(2))[0] is Verdict.SUBJECT
    assert (
        index(("", towards(2)), ("Ann", towards(0))).verdict([ANN], towards(2))[0] is Verdict.OTHER
    )


def test_faces_without_a_name_come_after_everybody_who_has_one_however_near() -> None:
    crowd = [("", towards(2, 0.99))] * 60
    people = index(("Ann", towards(2, 0.5)), ("Bob", towards(2, 0.4)), *crowd).people
    found = people.search("people", towards(2), limit=4, confidence=0)
    assert [each.match.face.subject for each in found] == ["Ann", "Bob", ""]
    (best,) = people.search("people", towards(2), limit=1)
    assert best.match.face.subject == "Ann"


def test_a_face_in_doubt_is_hidden_whoever_is_kept_or_hidden() -> None:
    face = Face(Box(0, 0, 9, 9), 0.9, ((0.0, 0.0),) * 5)
    shown = {
        name: [
            (verdict, poor)
            for verdict in Verdict
            for poor in (False, True)
            if not hidden(Judged(face=face, verdict=verdict, poor=poor), asked)
        ]
        for name, asked in (("keep", Redact(keep=(ANN,))), ("only", Redact(only=(ANN,))))
    }
    assert shown == {"keep": [(Verdict.SUBJECT, False)], "only": [(Verdict.OTHER, False)]}


def test_who_is_not_enrolled_is_an_error_and_so_is_another_collection_and_network() -> None:
    two = index(*TWO)
    with pytest.raises(UnknownSubject, match="no subject Eve in people"):
        two.revision([ANN, EVE])
    two.people.store.introduced = ("Eve",)  # type: ignore[attr-defined]
    with pytest.raises(UnknownSubject, match="Eve of people has no faces yet"):
        two.revision([ANN, EVE])
    with pytest.raises(UnknownCollection):
        two.revision([Named("team", "Ann")])
    two.people.store.model = "another"  # type: ignore[attr-defined]
    with pytest.raises(OtherModel):
        two.revision([ANN])
    with pytest.raises(UnsupportedOption, match="face index"):
        known(None)


def test_the_revision_follows_changes_and_settings_and_asks_for_nobody_twice() -> None:
    two = index(*TWO)
    store: Any = two.people.store
    first = two.revision([ANN, BOB])
    assert two.revision([ANN]) == two.revision([ANN, BOB]) == first
    assert len(store.counted) == 2
    store.changes = 2
    assert two.revision([ANN]) != first
    assert len(store.counted) == 3
    assert index(*TWO, confidence=0.9).revision([ANN]) != first
    assert index(*TWO, least_quality=0.1).revision([ANN]) != first


def _head(left: float, side: float = 40.0) -> Face:
    marks = ((0.35, 0.4), (0.65, 0.4), (0.5, 0.6), (0.4, 0.8), (0.6, 0.8))
    box = Box(left, 50, side, side)
    return Face(box, 0.9, tuple((left + side * x, 50 + side * y) for x, y in marks))


def test_a_patch_belongs_to_the_face_that_it_is_over_and_to_no_neighbour() -> None:
    size, faces = Size(400, 300), [_head(100), _head(130), _head(300)]
    over = [_head(103, 42.0), _head(128), _head(305, 36.0), _head(200), _head(80, 120.0)]
    patches = tuple(RedactionPatch(ellipse_of(face, size), bytes(192)) for face in over)
    assert owners(patches, faces, size) == [0, 1, 2, None, None]
    assert owners(patches[:1], [], size) == [None]
