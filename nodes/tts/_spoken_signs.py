"""Signs of currencies and units, and what CLDR calls them; what stands beside them, by language. Data only."""

from __future__ import annotations

# What may stand between a number and the name of a currency, and what joins the two: 3 millones de euros
MAGNITUDE = (
    r"thousand|million|billion|trillion|Tausend|Millionen|Milliarden|Million|Milliarde|millón|millones|mil millones"
    r"|milhão|milhões|bilhão|bilhões|mil|millions|milliards|milliard|milione|milioni|miliardo|miliardi|mila"
    r"|тысяч|тысячи|миллион|миллиона|миллионов|миллиард|миллиарда|миллиардов|miljoen|miljard|bin|milyon|milyar"
)
OF = {"ca": "de", "es": "de", "fr": "de", "it": "di", "pt": "de", "ro": "de"}

# Signs of currencies, the longer before the shorter; an ISO code is one too
CURRENCIES = {
    "US$": "USD",
    "R$": "BRL",
    "A$": "AUD",
    "C$": "CAD",
    "HK$": "HKD",
    "NT$": "TWD",
    "NZ$": "NZD",
    "S$": "SGD",
    "$": "USD",
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "￥": "JPY",
    "₹": "INR",
    "₽": "RUB",
    "₩": "KRW",
    "₺": "TRY",
    "₪": "ILS",
    "₫": "VND",
    "฿": "THB",
    "₴": "UAH",
    "zł": "PLN",
    "Kč": "CZK",
    "Ft": "HUF",
}
LOCAL = {("zh", "¥"): "CNY", ("zh", "￥"): "CNY"}  # the same sign, by language
CODES = (
    "USD",
    "EUR",
    "GBP",
    "JPY",
    "CNY",
    "CHF",
    "BRL",
    "INR",
    "RUB",
    "KRW",
    "CAD",
    "AUD",
    "SEK",
    "NOK",
    "DKK",
)
LOCAL_SIGNS = ("$", "£", "R$", "₽")  # where only these were written, the country is left out of the name
COUNTRIES = {
    "de": ("US-",),
    "en": ("US ", "British "),
    "es": (" estadounidenses", " estadounidense"),
    "fr": (" des États-Unis",),
    "it": (" statunitensi", " statunitense"),
    "pt": (" americanos", " americano", " brasileiros", " brasileiro"),
    "ru": (" США", "российских ", "российского ", "российский "),
}

# Signs of units, as CLDR calls the unit
UNITS = {
    "km/h": "speed-kilometer-per-hour",
    "kph": "speed-kilometer-per-hour",
    "mph": "speed-mile-per-hour",
    "m/s": "speed-meter-per-second",
    "km²": "area-square-kilometer",
    "m²": "area-square-meter",
    "m³": "volume-cubic-meter",
    "km": "length-kilometer",
    "cm": "length-centimeter",
    "mm": "length-millimeter",
    "m": "length-meter",
    "kg": "mass-kilogram",
    "mg": "mass-milligram",
    "g": "mass-gram",
    "lb": "mass-pound",
    "lbs": "mass-pound",
    "oz": "mass-ounce",
    "ft": "length-foot",
    "ha": "area-hectare",
    "ml": "volume-milliliter",
    "l": "volume-liter",
    "°C": "temperature-celsius",
    "°F": "temperature-fahrenheit",
    "kWh": "energy-kilowatt-hour",
    "kW": "power-kilowatt",
    "MW": "power-megawatt",
    "GB": "digital-gigabyte",
    "MB": "digital-megabyte",
    "TB": "digital-terabyte",
    "kB": "digital-kilobyte",
    "Hz": "frequency-hertz",
    "kHz": "frequency-kilohertz",
    "MHz": "frequency-megahertz",
    "GHz": "frequency-gigahertz",
    "min": "duration-minute",
    "ms": "duration-millisecond",
    "км/ч": "speed-kilometer-per-hour",
    "км": "length-kilometer",
    "см": "length-centimeter",
    "мм": "length-millimeter",
    "м": "length-meter",
    "кг": "mass-kilogram",
    "л": "volume-liter",
}

HOURS = ("fr", "es", "pt", "ca")  # where 14h30 is written
DOTTED = (
    "de",
    "da",
    "nb",
    "no",
    "nn",
    "cs",
    "sk",
    "sl",
    "hr",
    "bs",
    "fi",
    "et",
    "hu",
    "is",
)  # 3. means third
