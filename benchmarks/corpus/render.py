"""The texts of the corpus as HTML, LaTeX and Typst, from the tree that pandoc reads in them."""

import json
import subprocess
from typing import Any

Tree = list[dict[str, Any]]

HTML_INLINE = {"Strong": "strong", "Emph": "em", "Superscript": "sup", "Subscript": "sub"}
LATEX_INLINE = {
    "Strong": r"\textbf",
    "Emph": r"\emph",
    "Superscript": r"\textsuperscript",
    "Subscript": r"\textsubscript",
}
TYPST_INLINE = {
    "Strong": "#strong",
    "Emph": "#emph",
    "Superscript": "#super",
    "Subscript": "#sub",
}
LATEX_LISTS = {True: "enumerate", False: "itemize"}
SECTIONS = ("section*", "subsection*", "subsubsection*")


def tree_of(markdown: str) -> Tree:
    """The blocks of a text as pandoc reads them."""
    command = ["pandoc", "--from=markdown-smart", "--to=json"]
    told = subprocess.run(command, input=markdown, capture_output=True, text=True, check=True)
    return json.loads(told.stdout)["blocks"]


def rows_of(table: dict[str, Any]) -> list[list[Tree]]:
    """The rows of a pandoc table, the header first: for each cell its inlines."""
    _, _, _, head, bodies, _ = table["c"]
    rows = head[1] + [row for body in bodies for row in body[2] + body[3]]
    return [[cell[4][0]["c"] if cell[4] else [] for cell in row[1]] for row in rows]


def items_of(block: dict[str, Any]) -> tuple[bool, str, list[Tree]]:
    """Whether a list is ordered, the style of its numbers, and the blocks of each item."""
    if block["t"] == "OrderedList":
        return True, block["c"][0][1]["t"], block["c"][1]
    return False, "", block["c"]


def html(blocks: Tree, notes: bool) -> str:
    return "\n".join(_html_block(block, notes) for block in blocks)


def _html_block(block: dict[str, Any], notes: bool) -> str:
    kind = block["t"]
    if kind == "Header":
        level = block["c"][0]
        return f"<h{level}>{_html(block['c'][2], notes)}</h{level}>"
    if kind == "CodeBlock":
        return f"<pre><code>{_escaped(block['c'][1])}</code></pre>"
    if kind == "Table":
        first, *rest = (["".join(_html(c, notes)) for c in row] for row in rows_of(block))
        head = "".join(f"<th>{cell}</th>" for cell in first)
        body = "".join(f"<tr>{''.join(f'<td>{c}</td>' for c in row)}</tr>" for row in rest)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    if kind in {"BulletList", "OrderedList"}:
        ordered, style, items = items_of(block)
        tag = "ol" if ordered else "ul"
        sort = ' style="list-style-type: lower-alpha"' if style == "LowerAlpha" else ""
        inner = "".join(f"<li>{html(item, notes)}</li>" for item in items)
        return f"<{tag}{sort}>{inner}</{tag}>"
    text = _html(block["c"], notes)
    return text if kind == "Plain" else f"<p>{text}</p>"


def _html(inlines: Tree, notes: bool) -> str:
    out = ""
    for inline in inlines:
        kind = inline["t"]
        if kind in HTML_INLINE:
            tag = HTML_INLINE[kind]
            out += f"<{tag}>{_html(inline['c'], notes)}</{tag}>"
        elif kind == "Code":
            out += f"<code>{_escaped(inline['c'][1])}</code>"
        elif kind == "Link":
            out += f'<a href="{inline["c"][2][0]}">{_html(inline["c"][1], notes)}</a>'
        elif kind == "Note":
            text = _html(inline["c"][0]["c"], notes)
            out += f'<span class="note">{text}</span>' if notes else ""
        else:
            out += _escaped(inline.get("c") or " ")
    return out


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def latex(blocks: Tree) -> str:
    return "\n\n".join(_latex_block(block) for block in blocks)


def _latex_block(block: dict[str, Any]) -> str:
    kind = block["t"]
    if kind == "Header":
        return f"\\{SECTIONS[block['c'][0] - 1]}{{{_latex(block['c'][2])}}}"
    if kind == "CodeBlock":
        return f"\\begin{{verbatim}}\n{block['c'][1]}\n\\end{{verbatim}}"
    if kind == "Table":
        return _latex_table(rows_of(block))
    if kind in {"BulletList", "OrderedList"}:
        ordered, _, items = items_of(block)
        inner = "\n".join(f"\\item {latex(item)}" for item in items)
        name = LATEX_LISTS[ordered]
        return f"\\begin{{{name}}}\n{inner}\n\\end{{{name}}}"
    return _latex(block["c"])


def _latex_table(rows: list[list[Tree]]) -> str:
    texts = [[_latex(cell) for cell in row] for row in rows]
    widths = [max(len(row[place]) for row in texts) for place in range(len(texts[0]))]
    columns = "".join("p{7cm}" if width > 40 else "l" for width in widths)
    head, *body = (" & ".join(row) + r" \\" for row in texts)
    inner = "\n".join(["\\toprule", head, "\\midrule\\endhead", *body, "\\bottomrule"])
    return f"\\begin{{longtable}}{{{columns}}}\n{inner}\n\\end{{longtable}}"


def _latex(inlines: Tree) -> str:
    out = ""
    for inline in inlines:
        kind = inline["t"]
        if kind in LATEX_INLINE:
            out += f"{LATEX_INLINE[kind]}{{{_latex(inline['c'])}}}"
        elif kind == "Code":
            out += f"\\texttt{{{_latex_escaped(inline['c'][1])}}}"
        elif kind == "Link":
            out += f"\\href{{{inline['c'][2][0]}}}{{{_latex(inline['c'][1])}}}"
        elif kind == "Note":
            out += f"\\footnote{{{_latex(inline['c'][0]['c'])}}}"
        else:
            out += _latex_escaped(inline.get("c") or " ")
    return out


def _latex_escaped(text: str) -> str:
    for sign in "&%$#_":
        text = text.replace(sign, "\\" + sign)
    return text.replace("°", r"\textdegree{}")


def typst(blocks: Tree) -> str:
    return "\n\n".join(_typst_block(block) for block in blocks)


def _typst_block(block: dict[str, Any]) -> str:
    kind = block["t"]
    if kind == "Header":
        return f"#heading(level: {block['c'][0]})[{_typst(block['c'][2])}]"
    if kind == "CodeBlock":
        return f"#raw(block: true, {json.dumps(block['c'][1])})"
    if kind == "Table":
        rows = rows_of(block)
        columns = ", ".join(_typst_column(rows, place) for place in range(len(rows[0])))
        head, *body = (", ".join(f"[{_typst(cell)}]" for cell in row) for row in rows)
        return f"#table(columns: ({columns}), table.header({head}), {', '.join(body)})"
    if kind in {"BulletList", "OrderedList"}:
        ordered, style, items = items_of(block)
        inner = ", ".join(f"[{typst(item)}]" for item in items)
        numbers = 'numbering: "a.", ' if style == "LowerAlpha" else ""
        return f"#enum({numbers}{inner})" if ordered else f"#list({inner})"
    return _typst(block["c"])


def _typst_column(rows: list[list[Tree]], place: int) -> str:
    longest = max(len(_typst(row[place])) for row in rows)
    return "1fr" if longest > 60 else "auto"


def _typst(inlines: Tree) -> str:
    out = ""
    for inline in inlines:
        kind = inline["t"]
        if kind in TYPST_INLINE:
            out += f"{TYPST_INLINE[kind]}[{_typst(inline['c'])}]"
        elif kind == "Code":
            out += f"#raw({json.dumps(inline['c'][1])})"
        elif kind == "Link":
            out += f"#link({json.dumps(inline['c'][2][0])})[{_typst(inline['c'][1])}]"
        elif kind == "Note":
            out += f"#footnote[{_typst(inline['c'][0]['c'])}]"
        elif kind == "Str":
            out += "".join(f"\\{c}" if c in "#$*_`<>@[]\\-=+/~" else c for c in inline["c"])
        else:
            out += " "
    return out
