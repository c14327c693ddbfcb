"""How often a request for a picture is given one that shows it, and how often a wrong one.

    python benchmarks/design_pictures.py [--quick] [--json FILE]

225 pictures of COCO, Kodak and OSIE, and requests in English, German, French, Spanish and Japanese,
each with all pictures that show it, or with none. Judged by eye, in `design_pictures.txt`; the
second list was written when the words were made already; the bound was chosen with both in sight,
and one picture of a bed was added to it after a look. The third one is for what is
written: captions beside ten pictures, and two names. A picture is put in where it is sure enough;
what is put in and shows something else is wrong, whether or not there is a right one.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from results import DATA, Check, Outcome, Table, alone, without_data

from foveate.background import default_app
from foveate.design import sought
from foveate.designs.pictures import Pictures
from foveate.models import sentences

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from foveate.design.sought import Sought

NAME, TITLE = "design_pictures", "Pictures that designs are given"
HERE: Final = Path(__file__).with_suffix(".txt")
SETS: Final = {
    "coco": "coco128_seg/images",
    "kodak": "kodak",
    "instances": "instances/visible",
    "osie": "osie/images",
}
BOUNDS: Final = (0.3, 0.4, 0.5, 0.6, 0.7)
FIRST: Final = 0.75
WRONG: Final = 0.03
SLOWEST_MS: Final = 250.0


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for, and which pictures show it."""

    language: str
    words: str
    right: frozenset[str]


@dataclass(frozen=True, slots=True)
class Went:
    """How one request went."""

    request: Request
    found: Sought
    seconds: float

    @property
    def first(self) -> bool:
        """Return whether the first picture shows it."""
        return self.within(1)

    def within(self, count: int) -> bool:
        """Return whether one of so many pictures shows it."""
        return any(each.src in self.request.right for each in self.found.found[:count])

    def put(self, bound: float) -> bool:
        """Return whether a picture is put in."""
        return bool(self.found.found) and self.found.found[0].sure >= bound


def _sections() -> Mapping[str, list[list[str]]]:
    found: dict[str, list[list[str]]] = {}
    for line in HERE.read_text("utf-8").splitlines():
        if line.startswith("["):
            found[line.strip("[]")] = []
        else:
            found[next(reversed(found))].append([cell.strip() for cell in line.split("|")])
    return found


def _requests(rows: Sequence[Sequence[str]], names: Mapping[str, str]) -> Iterator[Request]:
    for language, words, *right in rows:
        shown = " ".join(right).split()
        yield Request(language, words, frozenset(names.get(each, each) for each in shown))


def _laid_out(folder: Path, sections: Mapping[str, list[list[str]]]) -> Mapping[str, str]:
    """Copy the pictures into a folder, with what is written of some; return how those are called.

    They are called by numbers, as cameras do.
    """
    renamed, captions = dict(sections["names"]), dict(sections["captions"])
    names: dict[str, str] = {}
    for short, place in SETS.items():
        for picture in sorted((DATA / place).glob("*.[jp][pn]g")):
            if picture.stem.rpartition("_m")[2].isdigit() and picture.suffix == ".png":
                continue
            key = f"{short}/{picture.name}"
            own = renamed.get(key)
            name = own + picture.suffix if own else f"IMG_{len(names):04}{picture.suffix}"
            (folder / name).parent.mkdir(exist_ok=True)
            shutil.copyfile(picture, folder / name)
            names[key] = name
            if key in captions:
                (folder / name).with_suffix(".txt").write_text(captions[key], "utf-8")
    return names


def _asked(pictures: Pictures, requests: Sequence[Request]) -> list[Went]:
    def one(request: Request) -> Went:
        began = time.perf_counter()
        found = pictures.search(request.words)
        return Went(request, found, time.perf_counter() - began)

    return [one(each) for each in requests]


def _row(name: str, went: Sequence[Went]) -> tuple[str, ...]:
    there = [each for each in went if each.request.right]
    nothing = [each for each in went if not each.request.right]
    put = [each for each in went if each.put(sought.ENOUGH)]
    wrong = [each for each in put if not each.first]
    first = sum(each.first for each in there) / max(1, len(there))
    five = sum(each.within(5) for each in there) / max(1, len(there))
    right = (len(put) - len(wrong)) / max(1, len(there))
    return (
        name,
        *(f"{len(there)}", f"{len(nothing)}", f"{first:.0%}", f"{five:.0%}", f"{right:.0%}"),
        f"{len(wrong)} of {len(went)}",
    )


HEAD: Final = ("", "shown", "not shown", "first", "of five", "put in, right", "put in, wrong")


def _bounds(went: Sequence[Went]) -> list[tuple[str, ...]]:
    rows = []
    for bound in BOUNDS:
        put = [each for each in went if each.put(bound)]
        right = sum(each.first for each in put)
        rows.append((f"{bound}", f"{right}", f"{len(put) - right}", f"{len(went) - len(put)}"))
    return rows


def measure(*, quick: bool) -> Outcome:
    """Measure all three lists by language, and what other bounds would put in."""
    if not DATA.is_dir():
        return without_data(NAME, TITLE)
    outcome, sections = Outcome(NAME, TITLE), _sections()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        names = _laid_out(folder, sections)
        pictures = Pictures.open(folder, app=default_app())
        began = time.perf_counter()
        built = pictures.build(lambda _name, _done, _all: None)
        spent = time.perf_counter() - began
        every = ("kept",) if quick else ("known", "kept", "written")
        went = {one: _asked(pictures, list(_requests(sections[one], names))) for one in every}
    rows = []
    for one, list_ in went.items():
        by = sorted({each.request.language for each in list_})
        rows += [
            _row(f"{one}, {lang}", [each for each in list_ if each.request.language == lang])
            for lang in by
        ]
        rows.append(_row(f"{one}, all", list_))
    outcome.tables.append(Table("Requests for pictures", HEAD, rows))
    header = ("sure from", "right", "wrong", "nothing put in")
    kept = went["kept"]
    outcome.tables.append(Table("The list kept aside, by bound", header, _bounds(kept)))
    there = [each for each in kept if each.request.right]
    first = sum(each.first for each in there) / len(there)
    wrong = sum(each.put(sought.ENOUGH) and not each.first for each in kept) / len(kept)
    slow = sorted(each.seconds for each in kept)[len(kept) // 2] * 1000
    outcome.checks += [
        Check("first picture shows it", f">= {FIRST}", f"{first:.3f}", first >= FIRST),
        Check("wrong pictures put in", f"<= {WRONG}", f"{wrong:.3f}", wrong <= WRONG),
        Check("a search", f"<= {SLOWEST_MS:.0f} ms", f"{slow:.0f} ms", slow <= SLOWEST_MS),
    ]
    outcome.notes.append(f"{built.looked} pictures were looked at in {spent:.0f} s.")
    if not sentences.installed():
        outcome.notes.append("Sentence vectors are not installed here: all is by tables alone.")
    return outcome


if __name__ == "__main__":
    alone(measure, str(__doc__))
