"""Markdown read back by markdown-it-py: what a reader of ours would call its blocks."""

from markdown_it import MarkdownIt

# Notes look like definitions of links to a parser that knows no notes.
PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable("reference")


def blocks_of(markdown):  # noqa: C901
    """(kind, text, detail) of each block; the detail is what parts it from others of its kind."""
    found = []
    lists = []
    rows = None
    marker = None
    for token in PARSER.parse(markdown):
        kind = token.type
        if kind in {"bullet_list_open", "ordered_list_open"}:
            lists.append(kind)
        elif kind in {"bullet_list_close", "ordered_list_close"}:
            lists.pop()
        elif kind == "list_item_open":
            marker = f"{token.info}{token.markup}" if token.info else "-"
            found.append(("item", "", (len(lists) - 1, marker)))
        elif kind == "list_item_close":
            marker = None
        elif kind == "heading_open":
            found.append(("heading", None, int(token.tag[1])))
        elif kind == "paragraph_open" and marker is None:
            found.append(("paragraph", None, None))
        elif kind == "table_open":
            rows = []
        elif kind == "tr_open":
            rows.append([])
        elif kind == "table_close":
            found.append(("table", rows, None))
            rows = None
        elif kind == "inline":
            text = shown(token)
            if rows is not None:
                rows[-1].append(text)
            else:
                found[-1] = (found[-1][0], text, found[-1][2])
                marker = None
        elif kind == "fence":
            found.append(("code", token.content.rstrip("\n"), token.info))
        elif kind == "hr":
            found.append(("rule", "", None))
        elif kind in {"html_block", "code_block"}:
            found.append((kind, token.content.strip(), None))
    return found


def shown(token):
    """The words that people see, with line breaks."""
    return "".join(text for text, _ in styled(token))


def styled(token):
    """Pieces of text with the styles that a parser gives them."""
    names = {"strong": "bold", "em": "italic", "s": "strike", "link": "link"}
    styles = []
    for child in token.children or []:
        name, _, turn = child.type.rpartition("_")
        if turn == "open" and name in names:
            styles.append(names[name])
        elif turn == "close" and name in names:
            styles.remove(names[name])
        elif child.type == "code_inline":
            yield child.content, frozenset({*styles, "code"})
        elif child.type in {"hardbreak", "softbreak"}:
            yield "\n", frozenset(styles)
        elif child.type == "html_inline":
            yield "\n" * (child.content == "<br>"), frozenset(styles)
        elif child.content:
            yield child.content, frozenset(styles)
