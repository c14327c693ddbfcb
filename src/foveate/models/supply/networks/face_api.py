"""The cards of face-api's networks: age and gender, and what a face expresses."""

from __future__ import annotations

from typing import Final

from foveate.models.supply.card import Artefact, Member, ModelCard, Reference, Task

_PACKAGE: Final = Artefact(
    file="vladmandic-face-api-1.7.15.tgz",
    sha256="0d77fffeef362ef9c0939cf6c567f3a2e8e177f114fa257a3270cbd2e509b031",
    bytes=12_677_476,
    sources=("npm:@vladmandic/face-api@1.7.15",),
)
_FACES: Final = "input: float32 (batch, 3, 112, 112), (RGB 0..255 - mean) / 255"

FACE_API: Final = (
    ModelCard(
        name="age-gender",
        task=Task.ATTRIBUTES,
        file="age_gender.onnx",
        sha256="74b60bf3ebf981bf4e661e9cca3a185614e10b25d797118b62e2a68d3ff2569f",
        bytes=8_392,
        artefact=_PACKAGE,
        member="package/model/age_gender_model-weights_manifest.json",
        beside=(
            Member(
                path="package/model/age_gender_model.bin",
                sha256="49f92bbc0afef2342c4385e4a2b0acb6d7a727c6f0aa539499719a81acf9abaa",
            ),
        ),
        build=("face-api-age-gender",),
        built_bytes=1_692_000,
        reference=Reference(
            shape=(1, 3, 112, 112),
            add=-0.45,
            firsts=((26.44609,), (0.98987, 0.01013)),
            means=(26.44609, 0.5),
            tolerance=1e-3,
        ),
        licence="MIT",
        upstream="justadudewhohacks/face-api.js, MIT; trained on four fifths of UTKFace and of "
        "seven other sets, whose terms are not stated: expect errors of 6 years",
        input=f"{_FACES}, the upright box of the face amid a black square",
        output="age (batch, 1), years; gender (batch, 2): male, female",
    ),
    ModelCard(
        name="expression",
        task=Task.ATTRIBUTES,
        file="expression.onnx",
        sha256="5b349c17c7836da506e03422cd6461c74085d8bb2713ad4114647dc5d28174c8",
        bytes=6_980,
        artefact=_PACKAGE,
        member="package/model/face_expression_model-weights_manifest.json",
        beside=(
            Member(
                path="package/model/face_expression_model.bin",
                sha256="9a9840f2cf1f4c7eab95f197512569345c00d2426754d4608b92af30e0300f3d",
            ),
        ),
        build=("face-api-expression",),
        built_bytes=1_300_000,
        reference=Reference(
            shape=(1, 3, 112, 112),
            add=-0.45,
            firsts=((0.80924, 0.05027, 0.07901, 0.03257),),
            means=(0.142857,),
        ),
        licence="MIT",
        upstream="justadudewhohacks/face-api.js, MIT; trained on public sets and pictures of the "
        "web that are not named, CK+ perhaps among them: half right of photos of the web",
        input=f"{_FACES}, upright square around the face",
        output="expression (batch, 7): neutral, happy, sad, angry, fearful, disgusted, surprised",
    ),
)
