"""What is to be enrolled of a folder or a list: which pictures, and who is on them."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from foveate.enrolled import UNKNOWN, EnrolledFace, checked_subject
from foveate.errors import BadOption
from foveate.geometry.box import Box
from foveate.lists import column_of, opened, table
from foveate.people.schema import checked_text
from foveate.people.vectors import read_vectors
from foveate.pictures import is_left_out, is_picture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from foveate.people.vectors import GivenVector
    from foveate.service.people import People

LFW: Final = re.compile(r"(.+)_\d{4}")
"""How files are called in Labelled Faces in the Wild, and where people copied it: Ann_Lee_0003."""
SUBJECT_COLUMNS: Final = ("subject", "person", "name", "identity", "label")
NAMELESS: Final = (
    "Expected a folder for each person, or a name such as Ann_Lee_0001, got neither. To enrol "
    "people without names: --unknown"
)
CHUNK: Final = 1_000


@dataclass(frozen=True, slots=True)
class Listed:
    """A picture that is to be enrolled, and as whom."""

    path: str
    subject: str
    """Empty for whoever is on it."""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    problem: str = ""
    """Why it cannot be enrolled, where nothing says who it is."""


def listed(place: Path, *, unknown: bool = False) -> list[Listed]:
    """Return the pictures of a folder or of a CSV list.

    In a folder, the subject is the folder nearest to a picture or, where that is the one that was
    named, what the picture's name says before _0001. A list has a header with `file` and `subject`;
    other columns become metadata. Underscores in these names are spaces. With `unknown` nobody is
    named. Raises BadOption for what is neither, and where there is no picture.
    """
    if place.is_dir():
        pictures = _pictures_of(place)
        found = [
            Listed(str(path), UNKNOWN) if unknown else _in_folder(place, path) for path in pictures
        ]
    elif place.suffix.lower() == ".csv":
        found = list(_from_csv(place, unknown=unknown))
    else:
        raise BadOption(f"Expected a folder or a list as .csv, got {place}.")
    if not found:
        raise BadOption(f"Expected a picture or more in {place}, got none.")
    return found


def _pictures_of(folder: Path) -> list[Path]:
    """Return the pictures below a folder; one that symbolic links lead to as well counts once.

    What is hidden, and what systems leave in folders, are nobody's pictures of anybody.
    """
    found: list[Path] = []
    seen: set[tuple[int, int]] = set()
    folders, links = [folder], list[Path]()
    while folders or links:
        place = folders.pop() if folders else links.pop(0)  # links last: by its own name, if it can
        about = place.stat()
        if (about.st_dev, about.st_ino) in seen:
            continue
        seen.add((about.st_dev, about.st_ino))
        for path in sorted(place.iterdir()):
            if is_left_out(path.name):
                continue
            if path.is_dir():
                (links if path.is_symlink() else folders).append(path)
            elif is_picture(path.name) and path.is_file():
                found.append(path)
    return sorted(found)


def spoken(name: str) -> str:
    """Return a name as people write it, from one in a folder, a file's name or a list.

    >>> spoken("Ann_Veneman"), spoken("Ann Veneman")
    ('Ann Veneman', 'Ann Veneman')
    """
    return " ".join(name.replace("_", " ").split())


def _in_folder(folder: Path, path: Path) -> Listed:
    if path.parent != folder:
        who = spoken(path.parent.name)
    elif said := LFW.fullmatch(path.stem):
        who = spoken(said[1])
    else:
        who = ""
    if who:
        return Listed(str(path), who)
    return Listed(str(path), UNKNOWN, problem=NAMELESS)


def _from_csv(place: Path, *, unknown: bool) -> Iterator[Listed]:
    with opened(place) as text:
        reader = table(text, place.name)
        file, subject = _columns(place, reader.fieldnames or (), unknown=unknown)
        for row in reader:
            said = {key: value for key, value in row.items() if key and value}
            path = said.pop(file, "").strip()
            who = spoken(said.pop(subject, "")) if subject else ""
            missing = "a file" if not path else "" if unknown or who else "a subject"
            problem = f"Expected {missing} in line {reader.line_num}, got none." if missing else ""
            yield Listed(_beside(place, path), UNKNOWN if unknown else who, said, problem)


def _columns(place: Path, header: Sequence[str], *, unknown: bool) -> tuple[str, str | None]:
    """Return the columns of files and of subjects. Raises BadOption where one is unclear."""
    named = [name for name in header if name.strip()]
    once = len({name.strip().lower() for name in named}) == len(named)
    file, subject = column_of(named), column_of(named, SUBJECT_COLUMNS)
    if file is None or (subject is None and not unknown) or not once:
        raise BadOption(
            f"{place.name}: expected a header with file and subject, each column once, got "
            f"{', '.join(header) or 'nothing'}."
        )
    return file, subject


def _beside(place: Path, path: str) -> str:
    return path if "://" in path or Path(path).is_absolute() else str(place.parent / path)


def add_vectors(
    people: People,
    collection: str,
    place: Path,
    *,
    model: str = "",
    told: Callable[[int], None] = lambda _: None,
    kept: Callable[[int], None] = lambda _: None,
) -> int:
    """Enrol the embeddings of a file, and return how many; those that are there already stay once.

    `model` names what made them, unless each says so itself. `told` hears how many were done,
    `kept` of each part of them how many were new, once they are enrolled. Raises BadOption for rows
    that are none, OtherModel.
    """
    rows, added, done = read_vectors(place), 0, 0
    while chunk := list(islice(rows, CHUNK)):
        new = _add_chunk(people, collection, chunk, model)
        kept(new)
        added += new
        done += len(chunk)
        told(done)
    return added


def _add_chunk(people: People, collection: str, chunk: Sequence[GivenVector], model: str) -> int:
    made_by = checked_text(_one_model({each.model or model for each in chunk}), "a model")
    faces = {face.id: face for face in map(_face, chunk)}
    return people.add(collection, made_by, list(faces.values()), by_id=True)


def _one_model(found: set[str]) -> str:
    if len(found) != 1 or "" in found:
        got = " and ".join(sorted(name or "none" for name in found))
        raise BadOption(f"Expected one model that made all embeddings (--model NAME), got {got}.")
    return next(iter(found))


def _face(given: GivenVector) -> EnrolledFace:
    """Return a face of its own id, or one that follows from what it is: it is enrolled once."""
    said = "\0".join((given.subject, given.source, given.digest)).encode()
    name = blake2b(given.embedding.tobytes() + said, digest_size=16).hexdigest()
    return EnrolledFace(
        id=given.id or name,
        subject=checked_subject(given.subject) if given.subject else UNKNOWN,
        embedding=given.embedding,
        box=Box(*given.box),
        source=given.source,
        digest=given.digest,
        quality=given.quality,
        metadata=given.metadata,
        added=time.time() if given.added is None else given.added,
    )
