"""Small odd files in the kind that people's programs write: each is read with the values that the person sees."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from chaindesk.domain.manifest import ReadOptions
from chaindesk.workbook import open_manifest


@dataclass(frozen=True)
class Export:
    """A file: its text, how it is saved, and what stands in it."""

    text: str
    rows: list[tuple[str, ...]]
    encoding: str = "utf-8"
    headers: tuple[str, ...] | None = None
    name: str = "jobs.csv"


E = Export
EXPORTS = {
    "German Excel": E(
        "Nr;Bezeichnung;Preis\r\n1;Stühle, groß;1.234,50\r\n2;Tür;99,00\r\n3;Öl;0,5\r\n",
        [("1", "Stühle, groß", "1.234,50"), ("2", "Tür", "99,00"), ("3", "Öl", "0,5")],
        "cp1252",
    ),
    "French Excel with a quoted line break": E(
        'Réf;Désignation;Notes\r\nA1;Écharpe;"douce\r\nà l\'œil"\r\nA2;Théière;"dit ""belle"""\r\n',
        [("A1", "Écharpe", "douce\r\nà l'œil"), ("A2", "Théière", 'dit "belle"')],
        "cp1252",
    ),
    "Swedish list with decimal commas": E(
        "Artikel;Pris;Text\r\nÄpple;12,50;Smörgås med ål\r\nÖlglas;8,00;Får på ängen\r\n",
        [("Äpple", "12,50", "Smörgås med ål"), ("Ölglas", "8,00", "Får på ängen")],
        "cp1252",
    ),
    "Portuguese with trailing delimiters": E(
        "código;descrição;\r\n1;Pão de queijo;\r\n2;Maçã, não importada;\r\n",
        [("1", "Pão de queijo"), ("2", "Maçã, não importada")],
        "cp1252",
    ),
    "Polish Excel": E(
        "Lp;Nazwa;Opis\r\n1;Żółta łódź;Krótki opis, po polsku\r\n2;Źródło;Świeża woda\r\n3;Ćma;Gęś\r\n",
        [("1", "Żółta łódź", "Krótki opis, po polsku"), ("2", "Źródło", "Świeża woda"), ("3", "Ćma", "Gęś")],
        "cp1250",
    ),
    "Czech Excel": E(
        "Č.;Název\r\n1;Příliš žluťoučký kůň\r\n2;Dětská židle\r\n",
        [("1", "Příliš žluťoučký kůň"), ("2", "Dětská židle")],
        "cp1250",
    ),
    "Hungarian Excel": E(
        "Név;Leírás\r\nFűrész;Erős, tartós fűrész\r\nSzőnyeg;Kézzel szőtt\r\n",
        [("Fűrész", "Erős, tartós fűrész"), ("Szőnyeg", "Kézzel szőtt")],
        "cp1250",
    ),
    "Turkish Excel": E(
        "Sıra;Ürün;Açıklama\r\n1;Çay bardağı;İnce belli, şık\r\n2;Kaşık;Gümüş kaplı\r\n",
        [("1", "Çay bardağı", "İnce belli, şık"), ("2", "Kaşık", "Gümüş kaplı")],
        "cp1254",
    ),
    "Russian Excel": E(
        "№;Товар;Описание\r\n1;Чайник;Стальной, на 2 литра\r\n2;Ложка;Серебряная\r\n",
        [("1", "Чайник", "Стальной, на 2 литра"), ("2", "Ложка", "Серебряная")],
        "cp1251",
    ),
    "Russian in koi8-r, capitals": E(
        "КОД;НАЗВАНИЕ\n1;ЧАЙНИК СТАЛЬНОЙ\n2;ЛОЖКА ЧАЙНАЯ\n",
        [("1", "ЧАЙНИК СТАЛЬНОЙ"), ("2", "ЛОЖКА ЧАЙНАЯ")],
        "koi8_r",
    ),
    "Greek Excel, capitals": E(
        "ΚΩΔΙΚΟΣ;ΠΕΡΙΓΡΑΦΗ\r\n1;ΚΑΡΕΚΛΑ ΞΥΛΙΝΗ\r\n2;ΤΡΑΠΕΖΙ\r\n",
        [("1", "ΚΑΡΕΚΛΑ ΞΥΛΙΝΗ"), ("2", "ΤΡΑΠΕΖΙ")],
        "cp1253",
    ),
    "Japanese Excel": E(
        "番号,商品名,説明\r\n1,緑茶,香りの良いお茶です。\r\n2,急須,手作りの急須、小さめ\r\n",
        [("1", "緑茶", "香りの良いお茶です。"), ("2", "急須", "手作りの急須、小さめ")],
        "cp932",
    ),
    "Chinese Excel": E(
        "编号,名称,描述\r\n1,绿茶,香味很好的茶\r\n2,茶壶,手工制作,\r\n".replace("制作,", "制作"),
        [("1", "绿茶", "香味很好的茶"), ("2", "茶壶", "手工制作")],
        "gb18030",
    ),
    "Taiwanese Excel": E(
        "編號,名稱,說明\r\n1,烏龍茶,香味很好的茶\r\n2,茶壺,手工製作\r\n",
        [("1", "烏龍茶", "香味很好的茶"), ("2", "茶壺", "手工製作")],
        "cp950",
    ),
    "Korean Excel": E(
        "번호,상품명,설명\r\n1,녹차,향이 좋은 차\r\n2,주전자,손으로 만든 주전자\r\n",
        [("1", "녹차", "향이 좋은 차"), ("2", "주전자", "손으로 만든 주전자")],
        "cp949",
    ),
    "Excel's Unicode text": E(
        'ID\tText\r\n1\tGrüße, "laut"\r\n2\tŁódź\r\n',
        [("1", 'Grüße, "laut"'), ("2", "Łódź")],
        "utf-16",
        name="a.txt.csv",
    ),
    "LibreOffice, all texts quoted": E(
        '"ID","Text, long","Menge"\n"1","a, b; c","1,5"\n"2","","2"\n"3","x ""y""","3"\n',
        [("1", "a, b; c", "1,5"), ("2", "", "2"), ("3", 'x "y"', "3")],
        headers=("ID", "Text, long", "Menge"),
    ),
    "Google Sheets": E(
        'Topic,Tone,Length\r\n"Tea, green",warm,100\r\n"Coffee\nblack",cool,\r\n,,\r\nMate,,50\r\n',
        [("Tea, green", "warm", "100"), ("Coffee\nblack", "cool", ""), ("Mate", "", "50")],
    ),
    "SAP list with bars and rules": E(
        "Material|Kurztext|Bestand\nM-1|Schraube M8, verzinkt|1.200,000\nM-2|Mutter; M8|800,000\n",
        [("M-1", "Schraube M8, verzinkt", "1.200,000"), ("M-2", "Mutter; M8", "800,000")],
    ),
    "tabs and prose": E(
        'id\tprompt\n1\tWrite, in short; please\n2\tList: a, b, c\n3\tSay "hi", then go\n',
        [("1", "Write, in short; please"), ("2", "List: a, b, c"), ("3", 'Say "hi", then go')],
    ),
    "unequal rows": E(
        "a;b;c;d\n1;2\n1;2;3;4\n1;2;3\n1\n",
        [("1", "2", "", ""), ("1", "2", "3", "4"), ("1", "2", "3", ""), ("1", "", "", "")],
    ),
    "thousands in quotes": E(
        'Item,Amount\nChair,"1,200.50"\nTable,"12,000"\nLamp,90\n',
        [("Chair", "1,200.50"), ("Table", "12,000"), ("Lamp", "90")],
    ),
    "thousands with commas in a semicolon file": E(
        "Item;Amount;Note\nChair;1,200,000;a\nTable;12,000,000;b\n",
        [("Chair", "1,200,000", "a"), ("Table", "12,000,000", "b")],
    ),
    "mark first, then sep=": E("\ufeffsep=;\r\nID;Text\r\n1;a, b\r\n", [("1", "a, b")]),
    "sep= behind a blank line": E("\r\nsep=;\r\nID;Text\r\n1;a, b\r\n", [("1", "a, b")], headers=("ID", "Text")),
    "Sep = ;": E("Sep = ;\r\nID;Text\r\n1;a, b\r\n", [("1", "a, b")], headers=("ID", "Text")),
    "sep=\\t spelt out": E("sep=\\t\r\nID\tText\r\n1\ta, b\r\n", [("1", "a, b")], headers=("ID", "Text")),
    "sep=tab": E("sep=tab\r\nID\tText\r\n1\ta, b\r\n", [("1", "a, b")], headers=("ID", "Text")),
    "sep=\\t above one column": E("sep=\\t\nPrompt\nWrite, then stop\n", [("Write, then stop",)], headers=("Prompt",)),
    "title above the table": E(
        "Sales report, May\n\nID;Text\n1;a\n2;b\n", [("1", "a"), ("2", "b")], headers=("ID", "Text")
    ),
    "old Mac line ends": E("ID;Text\r1;Crème\r2;Brûlée\r", [("1", "Crème"), ("2", "Brûlée")], "mac_roman"),
    "DOS page": E(
        "Nr;Größe\r\n1;Länge über 5 m\r\n2;Gerät für Öl\r\n", [("1", "Länge über 5 m"), ("2", "Gerät für Öl")], "cp850"
    ),
    "Latvian Excel": E(
        "Nr;Nosaukums\r\n1;Tējkanna ar ķīļveida rokturi\r\n2;Šķīvis, zaļš\r\n",
        [("1", "Tējkanna ar ķīļveida rokturi"), ("2", "Šķīvis, zaļš")],
        "cp1257",
    ),
    "pounds and dashes": E(
        "Item;Price\r\nMug – large;£5.00\r\nPot “old”;£12.50\r\n",
        [("Mug – large", "£5.00"), ("Pot “old”", "£12.50")],
        "cp1252",
    ),
}


@pytest.mark.parametrize("case", list(EXPORTS))
def test_a_file_is_read_as_its_writer_sees_it(tmp_path, case):
    export = EXPORTS[case]
    path = tmp_path / export.name
    path.write_bytes(export.text.encode(export.encoding))
    manifest = open_manifest(path, ReadOptions())
    found = [tuple(row.values.values()) for row in manifest.rows]
    assert found == export.rows, manifest.source
    if export.headers is not None:
        assert tuple(column.name for column in manifest.columns) == export.headers


LISTS = {
    "English": ["Write a poem about tea, in short", "Say why cats purr, in plain words", "Explain rain, as to a child"],
    "German": ["Schreibe ein Gedicht, bitte kurz", "Erkläre mir, warum es regnet", "Sage mir, wie spät es ist"],
    "French": ["Écris un poème, en bref", "Dis-moi, pourquoi il pleut", "Explique la pluie, simplement"],
    "Swedish": ["Skriv en dikt, gärna kort", "Förklara regn, för ett barn", "Säg mig, vad klockan är"],
    "Spanish": ["Escribe un poema, por favor", "Explica la lluvia, a un niño", "Dime, qué hora es"],
    "Polish": ["Napisz wiersz, krótko", "Wyjaśnij deszcz, jak dziecku", "Powiedz mi, która godzina"],
    "Russian": ["Напиши стихи, коротко", "Объясни дождь, как ребёнку", "Скажи мне, который час"],
    "Turkish": ["Bir şiir yaz, kısa olsun", "Yağmuru anlat, çocuğa gibi", "Söyle bana, saat kaç"],
}


@pytest.mark.parametrize("mark", [",", ";", "|"])
@pytest.mark.parametrize("language", list(LISTS))
def test_a_list_of_sentences_is_one_column_also_where_all_agree_in_a_mark(tmp_path, language, mark):
    """The first line is taken for the header, as everywhere; but no sentence loses its end."""
    path = tmp_path / "list.csv"
    lines = [line.replace(",", " |" if mark == "|" else mark) for line in LISTS[language]]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    manifest = open_manifest(path, ReadOptions())
    assert [tuple(row.values.values()) for row in manifest.rows] == [(line,) for line in lines[1:]]


@pytest.mark.parametrize(
    "text",
    [
        "name, city, note\nAnna, Rome, likes tea\nBob, Paris, likes coffee\n",
        "ID, Text\n1, A long sentence about tea\n2, Another one\n",
        "Product, Price, In stock\nBlue chair, 12.50, yes\nRed chair, 15.00, no\n",
        "Product name, colour, state\nBlue chair, wooden, in stock\nRed chair, of steel, sold out\n",
        "first name, last name\nAnna Maria, Smith\nBob, Jones\n",
    ],
)
def test_a_table_with_blanks_behind_its_commas_stays_a_table(tmp_path, text):
    path = tmp_path / "table.csv"
    path.write_text(text, "utf-8")
    manifest = open_manifest(path, ReadOptions())
    assert len(manifest.columns) == text.split("\n")[0].count(",") + 1


WORDS = {
    "cp1250": ["Łódź", "Żółw", "Gęś", "Święto", "Źdźbło"],
    "cp1251": ["Привет", "Погода", "Чайник"],
    "cp1253": ["Καλημέρα", "Σπίτι", "Δρόμος"],
    "cp1254": ["Ağaç", "Işık", "Güneş", "Çiçek"],
    "cp1257": ["Ąžuolas", "Žąsis", "Šėrė"],
    "cp932": ["日本", "お茶", "時間"],
    "gb18030": ["中国", "绿茶", "时间"],
    "cp949": ["한국", "녹차", "시간"],
    "cp1252": ["Tür", "Öl", "Größe"],
}


@pytest.mark.parametrize("page", list(WORDS))
def test_short_lists_of_single_words_are_read_in_their_page(tmp_path, page):
    path = tmp_path / "words.csv"
    path.write_bytes("\n".join(["Word", *WORDS[page]]).encode(page))
    manifest = open_manifest(path, ReadOptions())
    assert [row.values["Word"] for row in manifest.rows] == WORDS[page]
