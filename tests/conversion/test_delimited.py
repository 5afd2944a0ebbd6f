"""Delimited text: its table, and what stands before and after it."""

import pytest

from .workbooks import lines, reading, tables

TABLE = [["Date", "Station", "Rain"], ["2026-04-03", "Kiel, harbour", "4.20"], ["x", "y", "z"]]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "table.csv"


def delimited(delimiter):
    return "".join(
        delimiter.join(f'"{cell}"' if delimiter in cell else cell for cell in row) + "\n"
        for row in TABLE
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_lines_before_a_table_are_text(delimiter, path):
    path.write_text(f"Weather export\nmade by a station\n\n{delimited(delimiter)}")

    assert lines(path) == ["Weather export", "made by a station"]
    assert tables(path) == [TABLE]


def test_lines_before_a_table_may_hold_its_delimiter(path):
    path.write_text(f"Export of 3 May, 2026\n\n{delimited(',')}")

    assert lines(path) == ["Export of 3 May, 2026"]
    assert tables(path) == [TABLE]


def test_three_lines_of_the_same_shape_are_a_table_of_their_own(path):
    path.write_text("k;v\na;1\nb;2\n\nA;B;C;D;E;F\n" + "1;2;3;4;5;6\n" * 8)

    assert tables(path)[0] == [["k", "v"], ["a", "1"], ["b", "2"]]
    assert len(tables(path)) == 2


def test_lines_after_a_table_are_text(path):
    path.write_text(delimited(",") + "\nEnd of the export\n")

    assert tables(path) == [TABLE]
    assert lines(path) == ["End of the export"]


def test_a_header_with_an_empty_corner_stays_the_header(path):
    path.write_text(",Euro\nRent,700\nFood,300\n")

    assert tables(path) == [[["", "Euro"], ["Rent", "700"], ["Food", "300"]]]


def test_decimal_commas_and_zeros_in_front_are_left_alone(path):
    path.write_text("No;Price\n007;1.234,50\n008;5,90\n")

    assert tables(path) == [[["No", "Price"], ["007", "1.234,50"], ["008", "5,90"]]]


def test_a_file_of_one_column_is_one_table(path):
    path.write_text("mail\nina@example.org\nolu@example.org\n")

    assert tables(path) == [[["mail"], ["ina@example.org"], ["olu@example.org"]]]


def test_the_delimiter_counts_that_the_first_line_names(path):
    path.write_text("sep=|\na|b,c\nd|e,f\n")

    assert tables(path) == [[["a", "b,c"], ["d", "e,f"]]]


def test_the_text_of_the_file_is_there_to_compare_with(path):
    path.write_text("a,b\n1,2\n")

    assert reading(path).source_text == "a,b\n1,2"
