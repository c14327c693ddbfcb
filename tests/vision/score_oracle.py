"""SSIMULACRA2 as libjxl's sources say it, slowly: all maps, all scales, double precision."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from foveate.vision.score_weights import COUNTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIGMA = 1.5
RADIUS = round(3.2795 * SIGMA + 0.2546)
OPSIN = np.array(
    [[0.30, 0.622, 0.078], [0.23, 0.692, 0.078], [0.24342268924547819, 0.20476744424496821, 0]]
)
OPSIN[2, 2] = 1 - OPSIN[2].sum()
BIAS = 0.0037930732552754493


def kernel() -> NDArray[np.float64]:
    """Three cosines that a recursive filter runs through (Charalampidis, 2016)."""
    omega = np.pi / (2 * RADIUS) * np.array([1, 3, 5])
    p = np.array([1, -1, 1]) / np.tan(omega / 2)
    r = np.array([1, -1, 1]) * p**2 / np.sin(omega)
    rho = np.exp(-0.5 * (SIGMA * omega) ** 2) / RADIUS
    minor = p[0] * r[1] - r[0] * p[1]
    zeta = np.array([p[1] * r[2] - r[1] * p[2], p[2] * r[0] - r[2] * p[0], minor]) / minor
    beta = np.linalg.solve([p, r, zeta], [1, RADIUS**2 - SIGMA**2, zeta @ rho])
    taps = np.arange(1 - RADIUS, RADIUS)
    return np.asarray((beta[:, None] * np.cos(omega[:, None] * taps)).sum(axis=0))


def blurred(planes: NDArray[np.float64]) -> NDArray[np.float64]:
    taps = kernel()
    for axis in (1, 2):
        whole = np.apply_along_axis(np.convolve, axis, planes, taps)
        planes = whole.take(np.arange(planes.shape[axis]) + RADIUS - 1, axis)
    return planes


def halved(light: NDArray[np.float64]) -> NDArray[np.float64]:
    _, height, width = light.shape
    padded = np.pad(light, ((0, 0), (0, height % 2), (0, width % 2)), mode="edge")
    return np.asarray(
        padded.reshape(3, (height + 1) // 2, 2, (width + 1) // 2, 2).mean(axis=(2, 4))
    )


def xyb(light: NDArray[np.float64]) -> NDArray[np.float64]:
    cones = np.cbrt(np.einsum("ij,jhw->ihw", OPSIN, light) + BIAS) - np.cbrt(BIAS)
    x, y, b = (cones[0] - cones[1]) / 2, (cones[0] + cones[1]) / 2, cones[2]
    return np.stack([x * 14 + 0.42, y + 0.01, b - y + 0.55])


def norms(planes: NDArray[np.float64], counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """The 1-norm and the 4-norm of each plane."""
    flat, share = planes.reshape(3, -1), counts.reshape(-1) / counts.sum()
    return np.stack([flat @ share, (flat**4 @ share) ** 0.25])


def oracle(
    reference: NDArray[np.uint8],
    distorted: NDArray[np.uint8],
    counts: NDArray[np.float64] | None = None,
) -> float:
    """The score; of what counts alone, where that is not all the same."""
    level = np.arange(256) / 255
    curve = np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4)
    one, other = (curve[each].transpose(2, 0, 1) for each in (reference, distorted))
    penalty, counts = 0.0, np.ones(reference.shape[:2]) if counts is None else counts
    for scale in range(COUNTS.shape[1]):
        if scale:
            if min(one.shape[1:]) < 8:
                break
            one, other = halved(one), halved(other)
            counts = halved(np.stack([counts] * 3))[0]
        a, b = xyb(one), xyb(other)
        mean_a, mean_b = blurred(a), blurred(b)
        both = 2 * (blurred(a * b) - mean_a * mean_b) + 0.0009
        apart = blurred(a * a) - mean_a**2 + blurred(b * b) - mean_b**2 + 0.0009
        ssim = np.maximum(0, 1 - (1 - (mean_a - mean_b) ** 2) * both / apart)
        edges = (1 + np.abs(b - mean_b)) / (1 + np.abs(a - mean_a)) - 1
        maps = [norms(each, counts) for each in (ssim, np.maximum(edges, 0), np.maximum(-edges, 0))]
        penalty += float((COUNTS[:, scale] * np.stack(maps, axis=-1).transpose(1, 0, 2)).sum())
    told = penalty * 0.9562382616834844
    told = (
        6.248496625763138e-5 * told**3 - 0.020884521182843837 * told**2 + 2.326765642916932 * told
    )
    return float(100 - 10 * told**0.6276336467831387) if told > 0 else 100.0
