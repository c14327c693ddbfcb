"""What `foveate people` says: tables and sentences for people, JSON for programs."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from foveate.cli.complaints import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.enrolled import Collection, EnrolledFace, Subject
    from foveate.geometry.box import Box
    from foveate.people.access_keys import AccessKey
    from foveate.people.keys import Key
    from foveate.service.found import Candidate, Enrolment, FoundFace, Group, Pair, Verification

ALMOST: Final = 0.999
ID: Final = 32
"""Digits of an id, which is never wrapped."""
NARROWEST: Final = 72
"""Columns of a terminal that has room for tables with ids."""


def say(told: dict[str, Any], words: str, *, as_json: bool) -> None:
    """Print what is told, on one line for programs."""
    typer.echo(json.dumps(told) if as_json else words)


def print_table(told: dict[str, Any], table: Table, *, as_json: bool) -> None:
    """Print a table, or all of it as JSON; where there is no room for one, lines with tabs."""
    console = Console(soft_wrap=True)
    if as_json:
        typer.echo(json.dumps(told, indent=2))
    elif console.is_terminal and console.width >= NARROWEST:
        console.print(table)
    else:
        if console.is_terminal:
            typer.echo("\t".join(str(column.header) for column in table.columns))
        for row in zip(*(column.cells for column in table.columns), strict=True):
            typer.echo("\t".join(map(str, row)))


def faces_of(count: int, collection: str = "") -> str:
    """Return how many faces, in words.

    >>> faces_of(1), faces_of(2, "team")
    ('1 face', '2 faces of team')
    """
    said = f"{count} face{'s'[: count != 1]}"
    return f"{said} of {collection}" if collection else said


def faces_are(count: int, collection: str = "") -> str:
    """Return the same with its verb: what became of them follows."""
    return f"{faces_of(count, collection)} {'is' if count == 1 else 'are'}"


def collection_table(rows: Sequence[Collection]) -> Table:
    """Return the collections, a row each."""
    table = _table("collection", "faces", "sealed", "model")
    for row in rows:
        sealed = row.sealed or "-"
        if row.unfinished:
            sealed += " (old files remain)"
        table.add_row(row.name, str(row.faces), sealed, row.model)
    return table


def subject_table(rows: Sequence[Subject]) -> Table:
    """Return the subjects, a row each."""
    table = _table("subject", "faces", "first added")
    for row in rows:
        table.add_row(printable(row.name), str(row.faces), _when(row.added))
    return table


def face_table(rows: Sequence[EnrolledFace]) -> Table:
    """Return faces, a row each."""
    table = _with_ids("face", "box", "quality", "added", "source")
    for row in rows:
        words = (row.id, place_of(row.box), f"{row.quality:.2f}", _when(row.added))
        table.add_row(*words, printable(row.source) or "-")
    return table


def place_of(box: Box) -> str:
    """Return where a face is: its size, and its left upper corner, such as 30x40 at 10,20."""
    return f"{box.width:.0f}x{box.height:.0f} at {box.left:.0f},{box.top:.0f}"


def key_table(rows: Sequence[Key], access_keys: Sequence[AccessKey] = ()) -> Table:
    """Return keys, a row each; access keys, where there are any, have an id and no date."""
    table = _table("key", "collection", "scope", "added", *(["access key id"] * bool(access_keys)))
    for row in rows:
        table.add_row(row.name, row.collection, row.scope.value, _when(row.added))
    for each in access_keys:
        key = each.key
        table.add_row(key.name, key.collection, key.scope.value, "", each.id)
    return table


def _table(*names: str) -> Table:
    table = Table(box=SIMPLE_HEAD)
    for name in names:
        table.add_column(name, overflow="fold")
    return table


def _with_ids(*names: str) -> Table:
    """Return a table whose ids are whole, however narrow the terminal is."""
    table = _table(*names)
    ids = table.columns[names.index("face")]
    ids.no_wrap, ids.min_width = True, ID
    return table


def _when(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M")


def enrolment_line(name: str, made: Enrolment) -> str:
    """Return what came of enrolling a picture, in a line."""
    if made.already:
        when = f" on {_when(made.enrolled[0].added)}, and kept as it was" if made.enrolled else ""
        return f"{printable(name)}: enrolled before{when}."
    said = f"{printable(name)}: {faces_of(len(made.enrolled))} enrolled"
    why = ", ".join(reason for _, reason in made.refused)
    return f"{said}; refused: {why}." if why else f"{said}."


def found_lines(name: str, found: Sequence[FoundFace]) -> str:
    """Return who was found, a line for each face and each further candidate."""
    if not found:
        return f"{printable(name)}: no face was found."
    lines = [f"{printable(name)}: {len(found)} face{'s'[: len(found) != 1]}"]
    for face in found:
        place = place_of(face.seen.face.box)
        said = [candidate_words(each) for each in face.candidates] or ["nobody who is known"]
        lines.append(f"  {place}  {said[0]}")
        lines += [f"  {' ' * len(place)}  {words}" for words in said[1:]]
    return "\n".join(lines)


def candidate_words(candidate: Candidate) -> str:
    """Return who, and how sure that is."""
    face = candidate.match.face
    who = printable(candidate.subject) or f"unnamed face {face.id}"
    sure = f"confidence {chance(candidate.confidence)}, cosine {candidate.match.cosine:.3f}"
    return f"{who}  {chance(candidate.probability)} likely ({sure})"


def chance(share: float) -> str:
    """Return how likely, never as if it were sure."""
    return f"{share:.1%}" if share < ALMOST else f"over {ALMOST:.1%}"


def verified_line(subject: str, verified: Verification) -> str:
    """Return the verdict in a line."""
    candidate = verified.candidate
    likely = f"{chance(candidate.probability)} likely {printable(subject)}"
    return f"{verified.verdict}  {likely}  (cosine {candidate.match.cosine:.3f})"


def group_table(groups: Sequence[Group]) -> Table:
    """Return groups of faces, a row for each face."""
    table = _with_ids("group", "face", "box", "source")
    for number, group in enumerate(groups, 1):
        for face in group.faces:
            table.add_row(str(number), *_face_cells(face))
    return table


def pair_table(pairs: Sequence[Pair]) -> Table:
    """Return pairs of faces, a row for each face."""
    table = _with_ids("cosine", "face", "box", "source", "subject")
    for pair in pairs:
        for face in pair.faces:
            cells = _face_cells(face)
            table.add_row(f"{pair.cosine:.3f}", *cells, printable(face.subject) or "-")
    return table


def _face_cells(face: EnrolledFace) -> tuple[str, str, str]:
    return face.id, place_of(face.box), printable(face.source) or "-"


def resemblance(like: Candidate) -> str:
    """Return whom somebody looks like who was enrolled as somebody else."""
    return f"looks like {candidate_words(like)}"
