"""Gestures as captions write them, in brackets as sounds are. Pure.

Decides: what a gesture is called in a language, and which text on the screen a finger points at. It is described and
not interpreted: what a thumb means depends on who shows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pipeline.media import Box, Gesture, ScreenText

NEAR = 0.04  # of the picture: a box this close around the tip is pointed at
REACH = 1.5  # of the picture's width: how far a finger points
STEP = 0.01  # along the line of the finger, of the picture's width

NAMES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "thumb_up": "thumbs up", "thumb_down": "thumbs down", "open_palm": "open palm", "fist": "fist",
        "victory": "victory sign", "pointing_up": "points up", "i_love_you": "“I love you” sign",
        "count": "shows {count}", "pointing": "points", "at": "points at “{text}”", "wave": "waves", "nod": "nods",
        "shake": "shakes head",
    },
    "de": {
        "thumb_up": "Daumen hoch", "thumb_down": "Daumen runter", "open_palm": "offene Hand", "fist": "Faust",
        "victory": "Siegeszeichen", "pointing_up": "zeigt nach oben", "i_love_you": "Zeichen „I love you“",
        "count": "zeigt {count}", "pointing": "zeigt", "at": "zeigt auf „{text}“", "wave": "winkt", "nod": "nickt",
        "shake": "schüttelt den Kopf",
    },
    "es": {
        "thumb_up": "pulgar arriba", "thumb_down": "pulgar abajo", "open_palm": "palma abierta", "fist": "puño",
        "victory": "señal de victoria", "pointing_up": "señala hacia arriba", "i_love_you": "señal de «I love you»",
        "count": "muestra {count}", "pointing": "señala", "at": "señala «{text}»", "wave": "saluda con la mano",
        "nod": "asiente", "shake": "niega con la cabeza",
    },
    "fr": {
        "thumb_up": "pouce levé", "thumb_down": "pouce baissé", "open_palm": "main ouverte", "fist": "poing",
        "victory": "signe de victoire", "pointing_up": "montre le haut", "i_love_you": "signe « I love you »",
        "count": "montre {count}", "pointing": "montre du doigt", "at": "montre « {text} »", "wave": "salue de la main",
        "nod": "hoche la tête", "shake": "secoue la tête",
    },
    "it": {
        "thumb_up": "pollice in su", "thumb_down": "pollice in giù", "open_palm": "mano aperta", "fist": "pugno",
        "victory": "segno di vittoria", "pointing_up": "indica in alto", "i_love_you": "segno «I love you»",
        "count": "mostra {count}", "pointing": "indica", "at": "indica «{text}»", "wave": "saluta con la mano",
        "nod": "annuisce", "shake": "scuote la testa",
    },
    "pt": {
        "thumb_up": "polegar para cima", "thumb_down": "polegar para baixo", "open_palm": "mão aberta",
        "fist": "punho", "victory": "sinal de vitória", "pointing_up": "aponta para cima",
        "i_love_you": "sinal de “I love you”", "count": "mostra {count}", "pointing": "aponta",
        "at": "aponta para “{text}”", "wave": "acena", "nod": "acena com a cabeça", "shake": "abana a cabeça",
    },
}  # fmt: skip


def label(gesture: Gesture, lang: str, texts: Iterable[ScreenText] = ()) -> str:
    """A gesture in brackets, in a language (BCP 47; English where there is no table for it)."""
    names = NAMES.get(lang.partition("-")[0].lower(), NAMES["en"])
    at = pointed_at(gesture, texts) if gesture.name == "pointing" else None
    if at is not None:
        return f"[{names['at'].format(text=at.text)}]"
    return f"[{names.get(gesture.name, gesture.name).format(count=gesture.count)}]"


def pointed_at(gesture: Gesture, texts: Iterable[ScreenText]) -> ScreenText | None:
    """The text that a finger touches, or the first one on the line along which it points; None where there is none."""
    if gesture.tip is None:
        return None
    lines = list(texts)
    x, y = gesture.tip
    right, down = gesture.towards or (0.0, 0.0)
    for step in range(round(REACH / STEP) if gesture.towards else 1):
        at = (x + right * step * STEP, y + down * step * STEP)
        touched = [text for text in lines if _distance(text.box, at) <= NEAR]
        if touched:
            return min(touched, key=lambda text: _distance(text.box, at))
    return None


def _distance(box: Box, at: tuple[float, float]) -> float:
    """From a point to a box; 0 inside."""
    across = max(box.left - at[0], 0.0, at[0] - box.right)
    along = max(box.top - at[1], 0.0, at[1] - box.bottom)
    return float((across**2 + along**2) ** 0.5)
