"""Languages of scans: which ones may be chosen, and how people call them.

A choice is written as Tesseract writes it, such as "eng+deu"; the first is the main language.
"auto" stands alone: the language of each scan is found out among the installed ones.
"""

from collections.abc import Iterable

from django.conf import settings
from django.utils.module_loading import import_string

AUTO = "auto"

# Tesseract's code -> name. Most are ISO 639-2; what is not here is shown by its code.
_NAMES = {
    "afr": "Afrikaans", "amh": "Amharic", "ara": "Arabic", "asm": "Assamese",
    "aze": "Azerbaijani", "aze_cyrl": "Azerbaijani (Cyrillic)", "bel": "Belarusian",
    "ben": "Bengali", "bod": "Tibetan", "bos": "Bosnian", "bre": "Breton", "bul": "Bulgarian",
    "cat": "Catalan", "ceb": "Cebuano", "ces": "Czech", "chi_sim": "Chinese (simplified)",
    "chi_sim_vert": "Chinese (simplified, vertical)", "chi_tra": "Chinese (traditional)",
    "chi_tra_vert": "Chinese (traditional, vertical)", "chr": "Cherokee", "cos": "Corsican",
    "cym": "Welsh", "dan": "Danish", "deu": "German", "deu_latf": "German (Fraktur)",
    "div": "Dhivehi", "dzo": "Dzongkha", "ell": "Greek", "eng": "English",
    "enm": "Middle English", "epo": "Esperanto", "est": "Estonian", "eus": "Basque",
    "fao": "Faroese", "fas": "Persian", "fil": "Filipino", "fin": "Finnish", "fra": "French",
    "frk": "German (Fraktur)", "frm": "Middle French", "fry": "West Frisian",
    "gla": "Scottish Gaelic", "gle": "Irish", "glg": "Galician", "grc": "Ancient Greek",
    "guj": "Gujarati", "hat": "Haitian Creole", "heb": "Hebrew", "hin": "Hindi",
    "hrv": "Croatian", "hun": "Hungarian", "hye": "Armenian", "iku": "Inuktitut",
    "ind": "Indonesian", "isl": "Icelandic", "ita": "Italian", "ita_old": "Old Italian",
    "jav": "Javanese", "jpn": "Japanese", "jpn_vert": "Japanese (vertical)", "kan": "Kannada",
    "kat": "Georgian", "kat_old": "Old Georgian", "kaz": "Kazakh", "khm": "Khmer",
    "kir": "Kyrgyz", "kmr": "Kurdish (Kurmanji)", "kor": "Korean",
    "kor_vert": "Korean (vertical)", "lao": "Lao", "lat": "Latin", "lav": "Latvian",
    "lit": "Lithuanian", "ltz": "Luxembourgish", "mal": "Malayalam", "mar": "Marathi",
    "mkd": "Macedonian", "mlt": "Maltese", "mon": "Mongolian", "mri": "Maori", "msa": "Malay",
    "mya": "Burmese", "nep": "Nepali", "nld": "Dutch", "nor": "Norwegian", "oci": "Occitan",
    "ori": "Odia", "pan": "Punjabi", "pol": "Polish", "por": "Portuguese", "pus": "Pashto",
    "que": "Quechua", "ron": "Romanian", "rus": "Russian", "san": "Sanskrit", "sin": "Sinhala",
    "slk": "Slovak", "slv": "Slovenian", "snd": "Sindhi", "spa": "Spanish",
    "spa_old": "Old Spanish", "sqi": "Albanian", "srp": "Serbian", "srp_latn": "Serbian (Latin)",
    "sun": "Sundanese", "swa": "Swahili", "swe": "Swedish", "syr": "Syriac", "tam": "Tamil",
    "tat": "Tatar", "tel": "Telugu", "tgk": "Tajik", "tha": "Thai", "tir": "Tigrinya",
    "ton": "Tongan", "tur": "Turkish", "uig": "Uyghur", "ukr": "Ukrainian", "urd": "Urdu",
    "uzb": "Uzbek", "uzb_cyrl": "Uzbek (Cyrillic)", "vie": "Vietnamese", "yid": "Yiddish",
    "yor": "Yoruba",
}  # fmt: skip


def offered() -> tuple[str, ...]:
    """Codes that may be chosen: those of OCR_LANGUAGES, else those installed on this machine.

    Workers on other machines may have others; an operator names in OCR_LANGUAGES what all have.
    """
    return tuple(settings.OCR_LANGUAGES) or import_string(settings.INSTALLED_OCR_LANGUAGES)()


def split(choice: str) -> list[str]:
    """The codes of "eng+deu", each once."""
    return list(dict.fromkeys(code for code in choice.split("+") if code))


def missing(choice: str) -> list[str]:
    """Codes of `choice` that may not be chosen; none where no language is known at all."""
    known = offered()
    return [code for code in split(choice) if known and code not in known and code != AUTO]


def name(code: str) -> str:
    return "Automatic" if code == AUTO else _NAMES.get(code, code)


def names(choice: str) -> str:
    """ "eng+deu" as people read it: English, German."""
    return ", ".join(map(name, split(choice)))


def by_name(codes: Iterable[str]) -> list[tuple[str, str]]:
    """Code and name of each, in the order of the names."""
    return sorted(((code, name(code)) for code in codes), key=lambda pair: pair[1].casefold())
