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
    from foveate.people.keys import Key
    from foveate.service.found import Candidate, FoundFace, Verification
    from foveate.service.people import Enrolment

ALMOST: Final = 0.999
SHOWN: Final = 8
"""Ids of one cluster that are shown."""


def say(told: dict[str, Any], words: str, *, as_json: bool) -> None:
    """Print what is told, on one line for programs."""
    typer.echo(json.dumps(told) if as_json else words)


def print_table(told: dict[str, Any], table: Table, *, as_json: bool) -> None:
    """Print a table, or all of it as JSON."""
    if as_json:
        typer.echo(json.dumps(told, indent=2))
    else:
        Console().print(table)


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
    table = _table("face", "subject", "quality", "added", "source")
    for row in rows:
        words = (row.id, printable(row.subject) or "-", f"{row.quality:.2f}", _when(row.added))
        table.add_row(*words, printable(row.source))
    return table


def key_table(rows: Sequence[Key]) -> Table:
    """Return keys, a row each."""
    table = _table("key", "collection", "scope", "added")
    for row in rows:
        table.add_row(row.name, row.collection, row.scope.value, _when(row.added))
    return table


def _table(*names: str) -> Table:
    table = Table(box=SIMPLE_HEAD)
    for name in names:
        table.add_column(name, overflow="fold")
    return table


def _when(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M")


def enrolment_line(name: str, made: Enrolment) -> str:
    """Return what came of enrolling a picture, in a line."""
    if made.already:
        return f"{printable(name)}: enrolled before."
    count = len(made.enrolled)
    said = f"{printable(name)}: {count} face{'s'[: count != 1]} enrolled"
    why = ", ".join(reason for _, reason in made.refused)
    return f"{said}; refused: {why}." if why else f"{said}."


def found_lines(name: str, found: Sequence[FoundFace]) -> str:
    """Return who was found, a line for each face and each further candidate."""
    if not found:
        return f"{printable(name)}: no face was found."
    lines = [f"{printable(name)}: {len(found)} face{'s'[: len(found) != 1]}"]
    for face in found:
        box = face.seen.face.box
        place = f"{box.width:.0f}x{box.height:.0f} at {box.left:.0f},{box.top:.0f}"
        said = [candidate_words(each) for each in face.candidates] or ["nobody who is known"]
        lines.append(f"  {place}  {said[0]}")
        lines += [f"  {' ' * len(place)}  {words}" for words in said[1:]]
    return "\n".join(lines)


def candidate_words(candidate: Candidate) -> str:
    """Return who, and how sure that is."""
    face = candidate.match.face
    who = printable(candidate.subject) or f"unnamed face {face.id}"
    return f"{who}  {_chance(candidate.confidence)} (cosine {candidate.match.cosine:.3f})"


def _chance(share: float) -> str:
    return f"{share:.1%}" if share < ALMOST else f"over {ALMOST:.1%}"


def verified_line(subject: str, verified: Verification) -> str:
    """Return the verdict in a line."""
    candidate = verified.candidate
    chance = f"{_chance(candidate.probability)} likely {printable(subject)}"
    return f"{verified.verdict}  {chance}  (cosine {candidate.match.cosine:.3f})"


def cluster_lines(groups: Sequence[Sequence[str]]) -> str:
    """Return the clusters, a line each."""
    if not groups:
        return "No unnamed faces belong together."
    lines = (
        f"{len(ids)} faces: {' '.join(ids[:SHOWN])}{' ...' if len(ids) > SHOWN else ''}"
        for ids in groups
    )
    return "\n".join([*lines, "Name one by any of its faces: foveate people name FACE SUBJECT"])
