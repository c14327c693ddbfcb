"""Which pictures are trained on: by shares, and no group is ever in two of them."""

from __future__ import annotations

from itertools import accumulate
from math import fsum
from typing import TYPE_CHECKING

from foveate.datasets.handlers.builtin.chance import share

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foveate.datasets.sample import Sample


def split_of(sample: Sample, splits: Mapping[str, float], seed: int) -> str:
    """Return the split of a sample, by its group and the seed alone.

    So a picture that is added moves no other one: a sample without a group goes by its source, as
    its key may have to differ from a new one. Shares are of groups; what is said of them counts by
    what they are together.

    >>> from foveate.datasets.sample import Sample
    >>> one = Sample(key="a", source="a.jpg", digest="0", group="film 1")
    >>> two = Sample(key="b", source="b.jpg", digest="1", group="film 1")
    >>> shares = {"train": 0.8, "val": 0.2}
    >>> split_of(one, shares, 1) == split_of(two, shares, 1)
    True
    """
    names = [name for name in sorted(splits) if splits[name] > 0]
    if not names:
        return sample.split
    # Not by `sum`, which rounds otherwise from Python 3.12 on.
    whole = fsum(splits[name] for name in names)
    at = share("split", seed, sample.group or sample.source, bool(sample.group)) * whole
    ends = accumulate(splits[name] for name in names)
    return next((name for name, end in zip(names, ends, strict=True) if at < end), names[-1])
