"""Signs at the beginning and the end of lines that say what these are."""

import re

BULLETS = set("•◦▪‣●○■□–—-*·➢✓")
NUMBERED = re.compile(r"\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)]$")
SENTENCE_END = (".", "?", "!", ":", ";")
LEADERS = ("....", "……", ". . . .")  # dots up to the number of a page
