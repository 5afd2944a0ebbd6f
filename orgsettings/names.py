"""Names to sign in by: which are refused, and which count as the same.

Somebody signs in by a user name or by an e-mail address. What has an “@” is an address: no new user
name has one, so that nobody takes over what somebody else signs in by.
"""

import re
import unicodedata
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

LONGEST_NAME = 150  # characters of a user name, as Django has it
LONGEST_KEY = 300  # characters, some of them left for numbers of equal names
_LONGEST = 254  # characters of an address
# Of what somebody types as a name, so much is read: strangers may type any, and to normalize takes
# time that grows with the square of the length. Names fit, also with each accent by itself.
_LONGEST_TYPED = 1000

_ALLOWED = re.compile(r"[\w.+-]+")
# Scripts that are written together (UTS 39, highly restrictive).
_TOGETHER = (
    {"LATIN", "HAN", "HIRAGANA", "KATAKANA"},
    {"LATIN", "HAN", "BOPOMOFO"},
    {"LATIN", "HAN", "HANGUL"},
)
_OF_NO_SCRIPT = {"COMMON", "INHERITED"}


def key(name: str) -> str:
    """What two names have in common that count as the same: neither case nor width matters."""
    folded = _normal(_normal(name).casefold())
    return folded[:_LONGEST]  # NFKC makes eighteen letters of one


def look(name: str) -> str:
    """What two names have in common that look alike: “аda” with a Cyrillic а looks like “ada”."""
    return key("".join(_prototype(letter) for letter in _normal(name)))


def _normal(name: str) -> str:
    return unicodedata.normalize("NFKC", name[:_LONGEST_TYPED])


def require_free_name(name: str, others: Any) -> None:
    """Refuse a user name that cannot be, or that somebody of `others` has or seems to have.

    Raises:
        ValidationError: with a sentence, for the field `username`.
    """
    _require_acceptable(name)
    same = key(name)
    if others.filter(Q(username_key=same) | Q(email_key=same)).exists():
        raise _refused("username", _("A user with that username already exists."), "unique")
    if others.filter(username_look=look(name)).exists():
        raise _refused(
            "username", _("This username looks too much like that of another user."), "confusable"
        )


def require_free_address(address: str, others: Any) -> None:
    """The same for an e-mail address, which may not be another's user name of earlier days."""
    same = key(address)
    if others.filter(Q(username_key=same) | Q(email_key=same)).exists():
        raise _refused("email", _("This address belongs to another user."), "unique")


def _refused(field: str, sentence: str, code: str) -> ValidationError:
    return ValidationError({field: ValidationError(sentence, code=code)})


def _require_acceptable(name: str) -> None:
    if "@" in name:
        sentence = _("A username has no “@”: it could be someone's e-mail address.")
        raise _refused("username", sentence, "invalid")
    if not _ALLOWED.fullmatch(name):
        sentence = _("A username has letters, digits and . + - _ only, without spaces.")
        raise _refused("username", sentence, "invalid")
    if len(name) > LONGEST_NAME:
        sentence = _("A username has at most %d characters.") % LONGEST_NAME
        raise _refused("username", sentence, "max_length")
    if _mixes_scripts(name):
        sentence = _("This username mixes letters of several scripts, which can be confused.")
        raise _refused("username", sentence, "mixed_scripts")


def _mixes_scripts(name: str) -> bool:
    from confusable_homoglyphs import categories

    scripts = categories.unique_aliases(name) - _OF_NO_SCRIPT
    return len(scripts) > 1 and not any(scripts <= together for together in _TOGETHER)


def _prototype(letter: str) -> str:
    """The letter that stands for all that look like it.

    The library knows each pair in both directions: what most others look like stands for them.
    """
    # Imported late: it reads a megabyte, and most processes make no names.
    from confusable_homoglyphs.confusables import confusables_data

    alike = [letter, *(other["c"] for other in confusables_data.get(letter, ()))]
    return min(alike, key=lambda each: (-len(confusables_data.get(each, ())), each))
