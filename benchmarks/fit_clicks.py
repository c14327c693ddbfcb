"""Fit the head that turns clicks into masks, on what `gaze` knows of masked pictures.

    python benchmarks/fit_clicks.py encode [--sets clear|rest] [--passes 2]
    python benchmarks/fit_clicks.py fit [--sets clear|all] [--minutes 45] [--anew] [--write]

The first encodes views into a folder, so that the second can be run again and again: whole
pictures, windows around things, things pasted, things that lie on something. `clear` are the
pictures whose terms are stated (`masked.STATED`), `rest` the others, `all` both. The second goes on
from the head of that name in the package, with `--anew` from none, or with `--from` from one that
an earlier fit kept. Each step shows
the head some views with up to three things meant in each, after up to three of its own errors were
clicked. PyTorch is needed beside Foveate (`pip install torch`); with `--write` the head of that
name in the package is replaced.
"""

from __future__ import annotations

import argparse
import pickle
import random
import time
from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Final

import numpy as np
import torch
from click_head import TOKEN, Head, folded, unfolded, write
from click_views import View, catalogue, views
from clicked import depths
from masked import EVERY, STATED
from torch.nn import functional as nnf

from foveate.geometry.box import Box
from foveate.models import open_model
from foveate.settings import load
from foveate.vision.clicks import FINER, Click, told
from foveate.vision.saliency import Gaze
from foveate.vision.select_head import files

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    Cells = NDArray[np.uint8]
    Mask = NDArray[np.bool_]

CACHE: Final = Path(gettempdir(), "foveate-clicks")
SETS: Final = {"clear": STATED, "rest": EVERY - STATED}
PASSES: Final = {"clear": 3, "rest": 1}
KEPT: Final = 192
"""Principal components of a token that are fitted on; the head takes the token whole."""
SHARD: Final = 100
SHOWN, MEANT = 4, 4
"""Views in a step, and things that are meant in each."""
RATE: Final = 2.5e-3
GOING_ON: Final = 0.3
"""Of that rate, where a head that was fitted before goes on."""
WEIGHTS: Final = {"ecssd": 5.0, "ccp": 2.0, "human": 4.0, "firetruck": 0.5}
"""How often views of a set are shown; of those that are viewed often, 1.6."""
BY_ITSELF: Final = 0.3
"""How often nothing is clicked, where the subject is known."""
BOXED: Final = 0.15
"""How often a box is drawn."""
GROUPED: Final = 0.3
"""Weight of the answer for groups."""
DEEP: Final = 0.3
"""A click that is not in the very middle has at least this much of its depth."""


@dataclass(slots=True)
class Meant:
    """One thing that is meant in a view, and how it was said so far."""

    truth: Cells
    group: Cells | None
    clicks: list[Click] = field(default_factory=list)
    box: Box | None = None
    by_itself: bool = False


def encode(which: str, passes: range) -> None:
    """Write views of the pictures of some sets to the cache, whitened."""
    settings = load()
    gaze = Gaze(partial(open_model, "gaze", settings.models, settings.runtime))
    CACHE.mkdir(parents=True, exist_ok=True)
    mean, axes = whitening(gaze)
    for number in passes:
        rnd = random.Random(f"{which}{number}")
        pictures = catalogue(SETS[which])
        rnd.shuffle(pictures)
        shard: list[View] = []
        start, made = time.process_time(), 0
        for one in views(gaze, pictures, 1.0 if which == "clear" else 0.5, rnd):
            shard.append(replace(one, tokens=whitened(one.tokens, mean, axes)))
            if len(shard) == SHARD:
                made += keep(shard, f"{which}-{number}-{made:05d}")
                shard = []
                spent = time.process_time() - start
                print(f"{which} {number}: {made} views, {spent:.0f} CPU s", flush=True)
        keep(shard, f"{which}-{number}-{made:05d}")


def keep(shard: Sequence[View], name: str) -> int:
    """Write some views at once, and return how many they were."""
    file = CACHE / f"{name}.part"
    file.write_bytes(pickle.dumps(list(shard), protocol=5))
    file.rename(file.with_suffix(".views"))
    return len(shard)


def whitened(
    tokens: NDArray[np.float16], mean: NDArray[np.float32], axes: NDArray[np.float32]
) -> NDArray[np.float16]:
    """Return (rows, columns, KEPT) of tokens."""
    return ((tokens.astype(np.float32) - mean) @ axes).astype(np.float16)


def whitening(gaze: Gaze) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the mean of tokens, and the axes on which they are whitened: (768, KEPT)."""
    file = CACHE / "whitening.npz"
    if not file.exists():
        rnd = random.Random(0)
        pictures = catalogue(STATED)
        rnd.shuffle(pictures)
        some = [one.tokens for one in views(gaze, pictures[:70], 0.3, rnd)]
        tokens = np.concatenate([each.reshape(-1, TOKEN)[::7] for each in some]).astype(np.float32)
        mean = tokens.mean(0)
        spread, vectors = np.linalg.eigh(np.cov((tokens - mean).T))
        best = np.argsort(spread)[::-1]
        scale = np.sqrt(0.5 * spread[best[:KEPT]] + spread[best[KEPT]])
        np.savez(file, mean=mean, axes=(vectors[:, best[:KEPT]] / scale).astype(np.float32))
    with np.load(file) as kept:
        return kept["mean"], kept["axes"]


def shards(which: str) -> list[Path]:
    """Return the files of the views that were encoded of some sets by now."""
    names = ["clear", "rest"] if which == "all" else [which]
    return [file for name in names for file in sorted(CACHE.glob(f"{name}-*.views"))]


def read(file: Path) -> list[View]:
    """Return the views in a file that `encode` wrote."""
    views_in_it: list[View] = pickle.loads(file.read_bytes())
    return views_in_it


def click_in(
    mask: Mask, rnd: random.Random, *, anywhere: bool, positive: bool
) -> tuple[Click | None, float]:
    """Return a click deep in a mask, or anywhere in it, and the depth of the deepest one."""
    half = mask[: mask.shape[0] // 2 * 2, : mask.shape[1] // 2 * 2]
    half = half.reshape(mask.shape[0] // 2, 2, mask.shape[1] // 2, 2).mean((1, 3)) > 0.4
    half = half if half.any() else mask
    deep = depths(half)
    most = float(deep.max())
    if most <= 0:
        return None, 0.0
    rows, columns = np.nonzero(deep >= (DEEP**2 * most if anywhere else most))
    pick = rnd.randrange(len(rows))
    x, y = (columns[pick] + 0.5) / half.shape[1], (rows[pick] + 0.5) / half.shape[0]
    return Click(float(x), float(y), positive), most


def corrected(one: Meant, found: Mask, rnd: random.Random) -> None:
    """Click the larger of what is missing and what is too much."""
    there, anywhere = one.truth > 127, rnd.random() < 0.35
    missing, wide = click_in(there & ~found, rnd, anywhere=anywhere, positive=True)
    over, deep = click_in(found & ~there, rnd, anywhere=anywhere, positive=False)
    click = missing if wide >= deep else over
    if click:
        one.clicks.append(click)


def meant_in(view: View, rnd: random.Random) -> Meant:
    """Return something that may be meant in a view, and how somebody says so first."""
    if view.subject is not None and (not len(view.masks) or rnd.random() < BY_ITSELF):
        return Meant(view.subject, None, by_itself=True)
    number = rnd.randrange(len(view.masks))
    one = Meant(view.masks[number], view.groups[number])
    there = one.truth > 127
    if rnd.random() < BOXED:
        one.box = loosened(there, rnd)
        if one.box and rnd.random() < 1 / 2:
            return one
    for _ in range(2 if rnd.random() < 0.12 else 1):
        click, _ = click_in(there, rnd, anywhere=rnd.random() < 0.5, positive=True)
        one.clicks += [click] if click else []
    if rnd.random() < 0.2:
        one.clicks += beside(view, number, there, rnd)
    return one


def beside(view: View, number: int, there: Mask, rnd: random.Random) -> list[Click]:
    """Return a negative click: in another thing, or anywhere else."""
    others = [k for k in range(len(view.masks)) if k != number]
    away = (view.masks[rnd.choice(others)] > 127) & ~there if others else ~there
    away = away if others and rnd.random() < 0.7 else ~there
    click, _ = click_in(away, rnd, anywhere=True, positive=False)
    return [click] if click else []


def loosened(there: Mask, rnd: random.Random) -> Box | None:
    """Return a box around a mask, 0..1, as loose as a hand's or a detector's."""
    rows, columns = np.flatnonzero(there.any(1)), np.flatnonzero(there.any(0))
    if not len(rows):
        return None
    height, width = there.shape
    top, bottom = rows[0] / height, (rows[-1] + 1) / height
    left, right = columns[0] / width, (columns[-1] + 1) / width
    off = [rnd.gauss(0.01, 0.06) for _ in range(4)]
    left, right = left - off[0] * (right - left), right + off[1] * (right - left)
    top, bottom = top - off[2] * (bottom - top), bottom + off[3] * (bottom - top)
    return Box(left, top, max(0.02, right - left), max(0.02, bottom - top))


def mirrored(view: View) -> View:
    """Return nearly what the head sees of the picture in the mirror."""
    return View(
        view.origin, view.tokens[:, ::-1], view.colours[..., ::-1], view.masks[..., ::-1],
        view.groups[..., ::-1], None if view.subject is None else view.subject[:, ::-1],
    )  # fmt: skip


def tensors(seen: Sequence[View], rnd: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Return tokens and colours of views of a shape, colours varied a little."""
    tokens = np.stack([one.tokens for one in seen]).astype(np.float32).transpose(0, 3, 1, 2)
    shade = np.stack([one.colours for one in seen]).astype(np.float32)
    shade = shade * rnd.uniform(0.8, 1.2, (len(seen), 1, 1, 1))
    shade = shade + rnd.normal(0, 0.15, (len(seen), 3, 1, 1))
    return _last(tokens), _last(shade.astype(np.float32))


def _last(array: NDArray[np.float32]) -> Tensor:
    held = torch.from_numpy(np.ascontiguousarray(array))
    return held.contiguous(memory_format=torch.channels_last)


def said(meant: Sequence[Meant], grid: tuple[int, int]) -> list[Tensor]:
    """Return what the head is told of all that is meant."""
    each = [told(one.clicks, one.box, grid) for one in meant]
    padded = []
    for shares in ([one.positive for one in each], [one.negative for one in each]):
        most = max(len(share) for share in shares)
        rows = np.zeros((len(each), most, grid[0] * grid[1]), np.float32)
        for into, share in zip(rows, shares, strict=True):
            into[: len(share)] = share
        padded.append(torch.from_numpy(rows))
    maps = _last(np.stack([one.maps for one in each]))
    return [*padded, maps, _last(np.stack([one.discs for one in each]))]


def loss(answers: tuple[Tensor, Tensor], truth: Tensor, weight: Tensor) -> Tensor:
    """Return cross entropy, heavier where it is wrong, and the soft IoU, at both finenesses.

    `weight` says how much each answer of each thing counts: (things, 2).
    """
    total = torch.zeros(())
    for logs, step, heavy in ((answers[1], 1, 1.0), (answers[0], FINER, 0.4)):
        aim = nnf.avg_pool2d(truth, step) if step > 1 else truth
        share = torch.sigmoid(logs)
        wrong = nnf.binary_cross_entropy_with_logits(logs, aim, reduction="none")
        matters = (share.detach() - aim).abs() + 0.15
        entropy = (wrong * matters).sum((2, 3)) / matters.sum((2, 3))
        both = (share * aim).sum((2, 3))
        either = (share + aim - share * aim).sum((2, 3))
        off = entropy + 1 - (both + 1) / (either + 1)
        total = total + heavy * (off * weight).sum() / weight.sum()
    return total


class Drawn:
    """Views by shape, drawn so that no set and no shape is forgotten; those to come, too."""

    def __init__(self, which: str, rnd: random.Random) -> None:
        self._which, self._rnd = which, rnd
        self._known: set[Path] = set()
        self._by_shape: dict[tuple[int, ...], list[View]] = defaultdict(list)
        self._weights: dict[tuple[int, ...], list[float]] = defaultdict(list)

    def update(self) -> int:
        """Read what was encoded since, and return how many views there are."""
        for file in [file for file in shards(self._which) if file not in self._known]:
            self._known.add(file)
            for view in read(file):
                self._by_shape[view.tokens.shape].append(view)
                self._weights[view.tokens.shape].append(WEIGHTS.get(view.origin.split("/")[0], 1.6))
        return sum(map(len, self._by_shape.values()))

    def __call__(self) -> list[View]:
        """Return some views of one shape."""
        totals = [sum(weights) for weights in self._weights.values()]
        (shape,) = self._rnd.choices(list(self._weights), totals)
        some = self._rnd.choices(self._by_shape[shape], self._weights[shape], k=SHOWN)
        return [mirrored(view) if self._rnd.random() < 1 / 2 else view for view in some]


class Fit:
    """A head, and what fits it."""

    def __init__(self, seed: int = 0, *, precise: bool = False) -> None:
        self.precise = precise
        torch.manual_seed(seed)
        self.rnd, self.noise = random.Random(seed), np.random.default_rng(seed)
        self.head = Head(KEPT).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.optimiser = torch.optim.AdamW(self.head.parameters(), lr=RATE, weight_decay=0.02)
        self.recent: list[tuple[int, float]] = []

    def step(self, seen: Sequence[View]) -> None:
        """Show some views, click, and learn from what came of it."""
        meant = [meant_in(view, self.rnd) for view in seen for _ in range(MEANT)]
        grid = seen[0].tokens.shape[0], seen[0].tokens.shape[1]
        tokens, shade = tensors(seen, self.noise)
        with torch.autocast("cpu", torch.bfloat16, enabled=not self.precise):
            known, kin, edges = self.head.reading(tokens, shade)
            known = nnf.dropout2d(known, 0.1)
            read = [each.repeat_interleave(MEANT, 0) for each in (known, kin, edges)]
            for _ in range(self.rnd.choice((0, 0, 1, 1, 2, 3))):
                self.click(read, meant, grid)
            coarse, fine = self.head.answering(*read, *said(meant, grid))
        self.learn((coarse.float(), fine.float()), meant)

    def click(self, read: Sequence[Tensor], meant: Sequence[Meant], grid: tuple[int, int]) -> None:
        """Add to each thing that is meant the click that mends its mask most."""
        with torch.no_grad():
            held = [each.detach() for each in read]
            found = (self.head.answering(*held, *said(meant, grid))[1][:, 0] > 0).numpy()
        for one, there in zip(meant, found, strict=True):
            if not one.by_itself:
                corrected(one, there, self.rnd)

    def learn(self, answers: tuple[Tensor, Tensor], meant: Sequence[Meant]) -> None:
        """Take a step against the gradient."""
        groups = [one.truth if one.group is None else one.group for one in meant]
        truth = np.stack([np.stack([m.truth, g]) for m, g in zip(meant, groups, strict=True)])
        aim = torch.from_numpy(truth.astype(np.float32) / 255)
        heavy = [[1.0, 0.0 if one.by_itself else GROUPED] for one in meant]
        off = loss(answers, aim, torch.tensor(heavy))
        self.optimiser.zero_grad()
        if not torch.isfinite(off):
            raise FloatingPointError("the loss is no number; try `--precise`")
        off.backward()
        torch.nn.utils.clip_grad_norm_(self.head.parameters(), 1.0)
        self.optimiser.step()
        self.note(answers[1], aim, meant)

    def note(self, logs: Tensor, aim: Tensor, meant: Sequence[Meant]) -> None:
        """Keep the IoU of each thing, by how it was said."""
        found, there = logs[:, 0] > 0, aim[:, 0] > 1 / 2
        both, either = (found & there).sum((1, 2)), (found | there).sum((1, 2)).clamp(min=1)
        for one, value in zip(meant, (both / either).tolist(), strict=True):
            kind = 0 if one.by_itself else len(one.clicks)
            self.recent.append((kind, value))


def told_of(recent: Sequence[tuple[int, float]]) -> str:
    """Return the mean IoU by the number of clicks."""
    some = recent[-6000:]
    return ", ".join(
        f"{kind}: {np.mean([value for k, value in some if k == kind]):.3f}"
        for kind in sorted({k for k, _ in some})[:6]
    )


def fit(which: str, minutes: float, start_from: Head | None, into: Path, *, precise: bool) -> Head:
    """Return a head for whitened tokens, fitted for so many minutes, and kept every few."""
    run = Fit(precise=precise)
    if start_from:
        run.head.load_state_dict(start_from.state_dict())
    peak = RATE * (GOING_ON if start_from else 1)
    draw = Drawn(which, run.rnd)
    print(f"{draw.update()} views to fit on", flush=True)
    start, step, saved = time.monotonic(), 0, 0.0
    while (done := (time.monotonic() - start) / (60 * minutes)) < 1:
        rate = peak * min(1, (step + 1) / 60) * (0.5 * (1 + np.cos(np.pi * done)) + 0.01)
        for group in run.optimiser.param_groups:
            group["lr"] = rate
        run.step(draw())
        step += 1
        if step % 100 == 0:
            spent = time.process_time()
            print(
                f"step {step}: {done:.0%}, IoU {told_of(run.recent)}, CPU {spent:.0f}", flush=True
            )
        if step % 50 == 0:
            draw.update()
        if time.monotonic() - saved > 180:
            saved = time.monotonic()
            torch.save(run.head.state_dict(), into)
    torch.save(run.head.state_dict(), into)
    return run.head.eval()


def whitened_by() -> tuple[Tensor, Tensor]:
    """Return the mean and the axes by which the tokens in the cache were whitened."""
    with np.load(CACHE / "whitening.npz") as kept:
        return torch.from_numpy(kept["mean"]), torch.from_numpy(kept["axes"])


def started(which: str, file: Path | None) -> Head:
    """Return a head that was kept in a file, or else that of the package."""
    if file is None:
        return unfolded(files(which), *whitened_by())
    head = Head(KEPT)
    head.load_state_dict(torch.load(file))
    return head


def shipped(head: Head, which: str) -> None:
    """Put a head in the place of that of the package."""
    write(folded(head, *whitened_by()), *files(which))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["encode", "fit", "write"])
    parser.add_argument("--sets", choices=["clear", "rest", "all"], default="clear")
    parser.add_argument("--passes", type=int, help="how often to view each picture anew")
    parser.add_argument("--first", type=int, default=0, help="go on with this pass")
    parser.add_argument("--minutes", type=float, default=45, help="how long to fit")
    parser.add_argument("--from", dest="start", type=Path, help="go on from the head in this file")
    parser.add_argument("--anew", action="store_true", help="go on from none")
    parser.add_argument("--precise", action="store_true", help="in single precision")
    parser.add_argument("--write", action="store_true", help="replace the head of the package")
    asked = parser.parse_args()
    into = CACHE / f"{asked.sets}.pt"
    if asked.what == "encode":
        encode(asked.sets, range(asked.first, asked.passes or PASSES[asked.sets]))
        return
    torch.set_num_threads(1)
    if asked.what == "write":
        shipped(started(asked.sets, asked.start or into), asked.sets)
        return
    start = None if asked.anew else started(asked.sets, asked.start)
    head = fit(asked.sets, asked.minutes, start, into, precise=asked.precise)
    if asked.write:
        shipped(head, asked.sets)


if __name__ == "__main__":
    main()
