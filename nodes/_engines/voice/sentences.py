"""Sentences by which voices are tried, by language: some to listen to, one that a search renders again and again.

They are easy to understand, so that an error is the voice's, and hold most sounds of their language. For a language that
is not here the voice is tried in English.
"""

from __future__ import annotations

TEST: dict[str, tuple[str, ...]] = {
    "en": (
        "The train to the city leaves at half past nine, so please be at the station early.",
        "I would like to know whether the meeting was moved to another day.",
    ),
    "es": (
        "El tren a la ciudad sale a las nueve y media, así que llegue temprano a la estación.",
        "Me gustaría saber si la reunión se ha cambiado a otro día.",
    ),
    "fr": (
        "Le train pour la ville part à neuf heures et demie, alors soyez tôt à la gare.",
        "Je voudrais savoir si la réunion a été déplacée à un autre jour.",
    ),
    "it": (
        "Il treno per la città parte alle nove e mezza, quindi arrivate presto alla stazione.",
        "Vorrei sapere se la riunione è stata spostata a un altro giorno.",
    ),
    "pt": (
        "O trem para a cidade sai às nove e meia, então chegue cedo à estação.",
        "Eu gostaria de saber se a reunião foi mudada para outro dia.",
    ),
}
SEARCH: dict[str, tuple[str, ...]] = {
    "en": ("A big yellow house stood near the old water mill, where two boys caught five fish.",),
    "es": ("Una gran casa amarilla estaba junto al viejo molino, donde dos chicos pescaban.",),
    "fr": ("Une grande maison jaune se trouvait près du vieux moulin, où deux garçons pêchaient.",),
    "it": ("Una grande casa gialla stava vicino al vecchio mulino, dove due ragazzi pescavano.",),
    "pt": ("Uma grande casa amarela ficava perto do velho moinho, onde dois meninos pescavam.",),
}


def sentences(of: dict[str, tuple[str, ...]], lang: str) -> tuple[str, tuple[str, ...]]:
    """The language and sentences in it: `lang` (BCP 47), or English where there are none in that."""
    short = lang.lower().partition("-")[0]
    known = short if short in of else "en"
    return known, of[known]
