"""Sentences about what a reader left out."""


def counted(count: int, singular: str, plural: str = "") -> str:
    """ "1 comment was" or "2 comments were"."""
    return f"1 {singular} was" if count == 1 else f"{count} {plural or singular + 's'} were"
