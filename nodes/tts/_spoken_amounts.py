"""Money, measures, dates and times of day as they are spoken, by the words that CLDR has for them (Babel).

Numbers stay digits: every voice reads those in its own language, with its own grammar.
"""

# ruff: noqa: RUF001 - signs of many scripts

from __future__ import annotations

import datetime
import re
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import TYPE_CHECKING, Literal

from nodes.tts._spoken_signs import (
    CODES,
    COUNTRIES,
    CURRENCIES,
    DOTTED,
    HOURS,
    LOCAL,
    LOCAL_SIGNS,
    MAGNITUDE,
    OF,
    UNITS,
)

if TYPE_CHECKING:
    from babel import Locale

_NUMBER = r"\d+(?:[.,\u00a0\u202f]\d{3}(?!\d))*(?:[.,]\d{1,2}(?!\d)|\.\d+)?"
_SIGNS = "|".join(re.escape(sign) for sign in CURRENCIES)
_MONEY = re.compile(
    rf"(?<!\w)(?:(?P<before>{_SIGNS}|(?:{'|'.join(CODES)})(?=\s))\s?(?P<first>{_NUMBER})"
    rf"|(?P<second>{_NUMBER})(?P<gap>\s?)(?P<after>{_SIGNS}|{'|'.join(CODES)})(?!\w))"
    rf"(?:\s(?P<magnitude>{MAGNITUDE})\b)?"
)
_GREAT = re.compile(
    rf"(?<!\w)(?P<number>{_NUMBER})\s(?P<magnitude>{MAGNITUDE})\s?(?P<sign>{_SIGNS}|{'|'.join(CODES)})(?!\w)"
)
_SHORT = "|".join(unit for unit in UNITS if len(unit) == 1)  # only behind a space: 5m may be millions
_LONG = "|".join(re.escape(unit) for unit in sorted(UNITS, key=len, reverse=True) if len(unit) > 1)
_MEASURE = re.compile(
    rf"(?<![\w.,])(?P<number>[-−]?{_NUMBER})(?:\s?(?P<long>{_LONG})|\s(?P<short>{_SHORT}))(?![\w/²³])"
)
_DATE = re.compile(
    r"(?<![\w./-])(?:(?P<year>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)"
    r"|(?P<a>\d{1,2})(?P<by>[./-])(?P<b>\d{1,2})(?P=by)(?P<late>(?:1[5-9]|20)\d\d))(?![\w/-])"
)
_CLOCK = re.compile(
    r"(?<![\w:.,])(?P<h>[01]?\d|2[0-3])(?P<by>[:h])(?P<m>[0-5]\d)(?![\w:])(?P<after> Uhr\b| ?[ap]\.?m\b)?",
    re.IGNORECASE,
)


def amounts(text: str, locale: Locale) -> str:
    """A text with its money, measures, dates and times in words."""
    text = _DATE.sub(lambda found: _date(found, locale), text)
    text = _CLOCK.sub(lambda found: _clock(found, locale), text)
    text = _GREAT.sub(lambda found: _great(found, locale), text)
    text = _MONEY.sub(lambda found: _money(found, locale), text)
    return _MEASURE.sub(lambda found: _measure(found, locale), text)


def months(locale: Locale) -> list[str]:
    """Names of the months, as they are written in a date."""
    return [str(name) for name in locale.months["format"]["wide"].values()]


# Money


def _money(found: re.Match[str], locale: Locale) -> str:
    sign = found["before"] or found["after"]
    amount = _value(found["first"] or found["second"], locale)
    if amount is None:
        return found[0]
    if found["magnitude"]:
        return _counted(found["first"] or found["second"], found["magnitude"], sign, locale)
    whole, cents = divmod(amount, 1)
    part = f" {round(cents * 100):02d}" if cents and amount.as_tuple().exponent == -2 else ""
    shown = whole if part or not cents else amount
    return _named(shown, sign, locale) + part


def _great(found: re.Match[str], locale: Locale) -> str:
    return _counted(found["number"], found["magnitude"], found["sign"], locale)


def _counted(number: str, magnitude: str, sign: str, locale: Locale) -> str:
    """$3.5 million: the name of the currency as it stands behind great numbers."""
    name = _named(Decimal(1_000_000), sign, locale).lstrip("0123456789.,\u00a0\u202f ")
    name = name.removeprefix("de ")  # Spanish has it there by itself
    joined = f"{OF[locale.language]} {name}" if locale.language in OF else name
    return f"{number} {magnitude} {joined}"


def _named(amount: Decimal, sign: str, locale: Locale) -> str:
    from babel.numbers import format_currency

    code = LOCAL.get((locale.language, sign)) or CURRENCIES.get(sign, sign)
    said = format_currency(
        amount, code, "0.##", locale=locale, format_type="name", currency_digits=False, group_separator=False
    )
    for country in COUNTRIES.get(locale.language, ()) if sign in LOCAL_SIGNS else ():
        said = said.replace(country, "")
    return said


# Measures


def _measure(found: re.Match[str], locale: Locale) -> str:
    from babel.units import format_unit

    amount = _value(found["number"].replace("−", "-"), locale)
    unit = UNITS[found["long"] or found["short"]]
    if amount is None:
        return found[0]
    lengths: tuple[Literal["long", "short"], ...] = ("long", "short")
    for length in lengths:
        said = format_unit(amount, unit, length, "0.######", locale=locale)
        if unit not in said:  # CLDR has a name for it
            return said
    return found[0]


# Dates and times


def _date(found: re.Match[str], locale: Locale) -> str:
    from babel.dates import format_date

    year = int(found["year"] or found["late"])
    if found["year"]:
        month, day = int(found["m"]), int(found["d"])
    else:
        month, day = int(found["a"]), int(found["b"])
        if month > 12 or (day <= 12 and _day_first(locale, found["by"])):
            month, day = day, month
    try:
        written = datetime.date(year, month, day)
    except ValueError:
        return found[0]
    return re.sub(r"\sг\.$", "", format_date(written, "long", locale))


def _day_first(locale: Locale, by: str) -> bool:
    """Whether a date with these signs has its day before its month; with dots it always has."""
    pattern = locale.date_formats["short"].pattern
    return by == "." or pattern.find("d") < pattern.find("M")


def _clock(found: re.Match[str], locale: Locale) -> str:
    hour, minute, lang = int(found["h"]), int(found["m"]), locale.language
    if found["by"] != ":" and lang not in HOURS:
        return found[0]
    rest = f" {minute}" if minute else ""
    if lang == "de":
        return f"{hour} Uhr{rest}"
    if found["by"] == ":" and minute:
        return found[0]  # voices read these well
    if found["after"]:
        return f"{hour}{found['after']}"
    if lang == "en":
        return f"{hour} o'clock" if 1 <= hour <= 12 else f"{hour} hundred"
    return (_hours(hour, locale) or found[0]) + rest


@cache
def _hours(hour: int, locale: Locale) -> str:
    from babel.units import format_unit

    said = format_unit(hour, "duration-hour", "long", locale=locale)
    return "" if "duration" in said else said


# Numbers


def _value(written: str, locale: Locale) -> Decimal | None:
    """The number that is written; the separators are those of the language, but for what can only be cents."""
    from babel.numbers import NumberFormatError, parse_decimal

    digits = re.sub(r"[\u00a0\u202f]", "", written)
    try:
        if re.search(r"[.,]\d{1,2}$", digits) and not re.search(r"[.,].*[.,].*[.,]", digits):
            whole, _, part = digits.replace(",", ".").rpartition(".")
            return Decimal(whole.replace(".", "") + "." + part)
        return Decimal(parse_decimal(digits, locale))
    except (NumberFormatError, InvalidOperation):
        return None


def ordinal_days(text: str, locale: Locale) -> str:
    """`3. Oktober`: the full stop behind a day, which a voice would take for the end of a sentence."""
    if locale.language not in DOTTED:
        return text
    names = "|".join(re.escape(name) for name in months(locale))
    return re.sub(
        rf"(?:(?P<form>\b(?:[Aa]m|[Vv]om|[Zz]um|[Dd]em|[Dd]en|[Aa]b|[Bb]is|[Ss]eit) )|\b)(?P<day>[12]?\d|3[01])\.(?= (?:{names})\b)",
        lambda found: (
            (found["form"] or "") + _ordinal(int(found["day"]), locale.language, bool(found["form"]))
        ),
        text,
    )


@cache
def _ordinal(number: int, lang: str, inflected: bool) -> str:
    """In German in words, as it stands behind `am` or alone; elsewhere the digits, whose form depends on the case."""
    if lang != "de":
        return str(number)
    from unicode_rbnf import FormatPurpose, RbnfEngine

    said = RbnfEngine.for_language(lang).format_number(number, FormatPurpose.ORDINAL)
    return str(said.text_by_ruleset["spellout-ordinal-n"] if inflected else said.text)
