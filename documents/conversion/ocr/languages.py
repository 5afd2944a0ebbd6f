"""Which of the installed languages a scan is read in when nobody chose one (`auto`).

A strip of the page is read in the language that is likely. Tesseract takes the letters of another
script for its own and is not sure of them: then one language of every other script is tried, and
the surest counts. Languages of one script differ in their small words.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

AUTO = "auto"
USUAL = "eng"
# Mean confidence of a strip: what is read in its own script has more than .8, also in another
# language, and in another script less than .65.
SURE = 0.75
CLEARLY = 1.5  # how many times as many small words another language must have
TELLING = 0.06  # share of small words; prose of any of these languages has .2 and more
MUCH_BETTER = 0.15  # than in another script
BETTER = 0.03  # confidence by which a language must win whose small words are not known
MOST_TRIES = 6
LEAST_HITS = 3  # small words; fewer may be names or signs

# Languages whose script is not the Latin one, the commonest first.
SCRIPTS: dict[str, tuple[str, ...]] = {
    "Cyrillic": ("rus", "ukr", "bul", "srp", "bel", "mkd", "kaz", "mon"),
    "Greek": ("ell", "grc"),
    "Arabic": ("ara", "fas", "urd", "pus", "uig"),
    "Han": ("chi_sim", "chi_tra", "jpn", "kor"),
    "Hebrew": ("heb", "yid"),
    "Devanagari": ("hin", "mar", "nep", "san"),
    "Thai": ("tha",),
    "Armenian": ("hye",),
    "Georgian": ("kat",),
    "Bengali": ("ben", "asm"),
    "Tamil": ("tam",),
    "Telugu": ("tel",),
}
# Vertical writing, old letters and mathematics: they are chosen by people only.
SPECIAL = ("_vert", "_old", "_latf", "frk", "equ", "frm", "enm")

# The commonest small words that other languages of the list do not share, as English eyes read
# them, too: without accents where Tesseract drops them.
SMALL_WORDS: dict[str, frozenset[str]] = {
    language: frozenset(words.split())
    for language, words in {
        "eng": "the of and to a in on at as is that for it was with be by this are from or which"
        " have not",
        "deu": "der die das und den von zu mit sich des auf für fir fur ist im dem nicht ein eine"
        " als auch wird werden bei nach oder wurde sind einer",
        "fra": "le la les des et est du une dans qui par pour pas sur au aux plus ce cette sont"
        " été ete avec ont ou",
        "spa": "el la los las del y que una por con para es se su al lo como más mas pero sus le"
        " fue entre está",
        "ita": "il di che la per una con del della dei è non le si da dal sono nel alla gli al"
        " delle anche ha come entro",
        "por": "o os as da do dos das em um uma para com não nao que se na no por mais foi ao são"
        " pelo pela",
        "nld": "de het een van en in is op te dat voor met zijn niet aan er die om ook als bij"
        " door worden werd naar moet",
        "pol": "i w na z się sie do nie że ze to jest o przez od za dla po jak oraz są sa ma co"
        " przy",
        "rus": "и в не на с что по как для из к от это о за при или был его",
        "ukr": "і в не на з що до як для та у від це про за при або був його",
        "bul": "и на за в не се от да са по към с като при е бе",
        "swe": "och att det som en är för av med den på till inte har om ett var från",
        "dan": "og det at en er til som på for med ikke af den har der et var fra",
        "nor": "og det at en er til som på for med ikke av den har der et var fra",
        "fin": "ja on ei se että oli hän mutta ovat joka kun niin myös tai sekä",
        "ces": "a se v na je že s z do o to i k pro jako by ale od po",
        "tur": "ve bir bu için ile de da olarak çok daha olan gibi kadar",
        "ron": "și si de la în in pe cu nu o un din care este pentru mai sau ce",
        "hun": "a az és hogy nem is egy ez meg van volt de csak el",
    }.items()
}


@dataclass(frozen=True, slots=True)
class Trial:
    """What a strip of the page was read as, in one language."""

    language: str
    text: str
    confidence: float


Try = Callable[[str], Trial]


def chosen(installed: Sequence[str], attempt: Try, likely: str | None = None) -> str:
    """The installed language that fits what `attempt` reads; `likely` is tried first."""
    plain = [name for name in installed if not name.endswith(SPECIAL)] or list(installed)
    first = next((name for name in (likely, USUAL) if name in plain), plain[0])
    if len(plain) == 1:
        return first
    best = attempt(first)
    if best.confidence < SURE:
        best = _best_script(plain, attempt, best)
    return _within_script(plain, attempt, best)


def script_of(language: str) -> str:
    return next((name for name, members in SCRIPTS.items() if language in members), "Latin")


def better_by_words(text: str, language: str, installed: Sequence[str]) -> str | None:
    """A language of the same script to which the small words of `text` clearly belong."""
    words = text.casefold().split()
    if not words or language not in SMALL_WORDS:
        return None
    script = script_of(language)
    known = [name for name in installed if name in SMALL_WORDS and script_of(name) == script]
    shares = {name: _share(words, name) for name in {*known, language}}
    best = max(sorted(shares), key=lambda name: shares[name])
    is_clear = shares[best] >= max(TELLING, CLEARLY * shares[language])
    return best if best != language and is_clear else None


def _share(words: list[str], language: str) -> float:
    small = SMALL_WORDS[language]
    hits = sum(word.strip(".,;:()") in small for word in words)
    return hits / len(words) if hits >= LEAST_HITS else 0.0


def _best_script(installed: list[str], attempt: Try, first: Trial) -> Trial:
    """The surest of one language for every script."""
    tried = [first]
    for name in _one_for_each_script(installed, script_of(first.language)):
        tried.append(attempt(name))
        if tried[-1].confidence >= SURE:
            break
    best = max(tried, key=lambda trial: trial.confidence)
    # Nothing is read well on a page that lies on its side or is hardly legible.
    return best if best.confidence > first.confidence + MUCH_BETTER else first


def _one_for_each_script(installed: list[str], known: str) -> list[str]:
    names = [USUAL, *(name for members in SCRIPTS.values() for name in members), *installed]
    found: dict[str, str] = {}
    for name in names:
        if name in installed and script_of(name) != known:
            found.setdefault(script_of(name), name)
    return list(found.values())


def _within_script(installed: list[str], attempt: Try, best: Trial) -> str:
    """The language of the script that the best reading is in."""
    if other := better_by_words(best.text, best.language, installed):
        return other
    if _share_of(best) >= TELLING:
        return best.language
    script = script_of(best.language)
    others = [n for n in installed if script_of(n) == script and n != best.language]
    for name in others[:MOST_TRIES]:
        trial = attempt(name)
        if trial.confidence > best.confidence + BETTER:
            best = trial
    return best.language


def _share_of(trial: Trial) -> float:
    words = trial.text.casefold().split()
    return _share(words, trial.language) if words and trial.language in SMALL_WORDS else 0.0
