"""Corticosteroids by the names that people write: in several languages, short, by brand, or with a slip of the pen."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from blinplan.words.spelling import one_slip


class WrittenDrug(NamedTuple):
    """A corticosteroid as somebody wrote it. ``name`` is its own, None where the text names none in particular.

    ``is_misspelt`` says that the word is like its name, and not one by which it is known.
    """

    name: str | None
    word: str
    is_misspelt: bool = False


_STEMS = {
    "methylprednisolone": "metilprednisolon",
    "dexamethasone": "dexametason",
    "prednisolone": "prednisolon",
    "prednisone": "prednison",
    "hydrocortisone": "idrocortison",
    "betamethasone": "betametason",
    "cortisone": "cortison",
    "triamcinolone": "triamcinolon",
    "deflazacort": "deflasacort",
}
_WORDS = {
    "dexamethasone": "dex dexa dexam dxm dxms decadron fortecortin hexadrol oradexon soldesam dexsol neofordex",
    "prednisone": "pdn decortin deltasone rectodelt cortancyl rayos lodotra sterapred",
    "prednisolone": "solupred orapred prelone pediapred predonine",
    "methylprednisolone": "medrol solumedrol medrone urbason metypred medrate",
    "hydrocortisone": "cortisol cortef solucortef hydrocortone",
    "betamethasone": "celestone celestan celestene rinderon",
}
_IN_OTHER_SCRIPTS = {
    "methylprednisolone": ("метилпреднизолон", "甲泼尼龙", "甲強龍", "メチルプレドニゾロン"),
    "dexamethasone": ("дексаметазон", "地塞米松", "デキサメタゾン", "덱사메타손", "δεξαμεθαζονη"),
    "prednisolone": ("преднизолон", "泼尼松龙", "プレドニゾロン", "프레드니솔론", "πρεδνιζολονη"),
    "prednisone": ("преднизон", "泼尼松", "プレドニゾン", "프레드니손", "πρεδνιζονη"),
    "hydrocortisone": ("гидрокортизон", "氢化可的松", "ヒドロコルチゾン"),
}
_OF_NO_NAME = "corticosteroid corticosteroids steroid steroids glucocorticoid glucocorticoids corticoid corticoids"
_SOUNDS = (
    ("desam", "dexam"),
    ("ks", "x"),
    ("ph", "f"),
    ("z", "s"),
    ("y", "i"),
    ("k", "c"),
    ("h", ""),
)
_ENDINGS = r"(as|um|us|is|a|e|o|s)$"
_LEAST_LETTERS = 7
"""How long a stem is at least, for a word like it to be taken for a slip of the pen."""


@lru_cache(maxsize=512)  # files have the same few drugs
def corticosteroid_in(text: str) -> WrittenDrug | None:
    """The corticosteroid that a text names, or None.

    >>> corticosteroid_in("Dexametason IV").name
    'dexamethasone'
    """
    if text in _STEMS:
        return WrittenDrug(text, text)
    plain = _plain(text)
    for name, written in _IN_OTHER_SCRIPTS.items():
        if any(_plain(word) in plain for word in written):
            return WrittenDrug(name, text)
    words = list(_words(plain))
    drugs = (read(word) for read in (_drug_by_name, _drug_alike) for word in words)
    found = next((drug for drug in drugs if drug is not None), None)
    if found is None and any(_sound_of(word) in map(_sound_of, _OF_NO_NAME.split()) for word in words):
        return WrittenDrug(None, text)
    return found


def _plain(text: str) -> str:
    # Imported here, because most files write the names as we do.
    import unicodedata

    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _words(plain: str) -> Iterator[str]:
    """The words of a text, and each two beside each other as one: methyl prednisolone, Solu-Medrol."""
    single = re.findall(r"[^\W\d_]+", plain)
    yield from map("".join, pairwise(single))
    yield from single


def _sound_of(word: str) -> str:
    """A word without what differs between languages."""
    for letters, sound in _SOUNDS:
        word = word.replace(letters, sound)
    word = re.sub(r"(.)\1", r"\1", word)
    return re.sub(_ENDINGS, "", word)


def _drug_by_name(word: str) -> WrittenDrug | None:
    sound = _sound_of(word)
    by_stem = (name for name, stem in _STEMS.items() if sound == stem)
    by_word = (name for name, words in _WORDS.items() if sound in map(_sound_of, words.split()))
    name = next(by_stem, None) or next(by_word, None)
    return None if name is None else WrittenDrug(name, word)


def _drug_alike(word: str) -> WrittenDrug | None:
    sound = _sound_of(word)
    alike = (name for name, stem in _STEMS.items() if len(stem) >= _LEAST_LETTERS and one_slip(sound, stem))
    name = next(alike, None)
    return None if name is None else WrittenDrug(name, word, is_misspelt=True)
