"""The gesture bundle: made from the parts of a bundle that carries them, each time it is opened (some milliseconds).

The bundle that can be fetched holds MediaPipe's hand landmarker, its embedder and its classifier of seven gestures, and
besides a classifier of somebody else's gestures, which would overrule it. MediaPipe's own classifier comes without the
names of its classes there, and without names its answers are lost. So the foreign classifier is left out and the names
are written into the model, as TensorFlow Lite metadata: a buffer in the model says that its output is labelled by the
file `labels.txt`, which is appended to the model as a zip archive.

Inside a bundle models lie uncompressed and begin at multiples of four bytes, because they are used in place.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

LABELS = (
    "None",
    "Closed_Fist",
    "Open_Palm",
    "Pointing_Up",
    "Thumb_Down",
    "Thumb_Up",
    "Victory",
    "ILoveYou",
)
_METADATA = b"TFLITE_METADATA"
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same bytes whenever it is made
_ALIGN = 4
_LANDMARKER, _RECOGNISER = "hand_landmarker.task", "hand_gesture_recognizer.task"
_EMBEDDER, _CLASSIFIER = "gesture_embedder.tflite", "canned_gesture_classifier.tflite"


def bundle(parts: bytes) -> bytes:
    """The bundle of seven gestures from the bytes of `operations.task`.

    Raises `ValueError` where these are not a bundle with those parts.
    """
    try:
        with ZipFile(io.BytesIO(parts)) as outer:
            landmarker = outer.read(_LANDMARKER)
            with ZipFile(io.BytesIO(outer.read(_RECOGNISER))) as inner:
                embedder, classifier = inner.read(_EMBEDDER), inner.read(_CLASSIFIER)
    except (BadZipFile, KeyError, EOFError) as error:
        raise ValueError(f"is not a bundle with the parts of a gesture recogniser ({error})") from error
    recogniser = _zipped({_EMBEDDER: embedder, _CLASSIFIER: _labelled(classifier)})
    return _zipped({_LANDMARKER: landmarker, _RECOGNISER: recogniser})


def _zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip archive whose members are stored as they are, each at a multiple of four bytes."""
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_STORED) as archive:
        for name, data in files.items():
            entry = ZipInfo(name, _LONG_AGO)
            header = 30 + len(name.encode())
            short = -(out.tell() + header) % _ALIGN
            if short:  # an extra field of the header fills the room: four bytes of its own, then zeros
                entry.extra = b"\xfe\xca" + short.to_bytes(2, "little") + bytes(short)
            archive.writestr(entry, data)
    return out.getvalue()


def _labelled(model: bytes) -> bytes:
    """The classifier with the names of its classes."""
    import flatbuffers
    from mediapipe.tasks.metadata import schema_py_generated as tflite

    tree = tflite.ModelT.InitFromObj(tflite.Model.GetRootAsModel(model, 0))
    buffer = tflite.BufferT()
    buffer.data = list(_metadata())
    tree.buffers.append(buffer)
    entry = tflite.MetadataT()
    entry.name, entry.buffer = _METADATA, len(tree.buffers) - 1
    tree.metadata = [old for old in tree.metadata or [] if old.name != _METADATA] + [entry]
    builder = flatbuffers.Builder(len(model) + 4096)
    builder.Finish(tree.Pack(builder), b"TFL3")
    out = io.BytesIO(bytes(builder.Output()))
    with ZipFile(out, "a", ZIP_STORED) as archive:
        archive.writestr(ZipInfo("labels.txt", _LONG_AGO), "\n".join(LABELS))
    return out.getvalue()


def _metadata() -> bytes:
    """What says that the classifier's output is labelled by `labels.txt`."""
    import flatbuffers
    from mediapipe.tasks.metadata import metadata_schema_py_generated as schema

    names = schema.AssociatedFileT()
    names.name, names.type = "labels.txt", schema.AssociatedFileType.TENSOR_AXIS_LABELS
    given, told, content = schema.TensorMetadataT(), schema.TensorMetadataT(), schema.ContentT()
    content.contentPropertiesType = schema.ContentProperties.FeatureProperties
    content.contentProperties = schema.FeaturePropertiesT()
    given.name, told.name, told.associatedFiles, told.content = "embedding", "scores", [names], content
    graph, model = schema.SubGraphMetadataT(), schema.ModelMetadataT()
    graph.inputTensorMetadata, graph.outputTensorMetadata = [given], [told]
    model.name, model.subgraphMetadata, model.minParserVersion = "seven gestures", [graph], "1.0.0"
    builder = flatbuffers.Builder(0)
    builder.Finish(model.Pack(builder), b"M001")
    return bytes(builder.Output())
