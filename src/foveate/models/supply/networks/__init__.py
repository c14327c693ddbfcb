"""The cards of our networks: what packages carry, and what is read of their licences.

`licence` is what the package says of itself. `upstream` is who made the weights, as far as the
package tells; where it does not tell on which pictures they were trained, that is said too.
"""

from __future__ import annotations

from typing import Final

from foveate.models.supply.networks.depth import DEPTH
from foveate.models.supply.networks.face_api import FACE_API
from foveate.models.supply.networks.faces import FACES
from foveate.models.supply.networks.mattes import MATTES
from foveate.models.supply.networks.moderation import MODERATION
from foveate.models.supply.networks.objects import OBJECTS
from foveate.models.supply.networks.people import PEOPLE
from foveate.models.supply.networks.saliency import SALIENCY
from foveate.models.supply.networks.tags import TAGS
from foveate.models.supply.networks.text import TEXT
from foveate.models.supply.networks.upscaling import UPSCALING

NETWORKS: Final = (
    *FACES,
    *SALIENCY,
    *MATTES,
    *PEOPLE,
    *FACE_API,
    *OBJECTS,
    *TAGS,
    *TEXT,
    *MODERATION,
    *UPSCALING,
    *DEPTH,
)
