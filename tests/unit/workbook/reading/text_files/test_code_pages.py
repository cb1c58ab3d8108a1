"""Texts in the code pages of their languages come out letter for letter, few rows or many."""

from __future__ import annotations

import locale
from pathlib import Path

import pytest

from chaindesk.workbook import open_manifest
from chaindesk.workbook.reading.text_files import text_decoding
from chaindesk.workbook.reading.text_files.text_decoding import decode

TEXTS = {
    "French": ["Décrivez la théière émaillée", "Où êtes-vous né ?", "Ça coûte très cher à Noël", "Un cœur"],
    "German": ["Schreibe über Äpfel und Öl", "Größe: groß", "Grüße aus Köln"],
    "Spanish": ["¿Qué es esto?", "El niño comió piña ayer", "¡Hola, señor!"],
    "Portuguese": ["Uma descrição do café da manhã", "As opções não são iguais", "Informação útil"],
    "Swedish": ["En kort text om kött och grädde", "Räksmörgås på ön", "Å, så vackert"],
    "Danish": ["Rødgrød med fløde på", "Om æbler og øl", "Blåbær på Fyn"],
    "Finnish": ["Kirjoita lyhyt teksti jäätelöstä", "Hyvää päivää, ystävä"],
    "Italian": ["Perché è così?", "La città è più bella", "Un'attività"],
    "Icelandic": ["Það er gott að búa á Íslandi", "Um þorsk og ýsu"],
    "Pounds": ["£5.00", "£12.50", "£7.25"],
    "Typographic": ["Price: £5 – the customer’s “choice”", "It’s “new”… really"],
    "Units": ["10 m³", "25 m²", "20 °C", "½ l", "5 µg"],
    "Polish": ["Napisz krótki opis: żółta gęś", "Zażółć jaźń", "Łódź jest piękna"],
    "Czech": ["Příliš žluťoučký kůň", "Napište krátký text o jablkách", "Děkuji"],
    "Hungarian": ["Írjon rövid leírást a szőlőről", "Árvíztűrő tükörfúrógép"],
    "Romanian": ["Scrieţi o descriere scurtă", "Bună ziua, ce faceţi?"],
    "Croatian": ["Napišite kratak opis čaja", "Đak ide kući po šećer"],
    "Turkish": ["Kısa bir açıklama yazın", "İstanbul'da güzel bir gün", "Çay ve şeker"],
    "Lithuanian": ["Parašykite trumpą aprašymą", "Ačiū už žinutę", "Šiandien gražus oras"],
    "Russian": ["Напишите краткое описание чая", "Привет, мир", "Москва"],
    "Ukrainian": ["Напишіть короткий опис чаю", "Її світ"],
    "Greek": ["Γράψτε μια σύντομη περιγραφή", "Καλημέρα κόσμε"],
    "Hebrew": ["כתוב תיאור קצר של תה", "שלום עולם"],
    "Arabic": ["اكتب وصفا قصيرا للشاي", "مرحبا بالعالم"],
    "Thai": ["เขียนคำอธิบายสั้นๆ เกี่ยวกับชา", "สวัสดีชาวโลก"],
    "Japanese": ["お茶の短い説明を書いてください", "東京タワー", "コーヒーの商品説明"],
    "Simplified Chinese": ["请写一段关于茶的简短描述", "北京大学", "咖啡产品说明"],
    "Traditional Chinese": ["請寫一段關於茶的簡短描述", "臺北市立美術館", "咖啡產品說明"],
    "Korean": ["차에 대한 짧은 설명을 쓰세요", "서울특별시", "커피 상품 설명"],
}
WESTERN = ("French", "German", "Spanish", "Portuguese", "Swedish", "Danish", "Finnish", "Italian", "Icelandic",
           "Pounds", "Typographic", "Units")  # fmt: skip
PAGES = {
    "cp1252": WESTERN,
    "mac_roman": ("French", "German", "Spanish", "Portuguese", "Swedish", "Danish", "Italian", "Typographic"),
    "cp850": ("German", "Spanish", "Portuguese", "Swedish", "Danish"),
    "cp1250": ("Polish", "Czech", "Hungarian", "Romanian", "Croatian"),
    "iso8859_2": ("Polish", "Czech"),
    "cp852": ("Polish", "Czech"),
    "cp1251": ("Russian", "Ukrainian"),
    "koi8_r": ("Russian",),
    "cp866": ("Russian",),
    "cp1253": ("Greek",),
    "cp1254": ("Turkish",),
    "cp1255": ("Hebrew",),
    "cp1256": ("Arabic",),
    "cp1257": ("Lithuanian",),
    "cp874": ("Thai",),
    "cp932": ("Japanese",),
    "euc_jp": ("Japanese",),
    "iso2022_jp": ("Japanese",),
    "gb18030": ("Simplified Chinese",),
    "big5": ("Traditional Chinese",),
    "euc_kr": ("Korean",),
    "utf-16-le": ("French", "Russian", "Japanese", "Korean", "Simplified Chinese"),
    "utf-16-be": ("German", "Greek", "Traditional Chinese"),
}
CASES = [(page, language) for page, languages in PAGES.items() for language in languages]


@pytest.mark.parametrize(("page", "language"), CASES)
@pytest.mark.parametrize("count", [2, 100])
def test_every_letter_is_the_one_that_was_written(page, language, count):
    texts = TEXTS[language]
    whole = "ID;Text\r\n" + "".join(f"{number};{texts[number % len(texts)]}\r\n" for number in range(count))
    assert decode(whole.encode(page), Path("jobs.csv")).text == whole


@pytest.mark.parametrize("text", ["µm", "5 µg", "5µ", "Nº 5", "1ª", "º", "ƒ", "¦", "¬", "ˆ", "‡", "¤", "Haÿ", "m²"])
def test_a_lone_sign_is_the_western_one(text):
    for whole in (f"ID;Unit\r\n1;{text}\r\n", f"ID;{text}\r\n" + "1;plain\r\n" * 50):
        assert decode(whole.encode("cp1252"), Path("jobs.csv")).text == whole


@pytest.mark.parametrize(("page", "word"), [("cp1251", "ТОВАР"), ("cp1251", "ОПИСАНИЕ ТОВАРА")])
def test_a_word_in_capitals_counts_by_its_letters(page, word):
    whole = f"ID;{word}\r\n" + "1;5\r\n" * 5
    assert decode(whole.encode(page), Path("jobs.csv")).text == whole


def test_a_page_that_was_guessed_is_told_with_a_sample(tmp_path):
    path = tmp_path / "jobs.csv"
    path.write_bytes("ID;Text\n1;plain\n2;Où êtes-vous né ?\n".encode("cp1252"))
    manifest = open_manifest(path)
    assert (manifest.source.encoding, manifest.source.guessed) == ("cp1252", {"encoding", "delimiter"})
    assert "Où êtes-vous né ?" in manifest.source.sample
    assert any('read as cp1252, such as "2;Où' in notice.message for notice in manifest.notices)


def test_the_system_s_own_page_is_believed_first(monkeypatch):
    data = "ID;Name\n1;Michał\n".encode("cp1250")
    monkeypatch.setattr(locale, "getencoding", lambda: "cp1250")
    assert decode(data, Path("jobs.csv")).text == "ID;Name\n1;Michał\n"
    monkeypatch.setattr(locale, "getencoding", lambda: "UTF-8")
    assert text_decoding.usual_code_page() == "cp1252"


def test_a_page_that_is_named_is_taken_as_it_is():
    assert decode("Привет".encode("koi8_r"), Path("a.csv"), "koi8-r").text == "Привет"
    assert decode("é".encode(), Path("a.csv"), "cp1252").text == "Ã©"


def test_utf8_with_bytes_of_another_page_stays_utf8():
    decoded = decode("één, twee\ncafé\ngröße\n".encode() + "où\n".encode("cp1252"), Path("a.csv"))
    assert (decoded.text.splitlines()[-1], decoded.encoding, decoded.bad_lines) == ("o\ufffd", "utf-8", (4,))


def test_a_letter_that_is_cut_short_is_one_bad_place():
    decoded = decode("ok\n😀\n".encode() + "😀".encode()[:2] + b"\n", Path("a.csv"))
    assert (decoded.text, decoded.encoding, decoded.bad_lines) == ("ok\n😀\n\ufffd\n", "utf-8", (3,))


def test_a_zero_byte_in_a_long_text_is_marked_and_told():
    decoded = decode(b"Topic\n" + b"some text\n" * 200 + b"a\0b\n", Path("a.csv"))
    assert (decoded.text[-4:], decoded.bad_lines) == ("a\ufffdb\n", (202,))
