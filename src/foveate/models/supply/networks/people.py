"""The cards of the networks that read faces: who it is, and what may be guessed."""

from __future__ import annotations

from typing import Final

from foveate.models.supply.card import Artefact, Member, ModelCard, Reference, Task
from foveate.models.supply.networks.shared import HUMAN_MODELS

_FACEPLUGIN: Final = Artefact(
    file="faceplugin-face-recognition-js-0.0.1.tgz",
    sha256="7ea06031d9a3f83753254fcff60506a07b81b46fc84d4ee024cd041f260ec1ba",
    bytes=41_114_878,
    sources=("npm:faceplugin-face-recognition-js@0.0.1",),
)
_FACEPLUGIN_WORK: Final = "Faceplugin-ltd, MIT; training data not stated"
_ONE_OF_MANY: Final = ("onnx", "any-batch", "flush-tiny")

PEOPLE: Final = (
    ModelCard(
        name="mobilefacenet",
        task=Task.EMBEDDING,
        file="mobilefacenet.onnx",
        sha256="87aacdfe57510db2af90c0251df680e8eec88f122ee94712121d09bcaaaf3581",
        bytes=4_884_269,
        artefact=_FACEPLUGIN,
        member="package/model/fr_feature.onnx",
        build=_ONE_OF_MANY,
        reference=Reference(
            shape=(1, 3, 112, 112),
            mul=2,
            add=-1,
            firsts=((0.06769, -0.03270, 0.00064, -0.02493),),
            means=(0.002099,),
        ),
        licence="MIT",
        upstream=_FACEPLUGIN_WORK,
        input="input: float32 (batch, 3, 112, 112), aligned, (BGR - 127) / 128",
        output="output (batch, 512), not normalised",
    ),
    ModelCard(
        name="gear",
        task=Task.ATTRIBUTES,
        file="gear.onnx",
        sha256="d364960439f8ff5d73e5a38e16ffc695a586330f5e03e40b6e0e7a3ec77ff03f",
        bytes=28_072,
        artefact=HUMAN_MODELS,
        member="package/models/gear.json",
        beside=(
            Member(
                path="package/models/gear.bin",
                sha256="53ef6bad582dd0a4617908489404866d96593ad11f29dec8f084dacaaf7f9ff6",
            ),
        ),
        build=("tfjs",),
        built_bytes=3_004_000,
        reference=Reference(
            shape=(1, 198, 198, 3),
            firsts=(
                (0.99534, 0.00001, 0.0, 0.00440),
                (0.98986, 0.01014),
                (0.99578, 0.00001, 0.00008, 0.00013),
            ),
            means=(0.2, 0.5, 0.142857),
        ),
        licence="MIT",
        upstream="Udolf15/GEAR-Predictor; licence and training data not stated in the package",
        input="input_1: float32 (batch, 198, 198, 3), RGB / 255, tight square or aligned",
        output="race_output (batch, 5): white, black, asian, indian, other; gender_output "
        "(batch, 2): male, female; age_output (batch, 7)",
    ),
    ModelCard(
        name="head-pose",
        task=Task.ATTRIBUTES,
        file="head_pose.onnx",
        sha256="72d032ec941b7153bf8d3f2c03a4c165453cc7e63d479041ec7c6ef087e5839d",
        bytes=5_811_723,
        artefact=_FACEPLUGIN,
        member="package/model/fr_pose.onnx",
        build=_ONE_OF_MANY,
        reference=Reference(
            shape=(1, 3, 224, 224),
            mul=4,
            add=-2,
            firsts=(
                (-1.97658, -1.90914, -1.91109, -0.11455),
                (-1.50067, -1.51030, -1.42293, -1.38773),
                (-1.53806, -1.46729, -1.59777, -1.45889),
            ),
            means=(0.001344, 0.003421, 0.001105),
            tolerance=1e-3,
        ),
        licence="MIT",
        upstream=_FACEPLUGIN_WORK,
        input="input: float32 (batch, 3, 224, 224), ImageNet mean and deviation, 1.5 x face",
        output="output, 617, 618: yaw, pitch, roll, each (batch, 66) bins of 3 degrees from -99",
    ),
    ModelCard(
        name="liveness",
        task=Task.ATTRIBUTES,
        file="liveness.onnx",
        sha256="afa783b7e902fdfcf323a7240cac2a1c580c25314ea4161129dc1b0d100dc32d",
        bytes=1_886_811,
        artefact=_FACEPLUGIN,
        member="package/model/fr_liveness.onnx",
        build=_ONE_OF_MANY,
        reference=Reference(
            shape=(1, 3, 128, 128),
            mul=255,
            firsts=((-1.35459, 4.03010, -2.67549),),
            tolerance=1e-2,
        ),
        licence="MIT",
        upstream=_FACEPLUGIN_WORK,
        input="input: float32 (batch, 3, 128, 128), BGR 0..255, square of 2.7 times the face",
        output="output (batch, 3), before the softmax: real, fake, fake",
    ),
)
