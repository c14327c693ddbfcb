"""How well faces are compared and read, on people others have labelled.

    python benchmarks/people.py [--fit]

prints what `run.py --only people` measures. `--fit` prints the two numbers of the curve in
`foveate.vision.similarity` instead, fitted on all pairs.
"""

from __future__ import annotations

import csv
import sys
import time
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
from results import DATA, Check, Outcome, Table, score, without_data

from foveate.geometry.box import Box, Size
from foveate.imaging import Image
from foveate.imaging.pixels import brought_to, to_array
from foveate.models.runtime.sessions import Registry
from foveate.settings import load
from foveate.values import Face, HeadPose
from foveate.vision import RetinaFace
from foveate.vision.align import SIDE, EdgeMode, Pyramid, square, upright, warp
from foveate.vision.attributes import ON_REQUEST, AttributeReader
from foveate.vision.embedding import MobileFaceNet
from foveate.vision.quality import quality
from foveate.vision.readings import READINGS, age_range
from foveate.vision.similarity import SAME

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from foveate.values import Attributes

NAME, TITLE = "people", "Faces compared and read"
BASELINES: Final = (
    ("lfw_pairs: accuracy", 0.990),
    ("utkface: gender accuracy", 0.89),
    ("utkface: gender accuracy, worst group", 0.84),
    ("utkface: mean error of age, years", 5.5),
    ("utkface: the same, adults", 7.0),
    ("emotion_ck48: macro F1 of six", 0.85),
)
"""What is held; the age is better when lower."""
RACE_OF: Final = {"White": "white", "Black": "black", "Asian": "asian", "Indian": "indian"}
EMOTION_OF: Final = {"anger": "angry", "disgust": "disgust", "fear": "fear", "happy": "happy",
                     "sadness": "sad", "surprise": "surprise"}  # fmt: skip
ADULT: Final = 18
AGE_BANDS: Final = ((0, 18), (18, 30), (30, 45), (45, 60), (60, 120))
EDGE: Final = 24
"""Grey pixels' worth of border that a tightly cut face gets before it is looked for."""
TINY: Final = 48
SPOILT: Final = 100
AHEAD: Final = HeadPose(yaw=0, pitch=0, roll=0)
TIMED: Final = 15

settings = load()
registry = Registry(settings.models, settings.runtime)
detector = RetinaFace(registry.session("retinaface"))
embedder = MobileFaceNet(registry.session("mobilefacenet"))
reader = AttributeReader(registry.session, ON_REQUEST)


def rows_of(name: str, file: str = "labels.csv") -> list[dict[str, str]]:
    with (DATA / name / file).open(newline="") as lines:
        return list(csv.DictReader(lines))


def pixels(path: Path) -> NDArray[np.uint8]:
    return to_array(Image.new_from_file(str(path)))


def found(rgb: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], Face]:
    """Return a picture of one face, and that face in it, as the detector sees it."""
    if rgb.shape[0] <= TINY:
        rgb = np.pad(rgb, ((EDGE, EDGE), (EDGE, EDGE), (0, 0)), mode="edge")
    height, width, _ = rgb.shape
    size = detector.input_size(Size(width, height))
    faces = detector(to_array(brought_to(Image.new_from_array(rgb), size)))
    face = max(faces, key=lambda seen: seen.box.area * seen.score)
    times = width / size.width
    marks = tuple((x * times, y * times) for x, y in face.landmarks)
    return rgb, Face(face.box.scaled(times), face.score, marks)


def read(path: Path) -> Attributes:
    rgb, face = found(pixels(path))
    (attributes,) = reader(rgb, [face])
    return attributes


def compared() -> tuple[NDArray[np.float32], NDArray[np.bool_], list[str]]:
    """Return the cosine of each pair of lfw_pairs, whether it is one person, and its fold."""
    pairs = rows_of("lfw_pairs", "pairs.csv")
    files = sorted({pair[side] for pair in pairs for side in "ab"})
    vectors = embedder.of_crops([pixels(DATA / "lfw_pairs/images" / file) for file in files])
    of = dict(zip(files, vectors, strict=True))
    cosines = np.array([of[pair["a"]] @ of[pair["b"]] for pair in pairs])
    same = np.array([pair["same"] == "1" for pair in pairs])
    return cosines, same, [pair["fold"] for pair in pairs]


def fit(cosines: NDArray[np.float32], same: NDArray[np.bool_]) -> tuple[float, float]:
    """Return slope and offset of the likeliest logistic curve, by Newton's method."""
    given = np.stack([cosines, np.ones_like(cosines)], axis=1).astype(float)
    curve = np.zeros(2)
    for _ in range(50):
        chance = 1 / (1 + np.exp(-given @ curve))
        steepness = (given * (chance * (1 - chance))[:, None]).T @ given
        curve += np.linalg.solve(steepness, given.T @ (same - chance))
    return float(curve[0]), float(curve[1])


def lfw() -> tuple[dict[str, float], list[Table]]:
    cosines, same, folds = compared()
    got = score().verification(cosines, same, folds)
    rows = [(name, f"{got[name]:.4f}") for name in ("accuracy", "EER", "TPR@1e-2", "TPR@1e-3")]
    return {"lfw_pairs: accuracy": got["accuracy"]}, [
        Table("One person or two: 600 pairs of lfw_pairs", ("measure", "value"), rows)
    ]


def utkface() -> tuple[dict[str, float], list[Table]]:
    people = rows_of("utkface")
    seen = [read(DATA / "utkface/images" / person["file"]) for person in people]
    age = np.array([float(person["age"]) for person in people])
    said_age = np.array([one.age for one in seen], float)
    error = np.abs(said_age - age)
    gender = [max(one.gender or {}, key=(one.gender or {}).__getitem__) for one in seen]
    right = np.array(
        [said == person["gender"] for said, person in zip(gender, people, strict=True)]
    )
    races = np.array([RACE_OF.get(person["race"], "other") for person in people])
    said = np.array([max(one.race or {}, key=(one.race or {}).__getitem__) for one in seen])
    adult = age >= ADULT
    groups = _groups(people, races, age)
    rows = [
        (name, str(mask.sum()), f"{right[mask].mean():.3f}", f"{error[mask].mean():.1f}")
        for name, mask in groups.items()
    ]
    checked = {
        "utkface: gender accuracy": float(right.mean()),
        "utkface: gender accuracy, worst group": min(
            float(right[races == race].mean()) for race in set(races)
        ),
        "utkface: mean error of age, years": float(error.mean()),
        "utkface: the same, adults": float(error[adult].mean()),
    }
    header = ("group", "faces", "gender right", "mean error of age")
    return checked, [
        Table("Age and gender by group: utkface", header, rows),
        _ranges(said_age, age),
        _confusion("Race: utkface", races, said),
    ]


def _groups(
    people: Sequence[dict[str, str]], races: NDArray[np.str_], age: NDArray[np.float64]
) -> dict[str, NDArray[np.bool_]]:
    genders = np.array([person["gender"] for person in people])
    return {
        "all": age >= 0,
        "adults": age >= ADULT,
        **{gender: genders == gender for gender in ("female", "male")},
        **{f"adults, {g}": (genders == g) & (age >= ADULT) for g in ("female", "male")},
        **{race: races == race for race in sorted(set(races.tolist()))},
        **{f"{low} to {high - 1}": (age >= low) & (age < high) for low, high in AGE_BANDS},
    }


def _ranges(said: NDArray[np.float64], age: NDArray[np.float64]) -> Table:
    """Return how many lie in the range that is told with an age, by what was told."""
    ranges = [age_range(years) for years in said]
    within = np.array([low <= true <= high for (low, high), true in zip(ranges, age, strict=True)])
    rows = [
        (f"{low} to {high - 1}", str(mask.sum()), f"{within[mask].mean():.2f}")
        for low, high in ((0, 120), *AGE_BANDS)
        if (mask := (said >= low) & (said < high)).any()
    ]
    return Table("Ages within the range told: utkface", ("said", "faces", "within"), rows)


def _confusion(title: str, truth: NDArray[np.str_], said: NDArray[np.str_]) -> Table:
    words = sorted({*truth.tolist(), *said.tolist()})
    rows = []
    for word in sorted(set(truth.tolist())):
        counts = Counter(said[truth == word].tolist())
        rows.append((word, *(str(counts[other]) for other in words)))
    rows.append(("share right", f"{float((truth == said).mean()):.3f}", *[""] * (len(words) - 1)))
    return Table(title, ("truth, said as", *words), rows)


def ck48() -> tuple[dict[str, float], list[Table]]:
    posed = [row for row in rows_of("emotion_ck48") if row["emotion"] in EMOTION_OF]
    truth = np.array([EMOTION_OF[row["emotion"]] for row in posed])
    seen = [read(DATA / "emotion_ck48" / row["file"]) for row in posed]
    said = np.array([max(one.emotion or {}, key=(one.emotion or {}).__getitem__) for one in seen])
    scores = [_f1(truth == word, said == word) for word in EMOTION_OF.values()]
    return {"emotion_ck48: macro F1 of six": float(np.mean(scores))}, [
        _confusion("Emotion: emotion_ck48", truth, said)
    ]


def _f1(truth: NDArray[np.bool_], said: NDArray[np.bool_]) -> float:
    return 2 * float((truth & said).sum()) / max(1, int(truth.sum() + said.sum()))


def spoilt(rgb: NDArray[np.uint8]) -> dict[str, tuple[NDArray[np.uint8], float]]:
    """Return aligned crops as bad pictures would give them, and how much each was enlarged."""
    image = Image.new_from_array(rgb)

    def enlarged(times: int) -> tuple[NDArray[np.uint8], float]:
        side = SIDE // times
        small = Pyramid(to_array(brought_to(image, Size(side, side))))
        return warp(small, square(Box(0, 0, side, side), SIDE), SIDE), 1 / times

    return {
        "as it is": (rgb, 1.0),
        **{f"blurred, sigma {n}": (to_array(image.gaussblur(n)), 1.0) for n in (1, 2, 3, 4)},
        **{f"{SIDE // n} pixels, enlarged": enlarged(n) for n in (2, 4, 7)},
        **{f"{n:.0%} of the light": ((rgb * n).astype(np.uint8), 1.0) for n in (0.3, 0.1, 0.05)},
        **{f"{n} times overexposed": ((rgb * n).clip(0, 255).astype(np.uint8), 1.0)
           for n in (2.5, 4.0)},
    }  # fmt: skip


def trusted() -> Table:
    """Return how the quality score goes along with being recognised, on pairs of one person."""
    pairs = [row for row in rows_of("lfw_pairs", "pairs.csv") if row["same"] == "1"][:SPOILT]
    folder = DATA / "lfw_pairs/images"
    other = embedder.of_crops([pixels(folder / pair["b"]) for pair in pairs])
    made = [spoilt(pixels(folder / pair["a"])) for pair in pairs]
    rows = []
    for name in made[0]:
        crops = [of[name] for of in made]
        cosines = (embedder.of_crops([crop for crop, _ in crops]) * other).sum(1)
        scores = [quality(crop, scale, AHEAD).score for crop, scale in crops]
        known = float((cosines >= SAME).mean())
        rows.append((name, f"{np.mean(scores):.2f}", f"{cosines.mean():.2f}", f"{known:.0%}"))
    return Table("Quality score, and what it is worth", ("face", "score", "cosine", "same"), rows)


def milliseconds(call: Callable[[], object]) -> float:
    """Return the median processor time of this thread, after a first call."""
    call()
    times = []
    for _ in range(TIMED):
        start = time.thread_time()
        call()
        times.append(time.thread_time() - start)
    return float(np.median(times)) * 1000


def timing() -> Table:
    rgb = np.random.default_rng(0).integers(0, 256, (480, 640, 3), np.uint8)
    marks = ((270.0, 200.0), (370.0, 200.0), (320.0, 260.0), (280.0, 310.0), (360.0, 310.0))
    face = Face(Box(240, 130, 160, 220), 1.0, marks)
    picture = Pyramid(rgb)
    calls: dict[str, Callable[[], object]] = {
        "aligned crop, 112 px": lambda: warp(picture, upright(marks), 112, EdgeMode.BLACK),
        "embedding": partial(embedder, rgb, [face]),
        **{
            reading.card: partial(reading, registry.session(reading.card)(), picture, [face])
            for reading in READINGS
        },
        "all attributes": partial(reader, rgb, [face]),
    }
    rows = [(name, f"{milliseconds(call):.1f}") for name, call in calls.items()]
    return Table("One face, one thread", ("what", "ms of processor"), rows)


def people(*, quick: bool) -> Outcome:  # noqa: ARG001 - all of it is needed
    """Return accuracy on faces that others have labelled, by group, and time."""
    if not DATA.exists():
        return without_data(NAME, TITLE)
    outcome = Outcome(NAME, TITLE)
    checked: dict[str, float] = {}
    for measure in (lfw, utkface, ck48):
        values, tables = measure()
        checked |= values
        outcome.tables += tables
    outcome.tables += [trusted(), timing()]
    outcome.checks = [_check(what, bar, checked[what]) for what, bar in BASELINES]
    return outcome


def _check(what: str, bar: float, got: float) -> Check:
    lower = bar > 1
    met = got < bar if lower else got >= bar
    return Check(what, f"{'<' if lower else '>='} {bar:g}", f"{got:.3f}", met)


def main() -> None:
    if "--fit" in sys.argv:
        slope, offset = fit(*compared()[:2])
        print(f"SLOPE = {slope:.2f}  OFFSET = {offset:.2f}")
        return
    outcome = people(quick=False)
    print(outcome.skipped, *outcome.checks, sep="\n")
    for table in outcome.tables:
        print("", table.title, table.header, *table.rows, sep="\n")


if __name__ == "__main__":
    main()
