"""What is known of a document at the head of its Markdown, as YAML between two lines of hyphens.

Written as YAML 1.2, of which every JSON text is one: strings are those of JSON, so that no title
ends the head, begins a tag, or is read as a number.
"""

import json
from collections.abc import Mapping

# Line ends to YAML (1.1, section 5.4), and what it does not take as it stands (1.2, section 5.1).
_ODD = {
    code: f"\\u{code:04x}" for code in (*range(0x7F, 0xA0), 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF)
}


def with_front_matter(markdown: str, facts: Mapping[str, str | int | None]) -> str:
    """`markdown` behind `facts`, in their order; what is None or empty is left out."""
    lines = [
        f"{name}: {json.dumps(value, ensure_ascii=False).translate(_ODD)}\n"
        for name, value in facts.items()
        if value not in {None, ""}
    ]
    return f"---\n{''.join(lines)}---\n\n{markdown}" if lines else markdown
