"""Numbers of lists and notes in letters and Roman numerals."""

ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
         (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
MOST_REPEATED = 30  # letters of one item: aa, bb; beyond, a plain number says more


def roman(number: int) -> str:
    """4 as iv; numbers that have no Roman numeral as they are."""
    if not 0 < number < 4000:
        return str(number)
    text = ""
    for size, sign in ROMAN:
        text += sign * (number // size)
        number %= size
    return text


def letters(number: int) -> str:
    """1 as a, 26 as z, 27 as aa, 28 as bb, the way office programs count."""
    repeats, place = divmod(number - 1, 26)
    if number < 1 or repeats >= MOST_REPEATED:
        return str(number)
    return chr(ord("a") + place) * (repeats + 1)


def ordinal(number: int) -> str:
    """1 as 1st."""
    if number % 100 in {11, 12, 13}:
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"
