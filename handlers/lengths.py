"""Lengths of time as people type them: ``90m``, ``1h30``, ``2 hours``, ``1 Tag``."""

import re
from collections.abc import Mapping
from datetime import timedelta

_UNITS: Mapping[timedelta, str] = {
    timedelta(minutes=1): "m min mins minute minutes minuten minuto minutos 分 分間",
    timedelta(hours=1): "h hr hrs hour hours std stunde stunden heure heures hora horas 時間",
    timedelta(days=1): "d day days tag tage tagen jour jours j día días dia dias 日 日間",
    timedelta(weeks=1): "w week weeks woche wochen semaine semaines semana semanas 週 週間",
}
_UNIT = {name: size for size, names in _UNITS.items() for name in names.split()}
_NAMES = "|".join(sorted(map(re.escape, _UNIT), key=len, reverse=True))
_ONE = re.compile(rf"(\d{{1,5}}(?:[.,]\d{{1,2}})?)\s*({_NAMES})(?![^\W\d])\s*", re.IGNORECASE)
_MINUTES = re.compile(r"(\d{2})(?=\s|$)")
_BEGINS = re.compile(r"[-+]?\d")
FOR_EVER = frozenset(["forever", "always", "permanently", "immer", "toujours", "siempre", "ずっと"])
UNTIL = frozenset(["until", "till", "bis", "jusque", "hasta"])
"""What begins with these is meant as a time, which we cannot read."""
_FOR = re.compile(r"(?:for|für|pendant|durante|por)\s+(?=\d)", re.IGNORECASE)


def asks_length(text: str) -> bool:
    """Tell whether text begins with something that is meant as a length of time."""
    begins = text.partition(" ")[0].lower()
    return bool(_FOR.match(text) or _BEGINS.match(text)) or begins in FOR_EVER | UNTIL or begins.startswith("jusqu'")


def length_of(text: str) -> tuple[timedelta, str]:
    """Read the length that text begins with, and give the rest; zero where it cannot be read."""
    length, rest = timedelta(), _FOR.sub("", text, count=1) if _FOR.match(text) else text
    while found := _ONE.match(rest):
        length += float(found[1].replace(",", ".")) * _UNIT[found[2].lower()]
        rest = rest[found.end() :]
        if _UNIT[found[2].lower()] == timedelta(hours=1) and (minutes := _MINUTES.match(rest)):
            return length + timedelta(minutes=int(minutes[1])), rest[minutes.end() :].strip()
    return length, rest.strip()
