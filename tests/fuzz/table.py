"""What became of the damaged files, by format, as a Markdown table."""

from collections import Counter
from itertools import groupby

from .campaign import Result

HEAD = (
    "Format", "Files", "Converted", "Refused", "Crashes", "Time-outs", "`conversion_failed`",
    "Slowest (CPU s)", "Largest memory (MB)", "Files left",
)  # fmt: skip
FAULTS = ("conversion_crashed", "conversion_timeout", "conversion_failed")


def print_table(results: list[Result]) -> None:
    print("| " + " | ".join(HEAD) + " |")
    print("|---" + "|--:" * 2 + "|---" + "|--:" * 6 + "|")
    ordered = sorted(results, key=lambda result: result.format)
    for name, group in groupby(ordered, key=lambda result: result.format):
        print(_row(name, list(group)))
    print(_row("all", results))


def _row(name: str, results: list[Result]) -> str:
    codes = Counter(result.code for result in results)
    refused = ", ".join(
        f"{code} {count}" for code, count in sorted(codes.items()) if code and code not in FAULTS
    )
    cells = (
        name,
        len(results),
        codes[""],
        refused or "-",
        *(codes[code] for code in FAULTS),
        f"{max((result.seconds for result in results), default=0):.1f}",
        max((result.memory_bytes for result in results), default=0) // 1024**2,
        sum(result.left_files for result in results),
    )
    return "| " + " | ".join(map(str, cells)) + " |"
