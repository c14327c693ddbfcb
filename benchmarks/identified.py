"""Who is found again, and who is taken for another: LFW's people and bbt_faces', by confidence."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from index_faces import lfw
from results import DATA, Check, Table

import foveate
from foveate.service.subjects import STRANGERS
from foveate.vision.similarity import threshold
from people import rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

CONFIDENCES: Final = (0.5, 0.8, 0.9, 0.95, 0.99, 0.995, 0.999)
DEFAULT: Final = 0.99
FEW: Final = (10, 100)
TURNS: Final = 400
"""People who are enrolled in all trials of one size."""
SHOWN: Final = (
    "enrolled", "missed by a search", "hidden by redact.keep", "strangers named", "strangers shown",
)  # fmt: skip
CURVE: Final = ("confidence", "cosine from", "found", "mistaken", "strangers named")


@dataclass(frozen=True)
class Trial:
    """Faces that are enrolled, some that are looked for, and some of nobody who is enrolled."""

    enrolled: Floats
    names: Sequence[str]
    known: Floats
    right: Sequence[str]
    strangers: Floats

    def nearest(self, vectors: Floats) -> tuple[Floats, NDArray[np.str_]]:
        cosines = vectors @ self.enrolled.T
        return cosines.max(1), np.array(self.names)[cosines.argmax(1)]

    def rates(self, least: float, *, among: int = 0) -> tuple[float, float, float]:
        """Shares found, taken for another, and of strangers who are named; 0 is rank 1."""
        from_ = threshold(least, max(among, len(self.enrolled))) if least else -1.0
        best, who = self.nearest(self.known)
        others, _ = self.nearest(self.strangers)
        right = who == np.array(self.right)
        on = best >= from_
        return (
            float((on & right).mean()),
            float((on & ~right).mean()),
            float((others >= from_).mean()),
        )


def curve(title: str, trials: Sequence[Trial]) -> Table:
    rows = []
    for least in (0.0, *CONFIDENCES):
        rates = np.mean([trial.rates(least) for trial in trials], axis=0)
        from_ = f"{threshold(least, len(trials[0].enrolled)):.3f}" if least else "-"
        rows.append(
            (f"{least:g}" if least else "none: rank 1", from_, *(f"{x:.3f}" for x in rates))
        )
    return Table(title, CURVE, rows)


def of_lfw() -> Table:
    """One photo of each enrolled, all others looked for."""
    vectors, names = lfw()
    who, first = np.array(names), {name: names.index(name) for name in names}
    count = Counter(names)
    several = {name for name in first if count[name] > 1}
    enrolled = [row for name, row in first.items() if name in several]
    known = [row for row, name in enumerate(names) if name in several and row != first[name]]
    strangers = [row for name, row in first.items() if name not in several]
    trial = Trial(vectors[enrolled], who[enrolled], vectors[known], who[known], vectors[strangers])
    title = (
        f"LFW: {len(enrolled)} people with a photo each; {len(known)} other photos of them, "
        f"{len(strangers)} of strangers"
    )
    return curve(title, [trial])


def of_few() -> Table:
    """How many strangers `redact.keep` shows, and how many who are kept it hides."""
    vectors, names = lfw()
    who, first, count = np.array(names), {n: names.index(n) for n in names}, Counter(names)
    several, rng = sorted(name for name in first if count[name] > 1), np.random.default_rng(7)
    rows = []
    for size in FEW:
        rates = []
        for _ in range(TURNS // size):
            those = set(rng.choice(several, size, replace=False))
            enrolled = [first[name] for name in those]
            known = [n for n, name in enumerate(names) if name in those and n != first[name]]
            strangers = [row for name, row in first.items() if name not in those]
            trial = Trial(
                vectors[enrolled], who[enrolled], vectors[known], who[known], vectors[strangers]
            )
            rates.append([trial.rates(DEFAULT, among=among) for among in (size, STRANGERS)])
        (found, _, named), (shown, _, met) = np.mean(rates, axis=0)
        told = (1 - found, 1 - shown, named, met)
        rows.append((str(size), *(f"{share:.4f}" for share in told)))
    return Table("LFW: few people with a photo each, at 0.99", SHOWN, rows)


def seen(path: Path) -> Floats:
    """Return (faces, 512) embeddings of a picture, as the service makes them."""
    embeddings: Floats = np.array(
        foveate.analyse(path, ("faces", "embedding")).to_json()["embedding"], np.float32
    ).reshape(-1, 512)
    return embeddings


def trials() -> Iterator[Trial]:
    """Yield five trials: each leaves out another photo of everybody."""
    rows = [(row["person"], seen(DATA / "bbt_faces" / row["file"])[0])
            for row in rows_of("bbt_faces", "identities.csv")]  # fmt: skip
    vectors, names = lfw()
    strangers = vectors[[names.index(name) for name in sorted(set(names))]]
    turn = Counter[str]()
    places = []
    for name, _ in rows:
        places.append(turn[name])
        turn[name] += 1
    for left in range(max(turn.values())):
        there = [row for row, place in zip(rows, places, strict=True) if place != left]
        out = [row for row, place in zip(rows, places, strict=True) if place == left]
        yield Trial(
            np.stack([vector for _, vector in there]), [name for name, _ in there],
            np.stack([vector for _, vector in out]), [name for name, _ in out], strangers,
        )  # fmt: skip


def of_groups(those: Sequence[Trial]) -> tuple[Check, Table]:
    """Name the faces of group photos by each enrolment.

    Nobody says who is on them; but nobody is on one twice, and all enrolments should agree.
    """
    rows, faces, named, twice, split = [], 0, 0.0, 0, 0
    for path in sorted((DATA / "bbt_faces/groups").iterdir()):
        vectors = seen(path)
        said = []
        for trial in those:
            best, who = trial.nearest(vectors)
            on = best >= threshold(DEFAULT, len(trial.enrolled))
            twice += on.sum() - len(set(who[on]))
            said.append(np.where(on, who, ""))
        table = np.array(said)
        names = [set(column) - {""} for column in table.T]
        split += sum(len(each) > 1 for each in names)
        share = float((table != "").mean())
        faces, named = faces + len(vectors), named + share * len(vectors)
        rows.append((path.name, str(len(vectors)), f"{share:.2f}"))
    got = f"{named / faces:.3f} of {faces}; {twice} twice on a photo, {split} called two names"
    check = Check(
        "bbt_faces: faces of group photos named", "no contradiction", got, not twice + split
    )
    return check, Table("Group photos, by five enrolments", ("photo", "faces", "named"), rows)


def identified() -> tuple[list[Check], list[Table]]:
    """Return what the curves are, and what they are at the default."""
    those = list(trials())
    found, mistaken, strangers = np.mean([trial.rates(DEFAULT) for trial in those], axis=0)
    rank_1 = np.mean([trial.rates(0.0) for trial in those], axis=0)[0]
    check, groups = of_groups(those)
    got = f"{rank_1:.3f}; found {found:.3f}, mistaken {mistaken:.3f}, strangers {strangers:.3f}"
    title = f"bbt_faces: {len(set(those[0].names))} people with 4 photos each, the fifth looked for"
    checks = [Check("bbt_faces: rank 1, and at the default", "stated", got, met=True), check]
    return checks, [of_lfw(), of_few(), curve(title, those), groups]


if __name__ == "__main__":
    for each in identified()[1]:
        print(each.title, *(" | ".join(row) for row in (each.header, *each.rows)), sep="\n")
