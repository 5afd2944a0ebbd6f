"""Where long names are shortened: in the middle, since their end tells them apart."""

import unicodedata

LONGEST_WHOLE = 28  # characters; shorter names fit wherever names stand
_END = 10  # characters of the name before its extension
_LONGEST_EXTENSION = 10
_JOINER = "\N{ZERO WIDTH JOINER}"


def halves(name: str) -> tuple[str, str]:
    """The beginning of `name`, which may be cut, and its end, which is always shown.

    The end has the extension and some characters before it, and begins with no mark that belongs to
    the character before. It is empty for a name of at most LONGEST_WHOLE characters.
    """
    if len(name) <= LONGEST_WHOLE:
        return name, ""
    stem, _, extension = name.rpartition(".")
    has_extension = stem and 0 < len(extension) <= _LONGEST_EXTENSION
    at = (len(stem) if has_extension else len(name)) - _END
    first = at - _END  # a name of nothing but marks is cut somewhere
    while at > first and _belongs_to_the_one_before(name, at):
        at -= 1
    return name[:at], name[at:]


def _belongs_to_the_one_before(name: str, at: int) -> bool:
    return (
        unicodedata.category(name[at]).startswith("M")
        or _JOINER in name[at - 1 : at + 1]
        or "\N{EMOJI MODIFIER FITZPATRICK TYPE-1-2}"
        <= name[at]
        <= "\N{EMOJI MODIFIER FITZPATRICK TYPE-6}"
    )
