"""Characters of the fonts of signs that office programs use (Symbol, Wingdings)."""

# Signs of the fonts Symbol, Wingdings and Wingdings 2 that carry meaning, by the last two digits
# of their code; other signs are ornaments.
SIGNS = {
    "wingdings": {0xFC: "✓", 0xFE: "☑", 0xFD: "☒", 0xFB: "✗", 0xA8: "☐", 0x6F: "☐", 0x78: "☒",
                  0xE0: "→", 0xDF: "←", 0xE8: "→", 0xA7: "▪", 0x9F: "•", 0x6C: "●", 0x6E: "■",
                  0x4A: "☺", 0x4C: "☹", 0x28: "☎", 0x2A: "✉"},
    "wingdings 2": {0x50: "✓", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0xA3: "☐", 0x4F: "✗",
                    0x2A: "☐"},
    "symbol": {0xB7: "•", 0xB0: "°", 0xB1: "±", 0xB4: "×", 0xA3: "≤", 0xB3: "≥", 0xB9: "≠",
               0xBB: "≈", 0xA5: "∞", 0xAE: "→", 0xDE: "⇒", 0xD6: "√", 0xE5: "∑", 0xF2: "∫",
               0xB6: "∂", 0xCE: "∈", 0xC6: "∅", 0xD7: "⋅", 0xBC: "…", 0xE2: "®", 0xD3: "©",
               0xD4: "™"},
}  # fmt: skip
SYMBOL_LETTERS = dict(
    zip(
        "ABGDEZHQIKLMNXOPRSTUFCYWabgdezhqiklmnxoprstufcywJVj",
        "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθικλμνξοπρστυφχψωϑςϕ",
        strict=True,
    )
)


def symbol(font: str, code: int) -> str:
    """The character at place `code` of a font; empty for an ornament.

    Such fonts have their signs at U+F020 to U+F0FF and, in old files, at 0x20 to 0xFF.
    """
    font = font.lower()
    if code < 0xF000 and font not in SIGNS:
        return chr(code) if 0x20 <= code < 0xD800 else ""
    place = code & 0xFF
    if font == "symbol":
        letter = SYMBOL_LETTERS.get(chr(place), chr(place) if place < 0x7F else "")
        return SIGNS["symbol"].get(place, letter)
    return SIGNS.get(font, {}).get(place, "")
