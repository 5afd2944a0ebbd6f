"""The known text of the sample documents: every sample is written from this, and judged by it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Heading:
    level: int
    text: str


@dataclass(frozen=True)
class Paragraph:
    text: str


@dataclass(frozen=True)
class Link:
    """A paragraph with one hyperlink in it."""

    before: str
    text: str
    url: str
    after: str


@dataclass(frozen=True)
class Items:
    items: tuple[str, ...]
    ordered: bool = False


@dataclass(frozen=True)
class Table:
    """Rows of cells; the first row is the header."""

    rows: tuple[tuple[str, ...], ...]


Block = Heading | Paragraph | Link | Items | Table

REPORT: tuple[Block, ...] = (
    Heading(1, "Harbour Water Report"),
    Paragraph(
        "This report describes the quality of the water in the harbour of Port Lindqvist during "
        "the past year. It was written for the harbour board and for everyone who swims, fishes "
        "or works on the quays. The measurements were taken by volunteers and checked by the "
        "district laboratory."
    ),
    Heading(2, "Summary of findings"),
    Paragraph(
        "The water was clean enough for swimming on 318 of 365 days. Two storms in March washed "
        "soil into the northern basin, and the concentration of nitrate rose above the limit for "
        "nine days. No toxic algae were found. The naïve estimate made in January – a loss of "
        "€40,000 for the oyster farms – turned out to be too high."
    ),
    Items(
        (
            "Swimming was allowed on 318 days",
            "Nitrate exceeded the limit for nine days in March",
            "Oyster farms lost less than a quarter of the estimate",
        )
    ),
    Heading(2, "How the samples were taken"),
    Paragraph(
        "Every sample was taken at a depth of half a metre, between seven and nine in the "
        "morning, before the first ferry arrived. Bottles were rinsed three times and kept cool "
        "until they reached the laboratory. A second sample was frozen as a reserve."
    ),
    Items(
        (
            "Rinse the bottle three times with harbour water",
            "Fill it half a metre below the surface",
            "Write date, time and station on the label",
        ),
        ordered=True,
    ),
    Heading(3, "Stations and results"),
    Paragraph(
        "The table lists the yearly mean of each station. The limit for nitrate is 25 milligrams "
        "per litre; the limit for coliform bacteria is 500 per decilitre."
    ),
    Table(
        (
            ("Station", "Nitrate mg/l", "Coliforms", "Verdict"),
            ("North basin", "18.4", "120", "good"),
            ("Ferry pier", "11.2", "310", "fair"),
            ("Oyster bank", "6.9", "45", "excellent"),
            ("River mouth", "22.7", "480", "poor"),
        )
    ),
    Heading(2, "What should be done next"),
    Paragraph(
        "The board should plant reeds along the northern shore, because reeds hold the soil when "
        "it rains. The drain under the fish market needs a new valve before the winter. Sampling "
        "should continue at all four stations, and the results should be published every month."
    ),
    Link(
        "Earlier reports and the raw measurements are kept in the ",
        "public archive",
        "https://example.org/harbour/archive",
        " of the district, where anyone may read them.",
    ),
)

# Columns on purpose wider apart than a word space; ~ marks where a word may be broken.
ARTICLE_TITLE = "Reading Order in Two Columns"
ARTICLE = (
    "People read a page with two columns from top to bottom and only then go on to the right. "
    "A program that follows the lines straight across mixes both stories into one that nobody "
    "wrote. This article exists to find out whether a conver~sion keeps the columns apart.",
    "The first column speaks about gardens. Tomatoes want warm soil and plenty of light, while "
    "lettuce prefers a cool corner. Experi~enced gardeners water early in the morning, so that "
    "the leaves are dry before the sun is high. Snails come out at night and love young beans.",
    "Compost is made from leaves, grass and kitchen waste. It needs air, moisture and patience. "
    "After one summer it smells of forest soil, and the gardener spreads it around the roses "
    "and under the apple trees before the frost arrives.",
    "The second column speaks about clocks. A pendulum clock loses time when the room is warm, "
    "because the rod grows longer. Clock~makers therefore combined steel with brass, and later "
    "used an alloy that hardly expands. Ships carried spring clocks instead of pendulums.",
    "A good ship clock had to run for months without losing a minute, or the naviga~tors would "
    "miss an island. The best makers needed forty years to build one. Today every telephone "
    "receives the time from satellites and is never wrong by more than a blink.",
    "Nothing connects the gardens with the clocks except this page. If both appear in the right "
    "sequence, the layout has been under~stood; if tomatoes are followed by pendulums in the "
    "same sentence, it has not.",
)

SCAN_TITLE = "Minutes of the Garden Club"
SCAN = (
    "The meeting was opened at seven in the evening by the president. Fourteen members were "
    "present and two had sent their apologies. The minutes of the last meeting were read aloud "
    "and approved without changes.",
    "The treasurer reported that the club owns 1,240 dollars. The greenhouse roof was repaired "
    "in April for 310 dollars, and the sale of seedlings brought in 525 dollars. The members "
    "thanked the treasurer for her careful work.",
    "It was decided to plant forty fruit trees along the old railway line in October. Each "
    "member will look after at least two trees during the first three summers. The school has "
    "promised to help with digging and watering.",
    "The next meeting takes place on the second Tuesday of September. Members who want to "
    "suggest a topic should write to the secretary before the end of August.",
)
SCAN_SECOND_PAGE = (
    "List of members who offered their help with the railway garden. Every group starts at nine "
    "in the morning and brings its own tools. Gloves and coffee are provided by the club.",
    "The first group digs the holes between the bridge and the station. The second group plants "
    "the apple trees, and the third group waters them and builds the fence against the deer.",
)

MIXED = (
    "This first page has a text layer; the page after it is only a picture. The archive was "
    "scanned in two summers by students, who wrote down what they could not read."
)

SLIDES = (
    (
        "Project Lighthouse",
        ("Kick-off meeting of the restoration team", "Budget and schedule", "Open questions"),
    ),
    (
        "What the tower needs",
        ("A new lamp with a modern lens", "Paint that withstands salt", "A safe staircase"),
    ),
    ("Costs by year", ()),
)
SLIDE_TABLE = Table(
    (
        ("Year", "Masonry", "Lamp"),
        ("2024", "12,500", "3,200"),
        ("2025", "8,900", "14,750"),
    )
)

WORKBOOK = {
    "Inventory": Table(
        (
            ("Item", "Quantity", "Price", "Shelf"),
            ("Copper kettle", "14", "39.5", "A1"),
            ("Tea towel | striped", "120", "4.25", "B3"),
            ("Cast iron pan", "9", "55", "A2"),
            ("Wooden spoon", "300", "1.8", "C7"),
        )
    ),
    "Suppliers": Table(
        (
            ("Supplier", "City", "Since"),
            ("Nordlys Trading", "Tromsø", "2009"),
            ("Casa Ibáñez", "Zaragoza", "2016"),
        )
    ),
}

BOOK = (
    (
        "The ferry",
        "The ferry left at six in the morning, and nobody on board had slept well. The wind came "
        "from the north, and the harbour lights went out behind them one after the other.",
    ),
    (
        "The island",
        "On the third day they saw land. It was lower than they had thought, and greener, and a "
        "woman with a red scarf stood on the only quay and waved with both arms.",
    ),
)
CONTACT = (
    "FN:Maria Jensen",
    "ORG:Nordlys Trading",
    "TEL;TYPE=work:+47 77 60 00 00",
    "EMAIL:maria.jensen@example.org",
    "ADR;TYPE=work:;;Storgata 14;Tromsø;;9008;Norway",
    "NOTE:Answers on weekdays before noon",
)
CONTACT_TEXT = """Maria Jensen
Organization: Nordlys Trading
Telephone (work): +47 77 60 00 00
E-mail: maria.jensen@example.org
Address (work): Storgata 14, Tromsø, 9008, Norway
Note: Answers on weekdays before noon"""
MEETING_NAME = "Yearly meeting of the harbour board"
MEETING = (
    f"SUMMARY:{MEETING_NAME}",
    "DTSTART:20241114T090000Z",
    "DTEND:20241114T113000Z",
    "LOCATION:Old customs house",
    "DESCRIPTION:Water report\\, budget\\, and the new quay",
)
MEETING_TEXT = f"""{MEETING_NAME}
Start: 2024-11-14 09:00 UTC
End: 2024-11-14 11:30 UTC
Place: Old customs house
Description: Water report, budget, and the new quay"""
DRAWING = (
    "Plan of the northern basin",
    "Station one at the quay",
    "Station two behind the breakwater",
    "Depth in metres",
)

EMAIL_SUBJECT = "Change of the delivery date"
EMAIL_FROM = "Maria Jensen <maria.jensen@example.org>"
EMAIL_TO = "Orders <orders@example.com>"
EMAIL = (
    "Dear colleagues,",
    "the kettles we ordered in spring will arrive on 14 November instead of 2 November. The "
    "carrier told us that the bridge near Narvik is closed, so every lorry has to take the "
    "longer road along the coast.",
    "Please tell the shops in Bergen and Oslo, and move the advertisement by two weeks. The "
    "price stays at 39.50 euros for each kettle.",
    "Kind regards, Maria Jensen",
)

NOTES = (
    "Notes for the night shift. The boiler in the east wing must be checked every two hours, "
    "because the pressure falls slowly after midnight. If the needle drops below three bar, "
    "open the red valve for ten seconds and write the time into the log book.",
    "The crème brûlée for the café is stored in the second refrigerator – do not move it. "
    "Deliveries arrive at half past five; the gate code was changed on Monday and is known to "
    "the porter. In an emergency call the engineer “on duty”, not the office.",
)

HEBREW_TITLE = "דוח שנתי"
HEBREW = (
    "הספרייה העירונית נפתחה מחדש בחודש מאי לאחר שיפוץ של שנתיים.",
    "באולם הקריאה יש עכשיו מאה ועשרים מקומות ישיבה וחלונות גדולים.",
)
ARABIC_TITLE = "التقرير السنوي"
ARABIC = (
    "افتتحت المكتبة العامة من جديد في شهر مايو بعد عامين من الترميم.",
    "توجد الآن في قاعة القراءة مئة وعشرون مقعدا ونوافذ كبيرة.",
)
RIGHT_TO_LEFT: tuple[Block, ...] = (
    Heading(1, HEBREW_TITLE),
    *(Paragraph(text) for text in HEBREW),
    Heading(1, ARABIC_TITLE),
    *(Paragraph(text) for text in ARABIC),
)


def plain_text(blocks: tuple[Block, ...]) -> str:
    """The words of `blocks` in reading order, one block or table row a line."""
    lines: list[str] = []
    for block in blocks:
        match block:
            case Heading() | Paragraph():
                lines.append(block.text)
            case Link():
                lines.append(block.before + block.text + block.after)
            case Items():
                lines.extend(block.items)
            case Table():
                lines.extend(" ".join(row) for row in block.rows)
    return "\n".join(lines)
