"""How much each map of SSIMULACRA2 counts: libjxl's numbers (BSD-3-Clause), fitted to people's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

SCALES: Final = 5
X, Y, B = range(3)
SSIM, RINGING, BLUR = range(3)


def _sparse(numbers: Mapping[tuple[int, int, int, int], float]) -> NDArray[np.float64]:
    """Return what counts how much: by plane (XYB), scale, norm (1, 4) and map."""
    weights = np.zeros((3, SCALES, 2, 3))
    for place, number in numbers.items():
        weights[place] = number
    return weights


COUNTS: Final = _sparse(
    {
        (X, 1, 0, RINGING): 0.0004371155730107379,
        (X, 1, 1, SSIM): 1.1041726426657346,
        (X, 1, 1, RINGING): 0.00066284834129271,
        (X, 1, 1, BLUR): 0.00015231632783718752,
        (X, 2, 0, RINGING): 0.0016406437456599754,
        (X, 2, 1, SSIM): 1.8422455520539298,
        (X, 2, 1, RINGING): 11.441172603757666,
        (X, 3, 0, SSIM): 0.0007989109436015163,
        (X, 3, 0, RINGING): 0.000176816438078653,
        (X, 3, 1, SSIM): 1.8787594979546387,
        (X, 3, 1, RINGING): 10.94906990605142,
        (X, 4, 0, SSIM): 0.0007289346991508072,
        (X, 4, 0, RINGING): 0.9677937080626833,
        (X, 4, 1, SSIM): 0.00014003424285435884,
        (X, 4, 1, RINGING): 0.9981766977854967,
        (X, 4, 1, BLUR): 0.00031949755934435053,
        (Y, 0, 1, SSIM): 7.466890328078848,
        (Y, 0, 1, BLUR): 17.445833984131262,
        (Y, 1, 0, SSIM): 0.0006235601634041466,
        (Y, 1, 1, SSIM): 6.683678146179332,
        (Y, 1, 1, RINGING): 0.00037724407979611296,
        (Y, 1, 1, BLUR): 1.027889937768264,
        (Y, 2, 0, SSIM): 225.20515300849274,
        (Y, 2, 1, SSIM): 19.213238186143016,
        (Y, 2, 1, RINGING): 0.0011401524586618361,
        (Y, 2, 1, BLUR): 0.001237755635509985,
        (Y, 3, 0, SSIM): 176.39317598450694,
        (Y, 3, 1, SSIM): 24.43300999870476,
        (Y, 3, 1, RINGING): 0.28520802612117757,
        (Y, 3, 1, BLUR): 0.0004485436923833408,
        (Y, 4, 1, SSIM): 34.77906344483772,
        (Y, 4, 1, RINGING): 44.835625328877896,
        (B, 2, 1, SSIM): 0.0004179171803251336,
        (B, 2, 1, RINGING): 0.0017290828234722833,
        (B, 3, 0, SSIM): 0.0020827005846636437,
        (B, 3, 1, SSIM): 8.826982764996862,
        (B, 3, 1, RINGING): 23.19243343998926,
        (B, 4, 0, SSIM): 95.1080498811086,
        (B, 4, 0, RINGING): 0.9863978034400682,
        (B, 4, 0, BLUR): 0.9834382792465353,
        (B, 4, 1, SSIM): 0.0012286405048278493,
        (B, 4, 1, RINGING): 171.2667255897307,
        (B, 4, 1, BLUR): 0.9807858872435379,
    }
)
"""By plane, scale, norm (the first, the fourth) and map."""
