"""What can be called: each method of foveate.v1, with its messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from foveate.remote import stages_pb2 as pb

PACKAGE: Final = "foveate.v1"


@dataclass(frozen=True, slots=True)
class Method:
    """One method of a service."""

    service: str
    name: str
    request: Any
    reply: Any

    @property
    def path(self) -> str:
        """Return what is called."""
        return f"/{full_name(self.service)}/{self.name}"


def full_name(service: str) -> str:
    """Return the name of a service as reflection and health know it."""
    return f"{PACKAGE}.{service}"


PREPROCESS: Final = Method("Preprocessor", "Preprocess", pb.PreprocessRequest, pb.PreprocessReply)
EMBED: Final = Method("Embedder", "Embed", pb.EmbedRequest, pb.EmbedReply)
ANALYZE: Final = Method("Analyzer", "Analyze", pb.AnalyzeRequest, pb.AnalyzeReply)
SEARCH: Final = Method("Searcher", "Search", pb.SearchRequest, pb.SearchReply)
RECOGNISE: Final = Method("Recogniser", "Recognise", pb.RecogniseRequest, pb.Told)
FIND_FACES: Final = Method("Looker", "FindFaces", pb.FindFacesRequest, pb.FindFacesReply)
FIND_LOOKS: Final = Method("Looker", "FindLooks", pb.FindLooksRequest, pb.FindLooksReply)
METHODS: Final = (PREPROCESS, EMBED, ANALYZE, SEARCH, RECOGNISE, FIND_FACES, FIND_LOOKS)
