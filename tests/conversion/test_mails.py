"""Mails: who wrote to whom, what they wrote, and everything that is attached."""

import email.policy
import struct
from email.message import EmailMessage
from types import SimpleNamespace

import pytest

from documents.conversion import errors, pipeline
from documents.conversion.options import ConversionOptions
from documents.conversion.readers import mail, mail_rtf, mail_text
from documents.conversion.writer import to_markdown
from documents.samples.compound import write_compound

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


def read(tmp_path, data, name="a.eml"):
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.as_bytes())
    with pipeline._budget():
        reading = mail.read(path, name, ConversionOptions(), lambda *_: None, format_name=name[-3:])
    return SimpleNamespace(
        markdown=to_markdown(reading.document).strip(),
        warnings=reading.document.warnings,
        document=reading.document,
    )


def make_mail(text=None, html=None, subject="Bolts", **headers):
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"] = headers.get("From", "Ines <ines@example.org>")
    message["To"] = headers.get("To", "lars@example.org")
    message["Subject"] = subject
    if text is not None:
        message.set_content(text)
    if html is not None and text is None:
        message.set_content(html, subtype="html")
    elif html is not None:
        message.add_alternative(html, subtype="html")
    return message


def body(tmp_path, data, name="a.eml"):
    """What stands below the header of a mail."""
    return read(tmp_path, data, name).markdown.split("\n\n", 2)[2]


def test_the_header_names_the_subject_and_everybody(tmp_path):
    message = make_mail("Hello.", subject="Bestätigung – Zimmer", To="Jörg Müller <j@example.org>")
    message["Cc"] = "office@example.org"
    message["Date"] = "Tue, 03 Feb 2026 09:15:00 +0100"

    result = read(tmp_path, message)

    assert result.document.title == "Bestätigung – Zimmer"
    assert result.markdown == (
        "# Bestätigung – Zimmer\n\nFrom: Ines <ines@example.org>\\\n"
        "To: Jörg Müller <j@example.org>\\\nCc: office@example.org\\\n"
        "Date: Tue, 03 Feb 2026 09:15:00 +0100\n\nHello."
    )


def test_the_html_part_is_the_mail(tmp_path):
    html = "<p>Bolts: <b>40</b></p><table><tr><td>Size<td>M8</table>"

    assert body(tmp_path, make_mail("Bolts: 40", html)) == (
        "Bolts: **40**\n\n| Size | M8 |\n| --- | --- |"
    )


def test_the_plain_part_is_the_mail_where_the_html_says_next_to_nothing(tmp_path):
    text = "We ordered forty bolts of size eight in March and wait for them."

    assert body(tmp_path, make_mail(text, "<p>See online.</p>")) == text


def test_quoted_replies_are_quotes_in_text_and_in_html(tmp_path):
    text = "Fine.\n\nAda wrote:\n> Shall we?\n>> Maybe.\n> Yes.\n"
    html = '<p>Fine.</p><div class="gmail_quote">Ada wrote:<blockquote>Shall we?</blockquote></div>'

    assert body(tmp_path, make_mail(text)) == (
        "Fine.\n\nAda wrote:\n\n> Shall we?\n>\n> > Maybe.\n>\n> Yes."
    )
    assert body(tmp_path, make_mail(html=html)) == "Fine.\n\nAda wrote:\n\n> Shall we?"


def test_flowed_lines_are_one_paragraph(tmp_path):
    data = (
        b"Subject: x\nTo: a@b.org\nContent-Type: text/plain; format=flowed\n\n"
        b"This line goes \non here.\n> quoted \n> text\n"
    )

    assert body(tmp_path, data) == "This line goes on here.\n\n> quoted text"


def test_lines_that_a_program_wrapped_are_joined_and_others_are_kept():
    long = "The carrier told us that the bridge near Narvik is closed, so every lorry has\n"
    text = f"{long}to take the long road.\n{long}again.\n\nKind regards,\nMaria\n"

    first, second = [to_markdown_of(block) for block in mail_text.text_blocks(text)]

    assert first.count("\\\n") == 1
    assert second == "Kind regards,\\\nMaria"


def to_markdown_of(block):
    from documents.conversion.writer import block_markdown

    return block_markdown(block)


def test_lists_in_plain_text_are_lists(tmp_path):
    text = "Please bring:\n- bolts\n- nuts and\n  washers\n  * M8\n\n1. Load\n2. Drive\n"

    assert body(tmp_path, make_mail(text)) == (
        "Please bring:\n\n- bolts\n- nuts and washers\n  - M8\n\n1. Load\n2. Drive"
    )


def test_a_mail_in_a_mail_stands_under_its_subject(tmp_path):
    outer = make_mail("See below.", subject="Missing bolt")
    outer.add_attachment(make_mail("We ordered 40.", subject="Bolt order", From="bo@example.org"))

    result = read(tmp_path, outer).markdown

    assert "See below.\n\n---\n\n## Bolt order\n\nFrom: bo@example.org" in result
    assert result.endswith("We ordered 40.")


def test_attached_documents_are_converted_and_other_files_listed(tmp_path):
    message = make_mail("Hello.")
    message.add_attachment(b"a,b\n1,2\n", maintype="text", subtype="csv", filename="list.csv")
    message.add_attachment(bytes(2500), maintype="application", subtype="x-tool", filename="t.bin")

    result = read(tmp_path, message).markdown

    assert "## list.csv\n\n| a | b |\n| --- | --- |\n| 1 | 2 |" in result
    assert result.endswith("Attachments:\n\n- t.bin (application/x-tool, 2 KB)")


def test_an_attachment_that_cannot_be_read_is_listed_with_a_warning(tmp_path):
    message = make_mail("Hello.")
    message.add_attachment(
        b"%PDF-1.4 nothing", maintype="application", subtype="pdf", filename="a.pdf"
    )

    result = read(tmp_path, message)

    assert "- a.pdf (application/pdf, 16 bytes)" in result.markdown
    assert "a.pdf" in result.warnings[0]


def test_pictures_that_the_text_shows_go_by_their_names(tmp_path):
    message = make_mail(html='<p>See <img src="cid:p1"> there</p>')
    message.add_related(PNG, "image", "png", cid="<p1>", filename="valve.png")

    assert body(tmp_path, message) == "See valve.png there"


def test_mails_in_mails_are_followed_to_a_bound(tmp_path):
    message = make_mail("Innermost.", subject="Level 9")
    for level in range(8, -1, -1):
        outer = make_mail("Text.", subject=f"Level {level}")
        outer.add_attachment(message)
        message = outer

    result = read(tmp_path, message).markdown

    assert "Level 5" in result
    assert "Innermost" not in result
    assert "(message/rfc822" in result


def test_parts_nested_beyond_reason_are_refused(tmp_path):
    data = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(3000)
    )

    with pytest.raises(errors.EngineError):
        read(tmp_path, data)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8-sig"])
def test_a_mail_saved_as_wide_text_is_read(tmp_path, encoding):
    data = "Subject: Größe\r\nTo: a@b.org\r\n\r\nDie Größe ist 8.\r\n".encode(encoding)

    assert read(tmp_path, data).markdown.endswith("Die Größe ist 8.")


@pytest.mark.parametrize("charset", ["us-ascii", "iso-8859-1", "unknown-8bit", "utf-8", "x-none"])
def test_text_in_another_encoding_than_stated_is_read(tmp_path, charset):
    data = f"Subject: x\nTo: a@b.org\nContent-Type: text/plain; charset={charset}\n\nGröße – 5 €\n"

    assert body(tmp_path, data.encode()) == "Größe – 5 €"


def test_an_encrypted_mail_is_told_as_encrypted(tmp_path):
    data = (
        b'Subject: x\nContent-Type: multipart/encrypted; boundary="b"\n\n--b\n'
        b"Content-Type: application/pgp-encrypted\n\nVersion: 1\n--b\n"
        b"Content-Type: application/octet-stream\n\n-----BEGIN PGP MESSAGE-----\n--b--\n"
    )

    with pytest.raises(errors.ConversionError) as refusal:
        read(tmp_path, data)

    assert refusal.value.code == "encrypted_file"


# --- Outlook ---


def wide(tag, text):
    return f"__substg1.0_{tag}001F", text.encode("utf-16-le")


def person(name, address, kind):
    fixed = bytes(8) + struct.pack("<IIQ", 0x0C150003, 6, kind)
    return dict([wide("3001", name), wide("39FE", address), ("__properties_version1.0", fixed)])


def outlook(subject, *properties, head=32, **storages):
    sent = struct.pack("<IIQ", 0x00390040, 6, 134_145_072_000_000_000)
    tree = dict([wide("0037", subject), wide("0C1A", "Ada"), wide("5D01", "ada@example.org")])
    tree |= dict(properties)
    tree["__properties_version1.0"] = bytes(head) + sent
    return tree | storages


def compressed(rtf):
    """RTF in its container, without compression."""
    return struct.pack("<IIII", len(rtf) + 12, len(rtf), 0x414C454D, 0) + rtf


def test_a_message_of_outlook_names_everybody_and_its_date(tmp_path):
    tree = outlook("Bolts", wide("1000", "Forty bolts.\r\n"))
    tree["__recip_version1.0_#00000000"] = person("Lars", "lars@example.org", 1)
    tree["__recip_version1.0_#00000001"] = person("Office", "office@example.org", 2)

    assert read(tmp_path, write_compound(tree), "a.msg").markdown == (
        "# Bolts\n\nFrom: Ada <ada@example.org>\\\nTo: Lars <lars@example.org>\\\n"
        "Cc: Office <office@example.org>\\\nDate: 2026-02-02 12:00 UTC\n\nForty bolts."
    )


RTF = (
    rb"{\rtf1\ansi\ansicpg1251\fromhtml1 \deff0{\fonttbl{\f0\fswiss Arial;}}"
    rb"{\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 Bolts: {\*\htmltag84 <b>}\htmlrtf {\b\htmlrtf0 "
    rb"\'cc\u1086?\'f1{\*\htmltag92 </b>}\htmlrtf }\htmlrtf0 \htmlrtf\par}\htmlrtf0"
    rb"{\*\htmltag72 </p>}}"
)


def test_html_inside_of_rtf_is_taken_out(tmp_path):
    tree = outlook("x", ("__substg1.0_10090102", compressed(RTF)))

    assert read(tmp_path, write_compound(tree), "a.msg").markdown.endswith("Bolts: **Мос**")


def test_compressed_rtf_is_unpacked():
    # The example of [MS-OXRTFCP], section 3.1.1.
    data = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a00726370673132354232 0af3206865 6c 0900 2062 7705"
        "b0 6c647d0a800fa0".replace(" ", "")
    )

    assert mail_rtf.unpacked(data) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"


def test_a_message_in_a_message_of_outlook_is_converted(tmp_path):
    inner = outlook("Inner", wide("1000", "Inside."), head=24)
    part = {"__substg1.0_3701000D": inner, "__properties_version1.0": bytes(8)}
    file = dict([wide("3707", "t.bin"), ("__substg1.0_37010102", bytes(30))])
    tree = outlook("Outer", wide("1000", "Outside."))
    tree["__attach_version1.0_#00000000"] = part
    tree["__attach_version1.0_#00000001"] = file

    result = read(tmp_path, write_compound(tree), "a.msg").markdown

    assert "Outside.\n\n---\n\n## Inner\n\nFrom: Ada" in result
    assert "Inside." in result
    assert result.endswith("- t.bin (application/octet-stream, 30 bytes)")


def attribute(level, number, data):
    return (
        struct.pack("<BII", level, number, len(data)) + data + struct.pack("<H", sum(data) % 65536)
    )


def test_winmail_dat_is_opened(tmp_path):
    html = b"<p>Rich <b>text</b></p>"
    properties = (
        struct.pack("<IHHII", 1, 0x0102, 0x1013, 1, len(html)) + html + bytes(-len(html) % 4)
    )
    packed = struct.pack("<IH", 0x223E9F78, 1)
    packed += attribute(1, 0x00069003, properties)
    packed += attribute(2, 0x00069002, bytes(14))
    packed += attribute(2, 0x00018010, b"list.csv\0")
    packed += attribute(2, 0x0006800F, b"a,b\n1,2\n")
    message = make_mail("")
    message.add_attachment(
        packed, maintype="application", subtype="ms-tnef", filename="winmail.dat"
    )

    result = read(tmp_path, message).markdown

    assert "Rich **text**" in result
    assert "## list.csv\n\n| a | b |" in result
    assert "winmail" not in result
