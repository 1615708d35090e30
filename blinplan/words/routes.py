"""The words by which a text says how a drug is given: into a vein all the time, otherwise, or in words not known here.

Words are compared without their accents, their case and their width, and every answer tells where in the text they
stand. What is no word of the one route, and of nothing else that is known, is never taken for that route.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

from blinplan.words.spelling import one_slip


class RouteWord(NamedTuple):
    """A word, or several beside each other, and where they stand in their text."""

    text: str
    start: int
    end: int


class _Plain(NamedTuple):
    """A text in plain small letters, and where each of them stands in the text as it was written."""

    written: str
    letters: str
    origins: Sequence[int]

    def word(self, start: int, end: int) -> RouteWord:
        first, last = self.origins[start], self.origins[end - 1] + 1
        return RouteWord(self.written[first:last], first, last)


_LETTERS = str.maketrans(
    {"\u0131": "i", "\u0142": "l", "\u00f8": "o", "\u0111": "d"} | dict.fromkeys("‐‒–—−", "-")  # noqa: RUF001
)


_BLANKS = str.maketrans({letter: " " for letter in map(chr, range(128)) if letter.isspace()})


def _plain(text: str) -> _Plain:
    if text.isascii():  # as most texts, of which one letter is one
        return _Plain(text, text.lower().translate(_BLANKS), range(len(text)))
    letters, origins = [], []
    for at, written in enumerate(text):
        for letter in unicodedata.normalize("NFKD", written.casefold()).casefold():
            if not unicodedata.combining(letter) and unicodedata.category(letter) != "Cf":
                letters.append(" " if letter.isspace() else letter.translate(_LETTERS))
                origins.append(at)
    return _Plain(text, "".join(letters), tuple(origins))


@lru_cache(maxsize=1024)  # files of one library have sources and reasons alike
def other_route(text: str, *, in_dose: bool = False, singles: bool = True) -> RouteWord | None:
    """Find the word by which a text says that a drug is not infused continuously into a vein.

    Words of a route come before those of ``singles``, single doses such as "once daily". ``in_dose`` tells that the
    text is a dose, in which "it" is no word of English.

    >>> other_route("120 mcg SC").text
    'SC'
    """
    plain = _plain(text)
    told = _told_otherwise(plain, in_dose, singles)
    return next((plain.word(*span) for span, denial in told if denial is None), None)


def strange_words(text: str, *, in_dose: bool = False) -> RouteWord | None:
    """Find the first words that are none of the one route, nor, in a dose, of its rate; not those only misspelt."""
    plain = _plain(text)
    letters = plain.letters
    for _, denial in _told_otherwise(plain, in_dose):
        if denial is not None:
            start, end = denial
            letters = letters[:start] + " " * (end - start) + letters[end:]
    strange = [word.span() for word in _PATTERNS.token.finditer(letters) if not _is_known(word[0], in_dose=in_dose)]
    if not strange:
        return None
    start, end = strange[0]
    for following in strange[1:]:
        if letters[end : following[0]].strip(" -/.,;:()"):
            break
        end = following[1]
    return plain.word(start, end)


def is_one_route(text: str) -> bool:
    """Whether a text says in so many words that a drug is infused continuously into a vein."""
    if other_route(text) or strange_words(text) or misspelt_word(text):
        return False
    letters = _plain(text).letters
    tokens = [word[0] for word in _PATTERNS.token.finditer(letters)]
    if any(_PATTERNS.venous.fullmatch(token) for token in tokens) or _PATTERNS.venous_inside.search(letters):
        return True
    infused = any(_PATTERNS.infusion.fullmatch(token) for token in tokens)
    whole_day = re.search(r"(?<![0-9])24(?![0-9])", letters) is not None
    return infused and (whole_day or any(_PATTERNS.continuous.fullmatch(token) for token in tokens))


def mentions_one_route(text: str) -> bool:
    """Whether a text has a word of the one route, whatever else it says."""
    letters = _plain(text).letters
    named = any(_PATTERNS.one_route.fullmatch(word[0]) for word in _PATTERNS.token.finditer(letters))
    return named or _PATTERNS.venous_inside.search(letters) is not None


def misspelt_word(text: str) -> str | None:
    """The right word for one of a text that is the name of the one route but for a slip of the pen."""
    for word in _PATTERNS.token.finditer(_plain(text).letters):
        if not _PATTERNS.right.fullmatch(word[0]):
            meant = next((right for right in _SPELT if one_slip(word[0], right)), None)
            if meant is not None:
                return meant
    return None


_SPELT = ("intravenous", "intravenously", "continuous", "continuously", "infusion")


_Stretch = tuple[int, int]


def _is_known(token: str, *, in_dose: bool) -> bool:
    if _PATTERNS.right.fullmatch(token) or any(one_slip(token, word) for word in _SPELT):
        return True
    return in_dose and _PATTERNS.unit.fullmatch(token) is not None


def _told_otherwise(plain: _Plain, in_dose: bool, singles: bool = True) -> Iterator[tuple[_Stretch, _Stretch | None]]:
    """Where a text names other routes and then single doses, and the whole of what denies each, if anything does."""
    for pattern in (_PATTERNS.other, _PATTERNS.single) if singles else (_PATTERNS.other,):
        denied_to: int | None = None
        for match in pattern.finditer(plain.letters):
            start, end = match.span("unit") if match.lastgroup == "unit" else match.span()
            if match.lastgroup == "two" and not in_dose and not _is_abbreviation(plain, start, end):
                continue
            denial = _denial(plain.letters, start, end)
            if denial is None and denied_to is not None and _PATTERNS.joint.fullmatch(plain.letters[denied_to:start]):
                denial = start, end
            denied_to = None if denial is None else end
            yield (start, end), denial


def _is_abbreviation(plain: _Plain, start: int, end: int) -> bool:
    """Whether "it" and its like are meant: in capitals, or as the whole text."""
    written = plain.word(start, end).text
    if "/" in (plain.letters[start - 1 : start], plain.letters[end : end + 1]):
        return True
    return written.isupper() or written == plain.written.strip(" .()")


def _denial(letters: str, start: int, end: int) -> _Stretch | None:
    before = _PATTERNS.denial.search(letters[:start])
    if before is not None:
        between = _PATTERNS.token.finditer(before["between"])
        if not any(_PATTERNS.one_route.fullmatch(word[0]) for word in between):
            return before.start(), end
    after = _PATTERNS.refusal.match(letters, end)
    return None if after is None else (start, after.end())


# --- the words --------------------------------------------------------------------------------------------------------

# Other routes and short infusions, in the languages whose words were known to the writer. Of two letters that are a
# word of English, in the group "two".
_OTHER = r"""
(?:sub|sous|sotto|per|trans)[- ]?[ck]ut\w*|h?[iy]poderm\w*|subc|sub[- ]?q|s\.\ ?c\.?|s/c|s\ c|sc[12]?|s\.\ ?q\.?|sq
|(?:under|beneath|below|into)\ (?:the\ )?(?:skin|fat|abdomen|muscle|thigh|spine)
|unter\ d(?:ie|er)\ haut|onder(?:huid|\ de\ huid)\w*|sous\ la\ peau|(?:bajo|sob|sotto)\ (?:la\ |a\ )?p(?:iel|ele|elle)
|podskorn\w*|(?:pod|pot)koz\w*|pod\ (?:kozu|skore)|deri\ ?alt\w*|cilt\ ?alt\w*|ihonala\w*|ihon\ alle|bor\ ?ala\w*
|zem\ ?adas?|po\ oda|naha\ ?al\w*|duoi\ da|bawah\ kulit|подкож\w*|поткож\w*|под\ кожу|п/к|підшкір\w*|υποδορ\w*
|intra[- ]?(?!ven[aeiou]|vein|vasc)\w{4,}|spinal\w*|lumb[ao]\w*|epidural\w*|ommaya|rachi\w*
|muscular\w*|muskul\w*|внутримышечн\w*|в/м|интратекальн\w*|domiesniow\w*|i\.\ ?[mtpd]\.?
|(?:per[- ]?)?or[ae]l\w*|oraal|(?:by|via|per)\ mouth|per\ os|p\.\ ?o\.?|p/o|tabs?|tablet\w*|[ck]apsul\w*|pills?
|sublingual\w*|buccal\w*|enter(?:al|ic)\w*|gastric\w*|nasogastric\w*|doustn\w*|(?:пер)?орал\w*|внутрь|agiz\w*
|nasal\w*|inhal\w+|nebuli[sz]\w+|rectal\w*|suppositor\w*|topical\w*|transderm\w*|vaginal\w*|percutan\w*
|bolus\w*|болюс\w*|push\w*|iv[pb]|ivpb|piggyback|depot
|inj\.?|inje[ck]\w*|iniez\w*|inyec\w*|инъекц\w*|zastrzyk\w*|enjeksiyon\w*|spritz\w*
|(?:auto|self)[- ]?inject\w*|shots?|jabs?|piqure\w*|pre-?filled|syringes?(?![- ]*(?:pump|driver))
|intermitt\w*|kurzinfusion\w*|short(?=[- ](?:(?:intravenous|iv|i\.v\.)[- ])?infusion)|rapid\w*
|over\ (?:0?\.[0-9]+|(?:[1-9]|1[0-9]|2[0-3])(?:\.[0-9]+)?|an|one|two|three|four|six|eight|twelve)[- ]?h(?:rs?|ours?)?
|over\ [0-9]{1,3}[- ]?min(?:utes?)?|(?:[1-9]|1[0-9]|2[0-3])[- ]?(?:h|hr|hour)[- ]infusions?
|[0-9]{1,3}[- ]?min(?:ute)?[- ]infusions?
|(?:[1-9]|1[0-9]|2[0-3])\ ?h(?:rs?|ours?)?\ ?(?:a|per|/|each)\ ?(?:day|d)
|(?P<two>it|im|ip|id|po)
"""
_OTHER_INSIDE = (
    r"皮下|皮内|皮內|筋肉|筋注|肌注|肌内|肌肉|口服|経口|經口|内服|鞘内|鞘內|髄注|髄腔|注射|피하|근육|경구|척수강|주사"
    r"|تحت\ الجلد|زیر\ جلد|בזריקה|תת[- ]?עורי|ใต้ผิวหนัง|त्वचा\ के\ नीचे|चमड़ी\ के\ नीचे"
)

# How often, and by what: a drug that runs in all the time has none of these.
_DAY = r"(?:day|daily|d|week|weekly|wk|w|month|tag|taglich|tgl|woche|jour|semaine|dia|semana|giorno|settimana|dag|dags)"
_UNIT_OF_DOSES = r"dos(?:es?|is)|gabe|prise|administrations?|applications?|vials?|ampoules?|visits?|time"
_SINGLE = rf"""
q\.?\ ?[dw]\.?|o\.?d\.?|q\.?o\.?d\.?|[btq]\.?i\.?[dw]\.?|q\ ?[0-9]+\ ?(?:h|d|w|days?|hours?|weeks?|hrs?)|q[ap]m|qhs
|(?:twice|thrice|once|(?:[1-9]|one|two|three|four|five)(?:\ times|\ ?[x×]|\ doses))[- ]?
 (?:a\ |per\ |each\ |every\ |pro\ |par\ |in\ a\ |/\ ?)?{_DAY}
|(?:[0-9]+\ |[a-z]+\ )?(?:times|doses)\ (?:a|per|each|every)\ {_DAY}
|stat|prn|once|twice|thrice|one[- ]time|single(?:[- ](?:dose|shot|administration|use)s?)?(?!\w|[- ](?:lumen|agent))
|as\ needed|divided|(?:on\ )?alternate\ days
|every\ (?:other|second|third|two|three|[0-9]+)\ ?(?:d|days?|h|hours?|hrs?|weeks?|wks?)?
|weekly|biweekly|fortnightly|monthly|wochentlich|hebdomadaire\w*|semanal\w*|settimanal\w*|еженедельно
|(?:mon|tue|wed|thu|fri|sat|sun)(?:s|days?|nesdays?|rsdays?|urdays?)?|m/w/f|mwf|t/t/s|mo/mi/fr|l/m/v
|(?:ein|zwei|drei)mal|[0-9a-z]+\ fois\ par\ \w+|(?:una|dos|tres)\ ve(?:z|ces)|[0-9a-z]+\ volt[ae]|(?:een|twee|drie)maal
|[0-9]\ ?dd|раз\ в\ \w+|дважды|raz\ (?:dziennie|w)
|(?:per|each|a|pro|par|por|na)\ (?P<unit>{_UNIT_OF_DOSES})
"""
_OF_ANOTHER_UNIT = rf"(?<=/)\ ?(?:{_UNIT_OF_DOSES})(?!\w)|(?<![^\W\d])(?:ml|cc|millilit\w+)(?!\w|\ ?(?:/|per\ |bag))"
_SINGLE_INSIDE = (
    r"[1一]日[0-9一二三两]回|每日[0-9一二三两]+次|每天[0-9一二三两]+次|毎日|隔日|每[周週]|毎週|週[0-9一二三两]+[回次]"
)

_VENOUS = (
    r"c?\.?i\.?\ ?v\.?(?:c|i|ci|gtt)?\.?|c\.?i\.?v\.?i?\.?|i/v|e\.?v\.?|cvi|intra[- ]?ve(?:n|in)[aeiou]\w*"
    r"|endove[nin]\w*|venous\w*|vein\w*|ven[ae]\w*|venos\w*|vena|cvc|picc|dozyln\w*|внутривенн\w*|в/в|внутрішньовенн\w*|intrawen\w*"
    r"|nitrozil\w*|laskimo\w*|ενδοφλεβ\w*|suonensisa\w*|central"
)
_VENOUS_INSIDE = r"静脈|静脉|靜脈|點滴|点滴|정맥|وريد|ורידי|damar ?ici|внутрішньовенн"
_CONTINUOUS = (
    r"cont|kont|contin\w*|kontin\w*|dauer\w*|fortlaufend|uninterrupted|around|constant|steady|ciagl\w*|непрерывн\w*|постоянн\w*"
    r"|surekli|jatkuva\w*|folyamatos\w*|ci|24h|durchgehend|ununterbrochen"
)
_INFUSED = r"\w*infus\w*|infud\w*|infuz\w*|perfus\w*|drip|infundier\w*|wlew\w*|инфуз\w*|pumps?|pompe|pumpe|inf|ci"
_RIGHT_INSIDE = r"[静脈脉靜内內持続续連続性點点滴輸输注液的での入]+"
_BESIDE = (
    r"over|during|for|h|hrs?|hours?|stunden?|horas?|ore|heures?|days?|every|daily|by|via|as|an?|the|in|into|given|give"
    r"|routes?|only|through|use|using|and|with|of|to|per|blinatumomab|bags?|rate|x|par|voie|als|door|por|su|die|der|de|il"
    r"|la|el|le|al|line|catheters?|lumen|access|cannula|dedicated|driver|syringe|volumetric|full|round|clock|days?|day|d"
    r"|tag|jour|dia|giorno|dag|or|oder|ou|but|sondern|mais|sino|is|are|be|must|do|at"
    r"|home|hospital|outpatient|inpatient|ambulatory|all|time|weeks?|constantly|peripheral|port|cath|hickman|ml|venen\w*|weg|und"
)
_UNITS = (
    r"[mnkμu]?g|mcgs?|ug|microgram\w*|mi[kc]rogram\w*|milligram\w*|m|m2|sqm|sq|square|met(?:er|re)s?|bsa|day|dya|dy|days"
    r"|d|h|hr|hrs|hours?|min|mins|minutes?|week|w|kg|iu|ui|u|units?|ie|flat|rate|dose|dosis|jours?|tage?|dias?|e|nan|m3"
)
_NOT = (
    r"not|no|never|without|nor|neither|than|instead\ of|unlike|rather\ than|avoid|excluding|non"
    r"|nicht|kein\w*|ohne|pas(?:\ de)?|sans"
    r"|niet|geen|sin|senza|sem|ikke|inte|не|без|nie|bez|do\ not|don't"
)


class _Patterns:
    """The patterns, each made when a text is first compared with it: most files need two of them."""

    @cached_property
    def other(self) -> re.Pattern[str]:
        return _of_words(_OTHER, _OTHER_INSIDE)

    @cached_property
    def single(self) -> re.Pattern[str]:
        return _of_words(_SINGLE, f"{_OF_ANOTHER_UNIT}|{_SINGLE_INSIDE}")

    @cached_property
    def venous(self) -> re.Pattern[str]:
        return _pattern(_VENOUS)

    @cached_property
    def venous_inside(self) -> re.Pattern[str]:
        return _pattern(_VENOUS_INSIDE)

    @cached_property
    def continuous(self) -> re.Pattern[str]:
        return _pattern(_CONTINUOUS)

    @cached_property
    def infusion(self) -> re.Pattern[str]:
        return _pattern(_INFUSED)

    @cached_property
    def one_route(self) -> re.Pattern[str]:
        return _pattern(self._names)

    @cached_property
    def right(self) -> re.Pattern[str]:
        return _pattern(f"{self._names}|{_VENOUS_INSIDE}|{_RIGHT_INSIDE}|(?:지속|정맥|내|주입|점적|으로)+|{_BESIDE}")

    @cached_property
    def unit(self) -> re.Pattern[str]:
        return _pattern(_UNITS)

    @cached_property
    def token(self) -> re.Pattern[str]:
        return re.compile(r"(?<![^\W\d_])[^\W\d_](?:(?:\. ?|/)[^\W\d_](?![^\W\d_]))+\.?|[^\W\d_]+")

    @cached_property
    def denial(self) -> re.Pattern[str]:
        return _pattern(
            rf"(?<![\w.])(?:{_NOT})"
            r"(?P<between>(?:[ -]+(?!(?:but|only|then|and|plus|sondern|mais|sino|ma)\b)[\w./]+){0,4})[ (-]*$"
        )

    @cached_property
    def refusal(self) -> re.Pattern[str]:
        return _pattern(
            r"[: ]*(?:no\b(?! ?[ti])|(?:is |are )?(?:not (?:allowed|permitted|used|given|suitable|possible|to be)"
            r"|prohibited|forbidden|contraindicated|excluded))"
        )

    @cached_property
    def joint(self) -> re.Pattern[str]:
        return _pattern(r"[, ]*(?:or|nor|oder|ou|o|of|/)[ ]*")

    @property
    def _names(self) -> str:
        return f"{_VENOUS}|{_CONTINUOUS}|{_INFUSED}"


def _of_words(words: str, inside: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.])(?:{_fold(words)})(?!\w)|{_fold(inside)}", re.VERBOSE)


def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(_fold(words))


def _fold(words: str) -> str:
    """The letters of a pattern as those of a text are compared; its classes are of small letters."""
    return "".join(letter if letter.isascii() else _plain(letter).letters for letter in words)


_PATTERNS = _Patterns()
