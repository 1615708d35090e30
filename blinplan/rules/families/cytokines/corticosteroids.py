"""Corticosteroids by the names that people write: in several languages, short, by brand, or with a slip of the pen."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from blinplan.words.spelling import one_slip


class WrittenDrug(NamedTuple):
    """A corticosteroid as somebody wrote it. ``name`` is its own, None where the text names none in particular.

    ``is_misspelt`` says that the word is like its name, and not one by which it is known. ``unread`` are the words
    beside it that name neither it nor its salt, form or route: they may turn what was meant around.
    """

    name: str | None
    word: str
    is_misspelt: bool = False
    unread: tuple[str, ...] = ()


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
_SALTS = (
    "sodium natrium sodico disodium phosphate fosfato phosphat dihydrogenphosphat acetate acetat succinate"
    " hemisuccinate hydrogensuccinat"
)
_ROUTES = "i v iv p o po im m intravenous intravenously intravenos intravenose oral orally per os by mouth"
_FORMS = (
    "inj injection injektion infusion infusions tablet tablets tabletten tab tabs capsule capsules solution ampoule"
    " ampoules ampulle ampullen vial mg ml"
)
_MAKERS = "ratiopharm hexal jenapharm krka galen pfizer"
_BESIDE_A_NAME = frozenset(f"a an or equivalent equivalents {_SALTS} {_ROUTES} {_FORMS} {_MAKERS}".split())
"""What may stand beside the name of a drug: its salt, its form, its route by which it works in the whole body."""
_IN_OTHER_SCRIPTS_BESIDE = frozenset(["注射液", "片", "静注", "в", "в注射", "注射", "натрия", "фосфат"])
_LONGEST_ENDING = 2
"""How many letters may follow a name in another script: its case."""
_SOUNDS = (
    ("desam", "dexam"),
    ("ks", "x"),
    ("z", "s"),
    ("y", "i"),
    ("k", "c"),
    ("h", ""),
)
_ENDINGS = r"(as|um|us|is|a|e|o|s)$"


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
        for word in map(_plain, written):
            if word in plain:
                return WrittenDrug(name, text, unread=_unread_around(word, plain))
    return next((drug for drug in _drugs_read(plain) if drug is not None), None)


def _drugs_read(plain: str) -> Iterator[WrittenDrug | None]:
    """The drug by its name, by a word like its name, and by a word for all of its kind."""
    words = _words(plain)
    for read in (_drug_by_name, _drug_alike, _drug_of_no_name):
        yield _drug_among(words, read)


def _drug_among(words: Sequence[str], read: Callable[[str], WrittenDrug | None]) -> WrittenDrug | None:
    """The first drug that is read among words, with the words that are left."""
    found = next((drug for drug in map(read, [*_pairs(words), *words]) if drug is not None), None)
    if found is None:
        return None
    return found._replace(unread=tuple(_unread(words, found)))


def _unread(words: Sequence[str], found: WrittenDrug) -> Iterator[str]:
    """The words that say something else than the drug that was found."""
    said = {number for number, pair in enumerate(_pairs(words)) if _says(pair, found)}
    of_pairs = said | {number + 1 for number in said}
    for number, word in enumerate(words):
        if number not in of_pairs and word not in _BESIDE_A_NAME and not _says(word, found):
            yield word


def _says(word: str, found: WrittenDrug) -> bool:
    same = _drug_by_name(word) or _drug_of_no_name(word)
    return word == found.word or (same is not None and same.name in {found.name, None})


def _unread_around(name: str, plain: str) -> tuple[str, ...]:
    """The words beside a name in another script, and what is written on to it and is no ending."""
    left = (word.replace(name, "") for word in _words(plain))
    known = _BESIDE_A_NAME | _IN_OTHER_SCRIPTS_BESIDE
    return tuple(word for word in left if len(word) > _LONGEST_ENDING and word not in known)


def _plain(text: str) -> str:
    # Imported here, because most files write the names as we do.
    import unicodedata

    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _words(plain: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", plain)


def _pairs(words: Sequence[str]) -> list[str]:
    """Each two words beside each other as one: methyl prednisolone, Solu-Medrol."""
    return list(map("".join, pairwise(words)))


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
    alike = (name for name, stem in _STEMS.items() if one_slip(sound, stem))
    name = next(alike, None)
    return None if name is None else WrittenDrug(name, word, is_misspelt=True)


def _drug_of_no_name(word: str) -> WrittenDrug | None:
    return WrittenDrug(None, word) if _sound_of(word) in map(_sound_of, _OF_NO_NAME.split()) else None
