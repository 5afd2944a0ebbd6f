"""Presentations of PowerPoint: what people see on a slide stands in the blocks, once, in order."""

import zipfile

import pytest
from pptx.oxml.ns import qn
from pptx.util import Pt

from documents.conversion import errors
from documents.conversion.document import (
    Code,
    Formula,
    Heading,
    ListItem,
    Paragraph,
    Table,
    plain,
)
from tests.conversion.slide_files import (
    BLANK,
    COMPARISON,
    TITLE,
    TITLE_AND_CONTENT,
    TITLE_ONLY,
    add_slide,
    add_text,
    add_xml,
    presentation,
    read_file,
    read_slides,
)


@pytest.fixture
def slides():
    return presentation()


@pytest.fixture
def read(slides, tmp_path):
    return lambda: read_slides(slides, tmp_path / "slides.pptx")


def texts(document, part="body"):
    return [plain(b.spans) for b in document.blocks if hasattr(b, "spans") and b.part == part]


def the(document, kind):
    (block,) = [block for block in document.blocks if isinstance(block, kind)]
    return block


def paragraphs(shape, *markups):
    """Replace the paragraphs of a shape."""
    body = shape.text_frame._txBody
    for old in list(shape.text_frame.paragraphs):
        body.remove(old._p)
    return [add_xml(body, f"<a:p>{markup}</a:p>") for markup in markups]


def text(words, properties=""):
    return f"{properties}<a:r><a:t>{words}</a:t></a:r>"


def test_every_slide_is_a_page_of_its_size(slides, read):
    add_slide(slides)
    add_slide(slides)

    pages = read().pages

    assert [(page.number, page.width, page.height) for page in pages] == [
        (1, 720, 540),
        (2, 720, 540),
    ]


def test_the_title_comes_first_wherever_it_is_stored_or_stands(slides, read):
    slide = add_slide(slides, TITLE_ONLY)
    add_text(slide, "above", 10, 0)
    slide.shapes.title.text_frame.text = "Pumps"
    slide.shapes._spTree.append(slide.shapes.title._element)

    assert texts(read()) == ["Pumps", "above"]


def test_titles_lie_below_that_of_a_title_slide(slides, read):
    add_slide(slides, TITLE).shapes.title.text_frame.text = "All about pumps"
    add_slide(slides, TITLE_ONLY).shapes.title.text_frame.text = "Repair"

    document = read()

    assert [block.level for block in document.blocks] == [1, 2]
    assert document.title == "All about pumps"


def test_an_empty_title_says_nothing(slides, read):
    slide = add_slide(slides, TITLE_AND_CONTENT)
    slide.placeholders[1].text_frame.text = "Order parts"

    (block,) = read().blocks

    assert isinstance(block, ListItem)


def test_columns_are_read_one_after_the_other_when_stored_across(slides, read):
    slide = add_slide(slides)
    add_text(slide, "After", 400, 100)
    add_text(slide, "Before", 50, 100)
    add_text(slide, "quiet", 400, 150)
    add_text(slide, "loud", 50, 150)

    assert texts(read()) == ["Before", "loud", "After", "quiet"]


def test_a_placeholder_stands_where_its_layout_puts_it(slides, read):
    slide = add_slide(slides, COMPARISON)
    for index, words in ((3, "After"), (4, "quiet"), (1, "Before"), (2, "loud")):
        slide.placeholders[index].text_frame.text = words

    document = read()

    assert texts(document) == ["Before", "loud", "After", "quiet"]
    assert all(block.box is not None for block in document.blocks)


def test_a_group_is_read_as_one_where_its_scale_puts_it(slides, read):
    slide = add_slide(slides)
    add_text(slide, "below", 50, 300)
    group = slide.shapes.add_group_shape()
    add_text(group, "right", 3000, 0)
    add_text(group, "left", 0, 0)
    place = group._element.grpSpPr.find(qn("a:xfrm"))
    for name, (x, y) in {"off": (50, 50), "chOff": (0, 0)}.items():
        place.find(qn(f"a:{name}")).set("x", str(Pt(x)))
        place.find(qn(f"a:{name}")).set("y", str(Pt(y)))
    for name, (width, height) in {"ext": (320, 4), "chExt": (3200, 40)}.items():
        place.find(qn(f"a:{name}")).set("cx", str(Pt(width)))
        place.find(qn(f"a:{name}")).set("cy", str(Pt(height)))

    blocks = read().blocks

    assert [plain(block.spans) for block in blocks] == ["left", "right", "below"]
    assert [round(block.box.left) for block in blocks] == [50, 350, 50]


def test_text_is_kept_when_groups_lie_very_deep_in_each_other(slides, read):
    holder = add_slide(slides)
    for _ in range(120):
        holder = holder.shapes.add_group_shape()
    add_text(holder, "deep", 0, 0)

    assert texts(read()) == ["deep"]


def test_a_body_is_a_list_where_its_master_shows_bullets(slides, read):
    frame = add_slide(slides, TITLE_AND_CONTENT).placeholders[1].text_frame
    frame.text = "Order parts\ngasket\nBook the crane"
    frame.paragraphs[1].level = 1

    assert [(b.marker, b.depth) for b in read().blocks] == [("-", 0), ("-", 1), ("-", 0)]


def test_a_body_is_text_where_its_layout_shows_no_bullets(slides, read):
    slide = add_slide(slides, TITLE)
    slide.placeholders[1].text_frame.text = "A subtitle"
    other = add_slide(slides, TITLE_AND_CONTENT)
    paragraphs(other.placeholders[1], text("plain", "<a:pPr><a:buNone/></a:pPr>"))

    assert [type(block) for block in read().blocks] == [Paragraph, Paragraph]


def test_numbers_stand_as_powerpoint_shows_them(slides, read):
    def numbered(words, kind, level=0, start=1):
        return text(
            words,
            f'<a:pPr lvl="{level}"><a:buAutoNum type="{kind}" startAt="{start}"/></a:pPr>',
        )

    paragraphs(
        add_text(add_slide(slides), "", 0, 0),
        numbered("a", "arabicPeriod"),
        numbered("b", "alphaLcParenBoth", 1, 3),
        numbered("c", "alphaLcParenBoth", 1, 3),
        numbered("d", "arabicPeriod"),
        text("between"),
        numbered("e", "arabicPeriod"),
        numbered("f", "romanUcParenR", 0, 4),
    )

    markers = [block.marker for block in read().blocks if isinstance(block, ListItem)]

    assert markers == ["1.", "(c)", "(d)", "2.", "1.", "IV)"]


def test_what_is_indented_like_an_item_belongs_to_it(slides, read):
    paragraphs(
        add_text(add_slide(slides), "", 0, 0),
        text("item", '<a:pPr marL="100"><a:buChar char="•"/></a:pPr>'),
        text("more", '<a:pPr marL="100" indent="0"><a:buNone/></a:pPr>'),
        text("after", '<a:pPr marL="0" indent="0"><a:buNone/></a:pPr>'),
    )

    assert [block.inside for block in read().blocks] == [0, 1, 0]


@pytest.mark.parametrize(
    ("bullet", "words", "checked"),
    [("•", "☐ todo", False), ("☑", "todo", True), ("•", "todo", None)],
)
def test_an_item_shows_the_state_of_its_box(slides, read, bullet, words, checked):
    paragraphs(
        add_text(add_slide(slides), "", 0, 0),
        text(words, f'<a:pPr><a:buChar char="{bullet}"/></a:pPr>'),
    )

    item = the(read(), ListItem)

    assert (plain(item.spans), item.checked) == ("todo", checked)


def test_runs_keep_their_style_and_links(slides, read):
    box = add_text(add_slide(slides), "x", 0, 0)
    run = box.text_frame.paragraphs[0].runs[0]
    run.hyperlink.address = "https://example.org/"
    add_xml(box.text_frame.paragraphs[0]._p, '<a:r><a:rPr baseline="30000"/><a:t>2</a:t></a:r>')
    add_xml(box.text_frame.paragraphs[0]._p, '<a:r><a:rPr baseline="-25000"/><a:t>i</a:t></a:r>')
    add_xml(
        box.text_frame.paragraphs[0]._p, '<a:r><a:rPr b="1" strike="sngStrike"/><a:t>o</a:t></a:r>'
    )

    first, raised, lowered, struck = read().blocks[0].spans

    assert first.link == "https://example.org/"
    assert raised.raised
    assert lowered.lowered
    assert struck.bold
    assert struck.strike


def test_text_in_fixed_letters_is_code_with_its_lines(slides, read):
    font = '<a:rPr><a:latin typeface="Courier New"/></a:rPr>'
    lines = [f"<a:r>{font}<a:t>{line}</a:t></a:r>" for line in ("def f():", "    return 1")]
    paragraphs(add_text(add_slide(slides), "", 0, 0), *lines)

    assert the(read(), Code).text == "def f():\n    return 1"


def test_a_formula_is_latex(slides, read):
    formula = "<a14:m><m:oMath><m:r><m:t>a+b</m:t></m:r></m:oMath></a14:m>"
    paragraphs(add_text(add_slide(slides), "", 0, 0), formula)

    assert the(read(), Formula).text == "a+b"


def test_the_newer_form_of_a_shape_counts_when_there_are_two(slides, read):
    slide = add_slide(slides)
    shape = (
        '<p:sp><p:nvSpPr><p:cNvPr id="{0}" name=""/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr/>'
        "<p:txBody><a:bodyPr/><a:p><a:r><a:t>{1}</a:t></a:r></a:p></p:txBody></p:sp>"
    )
    add_xml(
        slide.shapes._spTree,
        f'<mc:AlternateContent><mc:Choice Requires="a14">{shape.format(20, "new")}</mc:Choice>'
        f"<mc:Fallback>{shape.format(20, 'old')}</mc:Fallback></mc:AlternateContent>",
    )

    assert texts(read()) == ["new"]


def test_a_slide_that_is_missing_leaves_its_page(slides, tmp_path):
    add_text(add_slide(slides), "here", 0, 0)
    add_slide(slides, BLANK)
    slides.save(str(tmp_path / "whole.pptx"))
    path = tmp_path / "slides.pptx"
    with zipfile.ZipFile(tmp_path / "whole.pptx") as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            if name != "ppt/slides/slide2.xml":
                new.writestr(name, old.read(name))

    document = read_file(path).document

    assert texts(document) == ["here"]
    assert [page.unread for page in document.pages] == [False, True]


def test_the_bare_text_holds_what_people_see(slides, tmp_path):
    slide = add_slide(slides)
    add_text(slide, "one\ntwo", 0, 0)
    add_text(slide, "secret", 0, 0)._element.nvSpPr.cNvPr.set("hidden", "1")
    hidden = add_slide(slides)
    add_text(hidden, "hidden", 0, 0)
    hidden._element.set("show", "0")
    slides.save(str(tmp_path / "a.pptx"))

    assert read_file(tmp_path / "a.pptx").source_text.split() == ["one", "two"]


def test_a_file_without_a_presentation_is_refused(tmp_path):
    path = tmp_path / "empty.pptx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "nothing")

    with pytest.raises(errors.EngineError):
        read_file(path)


def test_numbers_that_nobody_means_do_no_harm(slides, read):
    slide = add_slide(slides)
    table = slide.shapes.add_table(2, 2, 0, 0, Pt(300), Pt(90)).table
    table.cell(0, 0).text = "a"
    table.cell(0, 0)._tc.set("gridSpan", "9" * 30)
    box = add_text(slide, "far", 0, 0)
    box._element.spPr.xfrm.off.set("x", "9" * 300)
    box._element.spPr.xfrm.set("rot", "9" * 40)

    document = read()

    assert the(document, Table).rows[0][0].column_span == 1000
    assert isinstance(document.blocks[0], (Table, Paragraph, Heading))
