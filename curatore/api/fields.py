"""Values of JSON bodies, of exactly the type that the schema names: 7 is no text, "no" no flag."""

from typing import Any

from rest_framework import serializers

# What str.strip leaves: \\s of ECMAScript lacks some of its white space.
SOME_WORDS = r"[^\s\x1c-\x1f\x85]"


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


class DistinctTexts(serializers.ListField):
    """At least one text, none twice; which one is repeated, the rule about them says."""

    def __init__(self, *, longest: int, **kwargs: Any) -> None:
        child = Text(max_length=longest)
        super().__init__(child=child, allow_empty=False, min_length=1, **kwargs)


class Flag(serializers.BooleanField):
    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data
