"""How right the corpus is read: python -m benchmarks.corpus.score FOLDER [PART OF THE NAMES] [-v]

For each NAME.pdf of the folder: the share of its headings, table rows, items, notes, lines of code
and paragraphs that come out exactly, the F1 of its words, how far they stand in order, and how
many running lines were left. With -v also what is missing. The mean is that of word F1, order,
headings and rows.
"""

import difflib
import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from documents.conversion import document as model
from documents.conversion.options import ConversionOptions
from documents.conversion.readers import pdf

PARTS = ("heading", "row", "item", "note", "code", "paragraph")


def main() -> None:
    arguments = [a for a in sys.argv[1:] if a != "-v"]
    folder, wanted = Path(arguments[0]), [*arguments, ""][1]
    totals: Counter[str] = Counter()
    means: dict[bool, list[float]] = {True: [], False: []}
    print(f"{'':26} mean words order " + " ".join(f"{part:>9}" for part in PARTS) + " running")
    for path in sorted(folder.glob("*.pdf")):
        if wanted not in path.name:
            continue
        truth = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        found = _read(path)
        figures = _figures(truth, found, "-v" in sys.argv)
        totals.update(figures)
        means["tagged" in path.name].append(figures["mean"])
        print(_line(path.stem, figures, 1))
    print(_line("all", totals, len(means[True]) + len(means[False])))
    for tagged, values in means.items():
        if values:
            print(f"{'tagged' if tagged else 'untagged'}: mean {sum(values) / len(values):.4f}")


def _line(name: str, figures: Any, files: int) -> str:
    shares = (f"{figures[p + ' right']:>4.0f}/{figures[p]:<4.0f}" for p in PARTS)
    means = " ".join(f"{figures[name] / files:.3f}" for name in ("mean", "words", "order"))
    return f"{name:26}{means} " + " ".join(shares) + f" {figures['running']:>5.0f}"


def _read(path: Path) -> model.Document:
    options = ConversionOptions()
    return pdf.read(path, path.name, options, lambda *_: None, format_name="pdf").document


def _figures(truth: dict[str, Any], found: model.Document, told: bool) -> dict[str, float]:
    body = [block for block in found.body() if block.part in {"body", "note"}]
    wanted, have = _truths(truth), _findings(body)
    figures: dict[str, float] = {}
    for part in PARTS:
        right = wanted[part] & have[part]
        figures[part], figures[part + " right"] = wanted[part].total(), right.total()
        for missing in (wanted[part] - have[part]) if told else ():
            print(f"   no {part}: {str(missing)[:110]}")
        for odd in (have[part] - wanted[part]) if told and part in {"heading", "item"} else ():
            print(f"      odd {part}: {str(odd)[:110]}")
    texts = [text for b in truth["blocks"] for text in _truth_texts(b)]
    words, ours = _words(texts), _words([t for b in body if b.kind != "note" for t in _texts(b)])
    notes = _words(truth["notes"]), _words([t for b in body if b.kind == "note" for t in _texts(b)])
    both = Counter(words + notes[0]) & Counter(ours + notes[1])
    figures["words"] = 2 * both.total() / max(1, len(words + ours + notes[0] + notes[1]))
    matcher = difflib.SequenceMatcher(None, words, ours, autojunk=False)
    figures["order"] = matcher.ratio()
    heads = wanted["heading"].total() + have["heading"].total()
    headings = 2 * figures["heading right"] / heads if heads else 1.0
    rows = figures["row right"] / figures["row"] if figures["row"] else 1.0
    figures["mean"] = (figures["words"] + figures["order"] + headings + rows) / 4
    joined = " ".join(ours + notes[1])
    figures["running"] = sum(joined.count(" ".join(_words([r]))) for r in truth["running"])
    return figures


def _truths(truth: dict[str, Any]) -> dict[str, Counter[Any]]:
    told: dict[str, Counter[Any]] = {part: Counter() for part in PARTS}
    told["note"].update(_flat(note) for note in truth["notes"])
    for block in truth["blocks"]:
        kind = block["kind"]
        if kind == "heading":
            told[kind][block["level"], _flat(block["text"])] += 1
        elif kind == "item":
            told[kind][block["depth"], block["marker"], _flat(block["text"])] += 1
        elif kind == "table":
            told["row"].update(tuple(map(_flat, row)) for row in block["rows"])
        elif kind == "code":
            told[kind].update(line for line in block["lines"] if line)
        else:
            told[kind][_flat(block["text"])] += 1
    return told


def _findings(blocks: list[model.Block]) -> dict[str, Counter[Any]]:
    told: dict[str, Counter[Any]] = {part: Counter() for part in PARTS}
    for block in blocks:
        if isinstance(block, model.Heading):
            told["heading"][block.level, _flat(model.plain(block.spans))] += 1
        elif isinstance(block, model.ListItem):
            marker = block.marker if block.marker[0].isalnum() else "-"
            told["item"][block.depth, marker, _flat(model.plain(block.spans))] += 1
        elif isinstance(block, model.Table):
            rows = ((_flat(model.plain(cell.spans)) for cell in row) for row in block.rows)
            told["row"].update(map(tuple, rows))
        elif isinstance(block, model.Code):
            told["code"].update(line for line in block.text.splitlines() if line)
        elif isinstance(block, (model.Note, model.Paragraph)):
            kind = "note" if block.kind == "note" else "paragraph"
            told[kind][_flat(model.plain(block.spans))] += 1
    return told


def _truth_texts(block: dict[str, Any]) -> list[str]:
    if block["kind"] == "table":
        return [cell for row in block["rows"] for cell in row]
    return block["lines"] if block["kind"] == "code" else [block["text"]]


def _texts(block: model.Block) -> list[str]:
    if isinstance(block, model.Table):
        return [model.plain(cell.spans) for row in block.rows for cell in row]
    if isinstance(block, (model.Code, model.Formula)):
        return [block.text]
    return [model.plain(getattr(block, "spans", []))]


def _flat(text: str) -> str:
    return " ".join(text.replace("\u2019", "'").replace("\u2018", "'").split())


def _words(texts: list[str]) -> list[str]:
    return re.findall(r"\w+", " ".join(texts).lower())


if __name__ == "__main__":
    main()
