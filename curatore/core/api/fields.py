"""Values of JSON bodies, of exactly the type that the schema names: 7 is no text, "no" no flag."""

from typing import Any

from rest_framework import serializers

# What str.strip leaves: \\s of ECMAScript lacks some of its white space.
SOME_WORDS = r"[^\s\x1c-\x1f\x85]"

MOST_CHOICES = 50  # of one query parameter, repeated ones counted


class Text(serializers.CharField):
    """`keeps_spaces`: nothing is trimmed, though white space alone is still no text."""

    def __init__(self, *, keeps_spaces: bool = False, **kwargs: Any) -> None:
        super().__init__(**({"trim_whitespace": not keeps_spaces} | kwargs))
        self.needs_words = not self.allow_blank and (self.trim_whitespace or keeps_spaces)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class WholeNumber(serializers.IntegerField):
    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int | float):
            self.fail("invalid")  # 30.0 is whole, and 30.5 refused by DRF
        return super().to_internal_value(data)


class BoundedList(serializers.ListField):
    """A list that is refused for its length before anybody looks at what is in it."""

    def __init__(self, *, max_length: int, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)

    def to_internal_value(self, data: Any) -> list[Any]:
        if isinstance(data, list) and len(data) > (self.max_length or 0):
            self.fail("max_length", max_length=self.max_length)
        return super().to_internal_value(data)


class Texts(BoundedList):
    """At least one text of at most `longest` characters each."""

    def __init__(self, *, longest: int, **kwargs: Any) -> None:
        child = Text(max_length=longest)
        super().__init__(child=child, allow_empty=False, min_length=1, **kwargs)


class DistinctTexts(Texts):
    """Texts, none of them twice; which one is repeated, the rule about them says."""


class Flag(serializers.BooleanField):
    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data
