"""Payload kinds: what packets carry. Shapes, dtypes, units, ranges.

Arrays are made read-only when a payload is made, because one packet goes to many consumers. Text on edges is
*committed* (append-only, never taken back) or *tentative* (the present tail, replaced by the next packet).
A kind names in `converters` the node that converts each of its formats; nothing converts silently.
"""

from pipeline.media.arrays import Floats, Pixels, Samples
from pipeline.media.sight import (
    ActiveSpeaker,
    Box,
    Face,
    Faces,
    Gesture,
    Hand,
    Hands,
    ScreenChange,
    ScreenText,
    VideoFrame,
)
from pipeline.media.sound import Activity, AudioFrame, SpeechSegment
from pipeline.media.text import Speech, Term, Terms, Text, Word, join_words
from pipeline.media.voice import Timbre, VoiceProfile, VoiceTurn

KINDS: tuple[type, ...] = (
    AudioFrame,
    VideoFrame,
    Activity,
    SpeechSegment,
    Text,
    Terms,
    Speech,
    Faces,
    ActiveSpeaker,
    Hands,
    Gesture,
    ScreenChange,
    ScreenText,
    VoiceProfile,
    Timbre,
    VoiceTurn,
)
NEVER_DROPPED: tuple[type, ...] = (Text, Speech)

__all__ = [
    "KINDS",
    "NEVER_DROPPED",
    "ActiveSpeaker",
    "Activity",
    "AudioFrame",
    "Box",
    "Face",
    "Faces",
    "Floats",
    "Gesture",
    "Hand",
    "Hands",
    "Pixels",
    "Samples",
    "ScreenChange",
    "ScreenText",
    "Speech",
    "SpeechSegment",
    "Term",
    "Terms",
    "Text",
    "Timbre",
    "VideoFrame",
    "VoiceProfile",
    "VoiceTurn",
    "Word",
    "join_words",
]
