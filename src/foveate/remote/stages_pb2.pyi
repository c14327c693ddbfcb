from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Picture(_message.Message):
    __slots__ = ("image", "reference")
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_FIELD_NUMBER: _ClassVar[int]
    image: bytes
    reference: str
    def __init__(self, image: _Optional[bytes] = ..., reference: _Optional[str] = ...) -> None: ...

class Size(_message.Message):
    __slots__ = ("width", "height")
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    width: int
    height: int
    def __init__(self, width: _Optional[int] = ..., height: _Optional[int] = ...) -> None: ...

class Face(_message.Message):
    __slots__ = ("left", "top", "width", "height", "score", "landmarks")
    LEFT_FIELD_NUMBER: _ClassVar[int]
    TOP_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    LANDMARKS_FIELD_NUMBER: _ClassVar[int]
    left: float
    top: float
    width: float
    height: float
    score: float
    landmarks: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, left: _Optional[float] = ..., top: _Optional[float] = ..., width: _Optional[float] = ..., height: _Optional[float] = ..., score: _Optional[float] = ..., landmarks: _Optional[_Iterable[float]] = ...) -> None: ...

class Crop(_message.Message):
    __slots__ = ("name", "array")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ARRAY_FIELD_NUMBER: _ClassVar[int]
    name: str
    array: bytes
    def __init__(self, name: _Optional[str] = ..., array: _Optional[bytes] = ...) -> None: ...

class FaceCrops(_message.Message):
    __slots__ = ("crops",)
    CROPS_FIELD_NUMBER: _ClassVar[int]
    crops: _containers.RepeatedCompositeFieldContainer[Crop]
    def __init__(self, crops: _Optional[_Iterable[_Union[Crop, _Mapping]]] = ...) -> None: ...

class PreprocessRequest(_message.Message):
    __slots__ = ("picture", "words", "remembered")
    PICTURE_FIELD_NUMBER: _ClassVar[int]
    WORDS_FIELD_NUMBER: _ClassVar[int]
    REMEMBERED_FIELD_NUMBER: _ClassVar[int]
    picture: Picture
    words: _containers.RepeatedScalarFieldContainer[str]
    remembered: bool
    def __init__(self, picture: _Optional[_Union[Picture, _Mapping]] = ..., words: _Optional[_Iterable[str]] = ..., remembered: _Optional[bool] = ...) -> None: ...

class PreprocessReply(_message.Message):
    __slots__ = ("size", "faces", "crops")
    SIZE_FIELD_NUMBER: _ClassVar[int]
    FACES_FIELD_NUMBER: _ClassVar[int]
    CROPS_FIELD_NUMBER: _ClassVar[int]
    size: Size
    faces: _containers.RepeatedCompositeFieldContainer[Face]
    crops: _containers.RepeatedCompositeFieldContainer[FaceCrops]
    def __init__(self, size: _Optional[_Union[Size, _Mapping]] = ..., faces: _Optional[_Iterable[_Union[Face, _Mapping]]] = ..., crops: _Optional[_Iterable[_Union[FaceCrops, _Mapping]]] = ...) -> None: ...

class EmbedRequest(_message.Message):
    __slots__ = ("faces",)
    FACES_FIELD_NUMBER: _ClassVar[int]
    faces: _containers.RepeatedCompositeFieldContainer[FaceCrops]
    def __init__(self, faces: _Optional[_Iterable[_Union[FaceCrops, _Mapping]]] = ...) -> None: ...

class Embedding(_message.Message):
    __slots__ = ("values",)
    VALUES_FIELD_NUMBER: _ClassVar[int]
    values: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, values: _Optional[_Iterable[float]] = ...) -> None: ...

class EmbedReply(_message.Message):
    __slots__ = ("embeddings",)
    EMBEDDINGS_FIELD_NUMBER: _ClassVar[int]
    embeddings: _containers.RepeatedCompositeFieldContainer[Embedding]
    def __init__(self, embeddings: _Optional[_Iterable[_Union[Embedding, _Mapping]]] = ...) -> None: ...

class AnalyzeRequest(_message.Message):
    __slots__ = ("faces", "words")
    FACES_FIELD_NUMBER: _ClassVar[int]
    WORDS_FIELD_NUMBER: _ClassVar[int]
    faces: _containers.RepeatedCompositeFieldContainer[FaceCrops]
    words: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, faces: _Optional[_Iterable[_Union[FaceCrops, _Mapping]]] = ..., words: _Optional[_Iterable[str]] = ...) -> None: ...

class Guess(_message.Message):
    __slots__ = ("word", "labels", "probabilities", "years")
    WORD_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    PROBABILITIES_FIELD_NUMBER: _ClassVar[int]
    YEARS_FIELD_NUMBER: _ClassVar[int]
    word: str
    labels: _containers.RepeatedScalarFieldContainer[str]
    probabilities: _containers.RepeatedScalarFieldContainer[float]
    years: float
    def __init__(self, word: _Optional[str] = ..., labels: _Optional[_Iterable[str]] = ..., probabilities: _Optional[_Iterable[float]] = ..., years: _Optional[float] = ...) -> None: ...

class Guesses(_message.Message):
    __slots__ = ("guesses",)
    GUESSES_FIELD_NUMBER: _ClassVar[int]
    guesses: _containers.RepeatedCompositeFieldContainer[Guess]
    def __init__(self, guesses: _Optional[_Iterable[_Union[Guess, _Mapping]]] = ...) -> None: ...

class AnalyzeReply(_message.Message):
    __slots__ = ("faces",)
    FACES_FIELD_NUMBER: _ClassVar[int]
    faces: _containers.RepeatedCompositeFieldContainer[Guesses]
    def __init__(self, faces: _Optional[_Iterable[_Union[Guesses, _Mapping]]] = ...) -> None: ...

class SearchRequest(_message.Message):
    __slots__ = ("embeddings", "collection", "limit")
    EMBEDDINGS_FIELD_NUMBER: _ClassVar[int]
    COLLECTION_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    embeddings: _containers.RepeatedCompositeFieldContainer[Embedding]
    collection: str
    limit: int
    def __init__(self, embeddings: _Optional[_Iterable[_Union[Embedding, _Mapping]]] = ..., collection: _Optional[str] = ..., limit: _Optional[int] = ...) -> None: ...

class Match(_message.Message):
    __slots__ = ("subject", "face", "cosine", "probability")
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    FACE_FIELD_NUMBER: _ClassVar[int]
    COSINE_FIELD_NUMBER: _ClassVar[int]
    PROBABILITY_FIELD_NUMBER: _ClassVar[int]
    subject: str
    face: str
    cosine: float
    probability: float
    def __init__(self, subject: _Optional[str] = ..., face: _Optional[str] = ..., cosine: _Optional[float] = ..., probability: _Optional[float] = ...) -> None: ...

class Matches(_message.Message):
    __slots__ = ("matches",)
    MATCHES_FIELD_NUMBER: _ClassVar[int]
    matches: _containers.RepeatedCompositeFieldContainer[Match]
    def __init__(self, matches: _Optional[_Iterable[_Union[Match, _Mapping]]] = ...) -> None: ...

class SearchReply(_message.Message):
    __slots__ = ("faces",)
    FACES_FIELD_NUMBER: _ClassVar[int]
    faces: _containers.RepeatedCompositeFieldContainer[Matches]
    def __init__(self, faces: _Optional[_Iterable[_Union[Matches, _Mapping]]] = ...) -> None: ...

class RecogniseRequest(_message.Message):
    __slots__ = ("picture", "parts", "collection", "limit", "cache")
    PICTURE_FIELD_NUMBER: _ClassVar[int]
    PARTS_FIELD_NUMBER: _ClassVar[int]
    COLLECTION_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    CACHE_FIELD_NUMBER: _ClassVar[int]
    picture: Picture
    parts: _containers.RepeatedScalarFieldContainer[str]
    collection: str
    limit: int
    cache: bool
    def __init__(self, picture: _Optional[_Union[Picture, _Mapping]] = ..., parts: _Optional[_Iterable[str]] = ..., collection: _Optional[str] = ..., limit: _Optional[int] = ..., cache: _Optional[bool] = ...) -> None: ...

class Error(_message.Message):
    __slots__ = ("error", "message")
    ERROR_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    error: str
    message: str
    def __init__(self, error: _Optional[str] = ..., message: _Optional[str] = ...) -> None: ...

class FoundFaces(_message.Message):
    __slots__ = ("size", "faces")
    SIZE_FIELD_NUMBER: _ClassVar[int]
    FACES_FIELD_NUMBER: _ClassVar[int]
    size: Size
    faces: _containers.RepeatedCompositeFieldContainer[Face]
    def __init__(self, size: _Optional[_Union[Size, _Mapping]] = ..., faces: _Optional[_Iterable[_Union[Face, _Mapping]]] = ...) -> None: ...

class Told(_message.Message):
    __slots__ = ("stage", "ms", "at_ms", "error", "faces", "embeddings", "guesses", "matches", "switched_off")
    STAGE_FIELD_NUMBER: _ClassVar[int]
    MS_FIELD_NUMBER: _ClassVar[int]
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    FACES_FIELD_NUMBER: _ClassVar[int]
    EMBEDDINGS_FIELD_NUMBER: _ClassVar[int]
    GUESSES_FIELD_NUMBER: _ClassVar[int]
    MATCHES_FIELD_NUMBER: _ClassVar[int]
    SWITCHED_OFF_FIELD_NUMBER: _ClassVar[int]
    stage: str
    ms: float
    at_ms: float
    error: Error
    faces: FoundFaces
    embeddings: _containers.RepeatedCompositeFieldContainer[Embedding]
    guesses: _containers.RepeatedCompositeFieldContainer[Guess]
    matches: _containers.RepeatedCompositeFieldContainer[Matches]
    switched_off: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, stage: _Optional[str] = ..., ms: _Optional[float] = ..., at_ms: _Optional[float] = ..., error: _Optional[_Union[Error, _Mapping]] = ..., faces: _Optional[_Union[FoundFaces, _Mapping]] = ..., embeddings: _Optional[_Iterable[_Union[Embedding, _Mapping]]] = ..., guesses: _Optional[_Iterable[_Union[Guess, _Mapping]]] = ..., matches: _Optional[_Iterable[_Union[Matches, _Mapping]]] = ..., switched_off: _Optional[_Iterable[str]] = ...) -> None: ...

class FindFacesRequest(_message.Message):
    __slots__ = ("rgb", "score", "doubts")
    RGB_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    DOUBTS_FIELD_NUMBER: _ClassVar[int]
    rgb: bytes
    score: float
    doubts: int
    def __init__(self, rgb: _Optional[bytes] = ..., score: _Optional[float] = ..., doubts: _Optional[int] = ...) -> None: ...

class FindFacesReply(_message.Message):
    __slots__ = ("faces",)
    FACES_FIELD_NUMBER: _ClassVar[int]
    faces: _containers.RepeatedCompositeFieldContainer[Face]
    def __init__(self, faces: _Optional[_Iterable[_Union[Face, _Mapping]]] = ...) -> None: ...

class FindLooksRequest(_message.Message):
    __slots__ = ("rgb",)
    RGB_FIELD_NUMBER: _ClassVar[int]
    rgb: bytes
    def __init__(self, rgb: _Optional[bytes] = ...) -> None: ...

class FindLooksReply(_message.Message):
    __slots__ = ("maps",)
    MAPS_FIELD_NUMBER: _ClassVar[int]
    maps: bytes
    def __init__(self, maps: _Optional[bytes] = ...) -> None: ...
