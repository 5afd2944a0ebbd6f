"""Names of months and days as dates in spreadsheets show them, by language.

Which language a format is in stands in its code: [$-407] is German of Germany, whose last ten bits
say German ([MS-LCID] 2.1). Languages that are not here have their dates with English names.
"""

MONTHS = {
    0x07: "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    0x09: "January February March April May June July August September October November December",
    0x0A: "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre"
    " diciembre",
    0x0C: "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    0x10: "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre"
    " dicembre",
    0x13: "januari februari maart april mei juni juli augustus september oktober november december",
    0x16: "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro"
    " dezembro",
}
# From Saturday on, which is the day 0 of the 1900 system.
DAYS = {
    0x07: "Samstag Sonntag Montag Dienstag Mittwoch Donnerstag Freitag",
    0x09: "Saturday Sunday Monday Tuesday Wednesday Thursday Friday",
    0x0A: "sábado domingo lunes martes miércoles jueves viernes",
    0x0C: "samedi dimanche lundi mardi mercredi jeudi vendredi",
    0x10: "sabato domenica lunedì martedì mercoledì giovedì venerdì",
    0x13: "zaterdag zondag maandag dinsdag woensdag donderdag vrijdag",
    0x16: "sábado domingo segunda-feira terça-feira quarta-feira quinta-feira sexta-feira",
}
ENGLISH = 0x09


def names(language: int) -> tuple[list[str], list[str]]:
    """The months and the days of the week in the language of a Windows language number."""
    primary = language & 0x3FF
    if primary not in MONTHS:
        primary = ENGLISH
    return MONTHS[primary].split(), DAYS[primary].split()
