"""The contact sheet of `foveate people clusters`: who is to be named, to be looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.cli.complaints import warn
from foveate.cli.people_tables import faces_of
from foveate.cli.places import Places
from foveate.errors import FoveateError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from foveate.enrolled import EnrolledFace
    from foveate.finder import People
    from foveate.service.found import Group

MOST_ROWS: Final = 100
IN_A_ROW: Final = 8
"""Faces of one group that are shown: enough to know somebody by."""
SHORT: Final = 8
"""Digits of an id that name it."""


def write_sheet(index: People, groups: Sequence[Group], into: Path) -> None:
    """Write the largest groups as PNG, and warn of what is not on it. Raises BadOption."""
    from foveate.service.face_pictures import sheet_of_groups

    shown = [face for group in groups[:MOST_ROWS] for face in group.faces[:IN_A_ROW]]
    places = Places.of(face.source for face in shown if face.source)
    places.check(into)
    crops = index.crops([face.id for face in shown])
    rows = [
        (f"{group.faces[0].id[:SHORT]}  {faces_of(len(group.faces))}", _pictures(group, crops))
        for group in groups[:MOST_ROWS]
    ]
    if len(groups) > MOST_ROWS:
        warn(f"The sheet shows the {MOST_ROWS} largest of {len(groups)} groups.")
    places.deliver(sheet_of_groups(rows), into)


def _pictures(group: Group, crops: Mapping[str, bytes]) -> list[tuple[str, str, bytes]]:
    """Return what is written below each face, and the face as a file; empty where it is gone."""
    return [
        (face.id[:SHORT], _name_of(face), crops.get(face.id, b"") or _from_source(face))
        for face in group.faces[:IN_A_ROW]
    ]


def _name_of(face: EnrolledFace) -> str:
    return face.source.rstrip("/").rpartition("/")[2]


def _from_source(face: EnrolledFace) -> bytes:
    """Return the face as a picture, from where it came; nothing where that is not there now."""
    from foveate.library import read, render
    from foveate.service.face_pictures import cut

    if not face.source:
        return b""
    try:
        picture = read(face.source)
        if face.digest and picture.digest != face.digest:
            return b""
        return render(picture, cut(face.box, picture.facts.size)).data
    except (FoveateError, OSError):
        return b""
