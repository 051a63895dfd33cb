"""Text to the symbols that Kokoro was trained on.

Decides: which library reads a language, and how its answer is written in Kokoro's alphabet (misaki's conventions: one
letter for a diphthong or an affricate, stress before the vowel). A room of pure functions around libraries; each one
is loaded by the first text that needs it.

    reading.py    which reader speaks for a language tag; text cut at its punctuation
    european.py   en es fr hi it pt: what espeak-ng says, in other letters
    japanese.py   readings by pyopenjtalk; kana by table
    chinese.py    words by rjieba, pinyin by pypinyin; initials and finals by table
"""
