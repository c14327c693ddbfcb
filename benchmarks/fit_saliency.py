"""Fit where people look on eye tracking: the readout of `gaze`, and what gravity adds to it.

    python benchmarks/fit_saliency.py [--write]

The looks of all viewers of a photo are drawn from a density over its patches whose logarithm is
linear in what the network knows of a patch, in faces and in the distance from the centre. The
likelihood of that is concave; a ridge on whitened numbers keeps 350 photos from explaining 768 of
them too well. Five-fold cross-validation says what it is worth on photos that it has not seen;
with `--write` it is fitted to all of them, and the files beside the code are replaced.

The data is OSIE: 350 of its photos, each twice, as it is and mirrored; another 100 are what
`saliency.py` scores on, and are not looked at here. The same data and the same weights of the
networks give the same numbers, but for rounding by processors.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
import osie
from results import score

from foveate.app import create
from foveate.deadline import Deadline
from foveate.geometry.box import Box
from foveate.geometry.windows import SummedMap
from foveate.gravity import importance as fusion
from foveate.gravity.importance import Weights, centre_terms, face_terms, importance, resampled
from foveate.gravity.saliency import Crowd, placed
from foveate.imaging.pixel_source import PixelSource
from foveate.models import open_model
from foveate.options.model import MatteLevel
from foveate.service.parts.faces import faces_to_keep
from foveate.service.parts.matte import MATTE
from foveate.settings import load
from foveate.trace import Trace
from foveate.values import Face
from foveate.vision.saliency import FINER, READOUT, Gaze, enlarged, people

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from foveate.app import App
    from foveate.geometry.fit import Window
    from foveate.service.analysis import Analysis

    Numbers = NDArray[np.float64]

COMPONENTS: Final = 384
"""Principal components of each of the two layers: all. With 96 the gains are 0.04 less."""
RIDGE: Final = 0.1
FREE: Final = 0.02
"""The ridge of faces, subject and centre, relative to that of the components."""
FOLDS: Final = 5
REPEATS: Final = 2
STEPS: Final = 8
"""Newton steps; four are usually enough."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of one photo, as it is or mirrored."""

    tokens: NDArray[np.float32]
    faces: Sequence[Face]
    matte: NDArray[np.float32] | None
    looks: Numbers
    """The share of looks that each patch gets, (rows, columns)."""


@dataclass(frozen=True, slots=True)
class Basis:
    """Principal components of the tokens, layer by layer, each of variance 1."""

    mean: Numbers
    axes: Numbers
    """(numbers of a token, components)."""

    @classmethod
    def of(cls, tokens: Numbers) -> Basis:
        mean = tokens.mean(axis=0)
        half = tokens.shape[1] // 2
        axes = np.zeros((2 * half, 2 * COMPONENTS))
        for layer in range(2):
            part = np.s_[layer * half : (layer + 1) * half]
            spread, vectors = np.linalg.eigh(np.cov(tokens[:, part].T))
            best = np.argsort(spread)[::-1][:COMPONENTS]
            columns = np.s_[layer * COMPONENTS : (layer + 1) * COMPONENTS]
            axes[part, columns] = vectors[:, best] / np.sqrt(spread[best])
        return cls(mean, axes)


def analysis_of(path: Path, app: App) -> Analysis:
    """Return what is known of the picture in a file."""
    deadline = Deadline(time.monotonic() + 600)
    return app.analyses.open(PixelSource(app.source_of(path.read_bytes()), deadline, Trace()))


def look_at(photos: Sequence[osie.Photo], *, matte: bool) -> tuple[list[Seen], list[Seen]]:
    """Return all photos as the networks see them: as they are, and mirrored."""
    settings = load()
    app = create(settings)
    gaze = Gaze(partial(open_model, "gaze", settings.models, settings.runtime))
    plain, mirrored = [], []
    for photo in photos:
        analysis = analysis_of(photo.path, app)
        rgb, faces = analysis.thumbnail(gaze.input_size(photo.size)), faces_to_keep(analysis)
        alpha = analysis.get(MATTE, level=MatteLevel.FAST) if matte else None
        tokens = gaze.tokens(rgb), gaze.tokens(np.ascontiguousarray(rgb[:, ::-1]))
        turned = [_mirrored(face, photo.size.width) for face in faces]
        looks = looks_of(photo, tokens[0].shape[:2])
        plain.append(Seen(tokens[0], faces, alpha, looks))
        mirror = None if alpha is None else alpha[:, ::-1]
        mirrored.append(Seen(tokens[1], turned, mirror, looks[:, ::-1]))
    return plain, mirrored


def _mirrored(face: Face, width: int) -> Face:
    box = face.box
    return Face(Box(width - box.right, box.top, box.width, box.height), face.score, face.landmarks)


def looks_of(photo: osie.Photo, shape: tuple[int, ...]) -> Numbers:
    """Return the share of looks in each patch."""
    points = score().fixation_points(photo.viewers)
    edges = [
        np.linspace(0, side, count + 1)
        for side, count in zip((photo.size.height, photo.size.width), shape, strict=True)
    ]
    inside = points[:, ::-1].clip(0, (photo.size.height - 1, photo.size.width - 1))
    counts, *_ = np.histogramdd(inside, edges)
    share: Numbers = counts / counts.sum()
    return share


def terms_of(seen: Seen, size: osie.Size, *, matte: bool) -> Numbers:
    """Return what gravity adds, (patches, terms): two of faces, the matte, five of the centre."""
    shape = seen.looks.shape
    near, small = face_terms(seen.faces, shape, size)
    subject = [resampled(seen.matte, shape)] if matte and seen.matte is not None else []
    columns = [near, small, *subject, *np.moveaxis(centre_terms(shape), -1, 0)]
    return np.stack([column.ravel() for column in columns], axis=1)


def fit(features: Numbers, looks: Numbers, ridge: Numbers) -> Numbers:
    """Return the weights that make looks most likely: (photos, patches, features), by Newton."""
    photos, _, count = features.shape
    flat, weights = features.reshape(-1, count), np.zeros(count)
    aim = looks.reshape(-1) @ flat / photos

    def density(at: Numbers) -> Numbers:
        logs = features @ at
        share = np.exp(logs - logs.max(axis=1, keepdims=True))
        return share / share.sum(axis=1, keepdims=True)

    def worth(at: Numbers) -> float:
        return float((looks * np.log(density(at) + 1e-300)).sum() / photos - ridge @ at**2 / 2)

    for _ in range(STEPS):
        share = density(weights)
        means = np.einsum("pc,pcf->pf", share, features)
        rooted = flat * np.sqrt(share.reshape(-1, 1))
        curve = (rooted.T @ rooted - means.T @ means) / photos + np.diag(ridge)
        step = np.linalg.solve(curve, aim - means.mean(axis=0) - ridge * weights)
        length = 1.0
        while worth(weights + length * step) < worth(weights) and length > 1e-3:
            length /= 2
        weights = weights + length * step
    return weights


def fitted(seen: Sequence[Seen], size: osie.Size, *, matte: bool) -> tuple[Numbers, Numbers]:
    """Return the weights of the 768 numbers of a token, and of `terms_of`.

    Both are fitted at once: what the detector says of a face, the readout need not say again.
    """
    tokens = np.stack([one.tokens.reshape(-1, one.tokens.shape[2]) for one in seen]).astype(float)
    basis = Basis.of(tokens.reshape(-1, tokens.shape[2]))
    terms = np.stack([terms_of(one, size, matte=matte) for one in seen])
    features = np.concatenate([(tokens - basis.mean) @ basis.axes, terms], axis=2)
    components = basis.axes.shape[1]
    ridge = np.full(features.shape[2], RIDGE)
    ridge[components:] *= FREE
    looks = np.stack([one.looks.ravel() for one in seen])
    weights = fit(features, looks, ridge)
    return basis.axes @ weights[:components], weights[components:]


def weights_of(terms: Numbers, matte: float) -> Weights:
    """Return the weights of gravity."""
    face, small, *centre = map(float, terms)
    return Weights(face=face, small_face=small, matte=matte, centre=tuple(centre))


def crop(seen: Seen, readout: Numbers, weights: Weights, window: Window, size: osie.Size) -> Box:
    """Return the crop that the server would make with these weights."""
    logs = enlarged(seen.tokens @ readout.astype(np.float32), FINER)
    saliency = np.round(np.exp((logs - logs.max()) / 2) * 255) / 255
    matte = seen.matte if weights.matte else None
    share = importance(saliency, seen.faces, matte, size, weights)
    whole, persons = Box.of(size), np.round(people(seen.tokens) * 255) / 255
    crowd = Crowd.of(seen.faces, persons, size, whole)
    return placed(SummedMap.of(share, size), whole, window, crowd)


def validate(
    photos: Sequence[osie.Photo], plain: Sequence[Seen], mirrored: Sequence[Seen], *, matte: bool
) -> dict[str, osie.Gain]:
    """Return the gains on photos that were not fitted to, means of several ways to part them."""
    size, shares = photos[0].size, []
    for repeat in range(REPEATS):
        order = np.random.default_rng(repeat).permutation(len(photos))
        ours: dict[int, tuple[Numbers, Weights]] = {}
        for fold in range(FOLDS):
            out = set(order[fold::FOLDS].tolist())
            kept = [number for number in range(len(photos)) if number not in out]
            train = [seen[number] for seen in (plain, mirrored) for number in kept]
            readout, terms = fitted(train, size, matte=matte)
            weights = (
                weights_of(np.delete(terms, 2), float(terms[2])) if matte else weights_of(terms, 0)
            )
            ours |= dict.fromkeys(out, (readout, weights))
        shares.append(
            osie.gains(lambda n, window, by=ours: crop(plain[n], *by[n], window, size), photos)
        )
    return {
        name: osie.gain(np.mean([one[name] for one in shares], axis=0)) for name in osie.WINDOWS
    }


def write(plain: Sequence[Seen], mirrored: Sequence[Seen], size: osie.Size) -> None:
    """Replace the numbers that come with the package by those fitted to all photos."""
    everything = [*plain, *mirrored]
    readout, terms = fitted(everything, size, matte=False)
    matte = float(fitted(everything, size, matte=True)[1][2])
    np.save(READOUT, readout.astype(np.float32))
    weights = weights_of(terms, matte)
    lines = [
        "# Fitted by benchmarks/fit_saliency.py. What they weigh: gravity/importance.py.",
        *(f"{name} = {getattr(weights, name):.4f}" for name in ("face", "small_face", "matte")),
        f"centre = [{', '.join(f'{value:.4f}' for value in weights.centre)}]",
    ]
    fusion.WEIGHTS.write_text("\n".join(lines) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="replace the numbers of the package")
    asked = parser.parse_args()
    photos = osie.photos(osie.TO_FIT)
    plain, mirrored = look_at(photos, matte=True)
    for matte in (False, True):
        found = validate(photos, plain, mirrored, matte=matte)
        said = "with" if matte else "without"
        print(f"{said} a matte:", *(f"{name} {gain}" for name, gain in found.items()), sep="  ")
    if asked.write:
        write(plain, mirrored, photos[0].size)


if __name__ == "__main__":
    main()
