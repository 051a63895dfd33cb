"""Speak in the voice of a recording. Whoever is heard in it must have agreed; the one here is in the public domain.

Run: python examples/voice_clone.py [RECORDING]
"""

import sys

from pipeline import likeness, models, speaking

TEXT = "I would have said it much like this, had anybody asked me to. But nobody did, and so another speaks in my place."

recording = sys.argv[1] if len(sys.argv) > 1 else str(models.path("two-cities") / "two_cities.wav")
speaker = likeness.of(recording, "tts.hibari", consent=True)
said = likeness.speak(speaker, "tts.hibari", "", TEXT, "en")
speaking.keep(said, "like.wav")
like = likeness.similarity(speaker.profile, said)
if like is not None:
    print(f"like.wav: likeness {like:.2f}")
