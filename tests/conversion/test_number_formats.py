"""Numbers as spreadsheets show them, by the codes of their formats."""

import time

import pytest

from documents.conversion.readers.number_formats import formatter, text_formatter

DAY = 46096  # 15 March 2026, a Sunday


def shown(value, code, **kind):
    return formatter(code, **kind)(value)


@pytest.mark.parametrize(
    ("code", "value", "text"),
    [
        ("General", 0.1 + 0.2, "0.3"),
        ("General", 1 / 3, "0.333333333333333"),
        ("General", 1234567890123456, "1234567890123456"),
        ("General", 0.0000001, "0.0000001"),
        ("0", 1.234567890123457e17, "123456789012346000"),
        ("0.0%", 0.075, "7.5%"),
        ("0%", 0.995, "100%"),
        ("00000", 42, "00042"),
        ("0.00", 2.675, "2.68"),
        ("0.##", 5.5, "5.5"),
        ("#.##", 5, "5"),
        (".00", 0.5, ".50"),
        ("#,##0", 1234567, "1,234,567"),
        ("#,##0.0#", 1234.5, "1,234.5"),
        ("0.0,,", 12345678, "12.3"),
        ('0.0,," M"', 12345678, "12.3 M"),
        ("# ##0.0", 1234.5, "1 234.5"),
        ("000-00-0000", 123456789, "123-45-6789"),
        ("(000) 000-0000", 5551234567, "(555) 123-4567"),
    ],
)
def test_a_number_has_the_digits_its_format_asks_for(code, value, text):
    assert shown(value, code) == text


@pytest.mark.parametrize(
    ("code", "value", "text"),
    [
        ('"$"#,##0.00', 1234.5, "$1,234.50"),
        ("#,##0.00 [$€-407]", 1234.5, "1,234.50 €"),
        ("[$€-2] #,##0", -5, "-€ 5"),
        ('_("$"* #,##0.00_);_("$"* (#,##0.00);_("$"* "-"??_);_(@_)', -3, "$ (3.00)"),
        ('_("$"* #,##0.00_);_("$"* (#,##0.00);_("$"* "-"??_);_(@_)', 0, "$ -"),
        ('General" km"', 12.5, "12.5 km"),
    ],
)
def test_an_amount_keeps_its_currency_or_unit(code, value, text):
    assert shown(value, code) == text


@pytest.mark.parametrize(
    ("code", "value", "text"),
    [
        ("0;[Red](0)", -12, "(12)"),
        ("0.00", -0.5, "-0.50"),
        ('"yes";"no";"none"', 0, "none"),
        ('[>=1000]0.0," k";0', 1500, "1.5 k"),
        ('[>=1000]0.0," k";0', -5, "-5"),
        ("[<=9999999]###-####;(###) ###-####", 5551234, "555-1234"),
        ('[=1]"yes";[=0]"no";0', 1, "yes"),
        ("[Color10]0", 3, "3"),
        (";;;", 5, ""),
    ],
)
def test_the_section_counts_that_fits_the_value(code, value, text):
    assert shown(value, code) == text


@pytest.mark.parametrize(
    ("code", "value", "text"),
    [
        ("0.00E+00", 12345.678, "1.23E+04"),
        ("##0.0E+0", 12345.678, "12.3E+3"),
        ("0.0E+0", 9.99, "1.0E+1"),
        ("0.000E+00", 0, "0.000E+00"),
        ("# ?/?", 2.75, "2 3/4"),
        ("# ??/??", 0.3125, "5/16"),
        ("?/8", 0.5, "4/8"),
        ("# ??/16", 1.5, "1 8/16"),
        ("# ?/?", 3, "3"),
    ],
)
def test_powers_and_fractions_are_written_as_such(code, value, text):
    assert shown(value, code) == text


@pytest.mark.parametrize(
    ("code", "value", "text"),
    [
        ("dd/mm/yyyy", DAY, "15/03/2026"),
        ("d. mmmm yyyy", DAY, "15. March 2026"),
        ("dddd, d mmm yy", DAY, "Sunday, 15 Mar 26"),
        ("yyyy-mm-dd hh:mm:ss", DAY + 0.5, "2026-03-15 12:00:00"),
        ("h:mm AM/PM", 0.75, "6:00 PM"),
        ("hh:mm", 0.6041666666666666, "14:30"),
        ("mm:ss.0", 0.000717592, "01:02.0"),
        ("[$-407]d. mmmm yyyy", DAY, "15. März 2026"),
        ("[$-40C]dddd d mmmm", DAY, "dimanche 15 mars"),
        ("[$-fr-FR]d mmmm", DAY, "15 mars"),
        ("[$-1010409]d mmmm", DAY, "15 March"),
        ("[$-F800]dddd, mmmm dd, yyyy", DAY, "2026-03-15"),
        ("d/m/yyyy", 60, "29/2/1900"),
        ("d/m/yyyy", 1, "1/1/1900"),
    ],
)
def test_days_become_dates_and_times(code, value, text):
    assert shown(value, code) == text


def test_durations_go_on_over_a_day_where_their_unit_stands_in_brackets():
    assert shown(1.510416666666667, "[h]:mm") == "36:15"
    assert shown(0.05, "[mm]:ss") == "72:00"
    assert shown(-0.5, "[h]:mm:ss") == "-12:00:00"
    assert shown(1.5, "h:mm") == "12:00"


def test_days_count_from_1904_where_the_workbook_says_so():
    assert shown(DAY - 1462, "yyyy-mm-dd", is_1904=True) == "2026-03-15"
    assert shown(1.5, "[h]:mm", is_1904=True) == "36:00"


def test_what_is_no_date_stays_the_number_it_is():
    assert shown(-1, "yyyy-mm-dd") == "-1"
    assert shown(1e12, "yyyy-mm-dd") == "1000000000000"


def test_a_format_may_say_something_around_texts():
    assert text_formatter('"No. "@')("7") == "No. 7"
    assert text_formatter(";;;")("secret") == ""
    assert text_formatter("0.00") is None
    assert text_formatter("@") is None


@pytest.mark.parametrize(
    "code", ["", ";", "[", '"', "\\", "_", "*", "E+", "0E+", "/", "?/", "[>]0", "[$", "%", ",", "."]
)
@pytest.mark.parametrize("value", [0.0, -1.5, 1e308, 1e-308, float("inf"), float("nan")])
def test_odd_codes_and_values_break_nothing(code, value):
    assert isinstance(shown(value, code), str)
    assert isinstance(shown(value, f"0{code}0"), str)


def test_long_codes_take_no_longer_than_they_are_long():
    started = time.process_time()

    for piece in ("0", "#,", "?/", '"a"', "[h]", "0.", "E+", "\\", "mmm "):
        shown(1234.5, piece * 50_000)

    assert time.process_time() - started < 2
