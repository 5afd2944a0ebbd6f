"""What a right reading of a text of the corpus holds, from the tree that pandoc reads in it."""

from typing import Any

from .render import Tree, items_of, rows_of


def truth_of(blocks: Tree, notes: bool, running: list[str]) -> dict[str, Any]:
    """Blocks in order with what they are, notes apart, and the lines that must not stay."""
    told: dict[str, Any] = {"blocks": [], "notes": [], "running": running}
    for block in blocks:
        _tell(block, told, 0, notes)
    return told


def _tell(block: dict[str, Any], told: dict[str, Any], depth: int, notes: bool) -> None:
    kind, blocks = block["t"], told["blocks"]
    if kind == "Header":
        blocks.append({"kind": "heading", "level": block["c"][0], "text": _text(block["c"][2])})
    elif kind == "CodeBlock":
        blocks.append({"kind": "code", "lines": block["c"][1].splitlines()})
    elif kind == "Table":
        rows = [[_text(cell) for cell in row] for row in rows_of(block)]
        blocks.append({"kind": "table", "rows": rows})
    elif kind in {"BulletList", "OrderedList"}:
        ordered, style, items = items_of(block)
        for number, (first, *rest) in enumerate(items):
            marker = (chr(97 + number) if style == "LowerAlpha" else str(number + 1)) + "."
            item = {"kind": "item", "depth": depth, "text": _text(first["c"])}
            blocks.append(item | {"marker": marker if ordered else "-"})
            for further in rest:
                _tell(further, told, depth + 1, notes)
    else:
        blocks.append({"kind": "paragraph", "text": _text(block["c"])})
        if notes:
            told["notes"] += [_text(i["c"][0]["c"]) for i in block["c"] if i["t"] == "Note"]


def _text(inlines: Tree) -> str:
    out = ""
    for inline in inlines:
        kind, inner = inline["t"], inline.get("c")
        if kind == "Note":
            continue
        if kind in {"Link", "Code"}:
            out += _text(inner[1]) if kind == "Link" else inner[1]
        elif kind in {"Space", "SoftBreak"}:
            out += " "
        else:
            out += inner if isinstance(inner, str) else _text(inner)
    return out
