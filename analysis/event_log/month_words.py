"""Names of months, as people and programs write them."""

from __future__ import annotations

import unicodedata

_MONTHS = (
    "jan januari januar jaenner janner janv janvier enero ene gen gennaio jan janeiro january",
    "feb februari februar feber fev fevr fevrier febrero febbraio fevereiro february",
    "mar mrt maart marz maerz mrz mars marzo marco march",
    "apr april avr avril abr abril aprile",
    "may mei mai mayo mag maggio maio",
    "jun juni juin junio giu giugno junho june",
    "jul juli juil juillet julio lug luglio julho july",
    "aug augustus august aout ago agosto",
    "sep sept september septembre septiembre set settembre setembro",
    "oct okt oktober octobre octubre ott ottobre out outubro october",
    "nov november novembre noviembre novembro",
    "dec dez dezember december decembre dic diciembre dicembre dezembro",
)
_NUMBERS = {word: number for number, words in enumerate(_MONTHS, 1) for word in words.split()}


def month_of_word(word: str) -> float:
    """Return the number of a month by its name in some languages; missing if it is none."""
    plain = unicodedata.normalize("NFKD", word.lower())
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return float(_NUMBERS.get(letters, float("nan")))
