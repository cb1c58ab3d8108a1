"""Rows of a worksheet's XML in the spellings that files have: plain ones, odd ones, and damaged ones.

``{n}`` stands for the row's number, ``{i}`` for the index of a shared string.
"""

from __future__ import annotations

from collections.abc import Sequence

PLAIN = [
    '<row r="{n}"><c r="A{n}" t="s"><v>{i}</v></c><c r="B{n}" s="1"><v>501</v></c></row>',
    '<row r="{n}" spans="1:3" ht="15" x14ac:dyDescent="0.25" hidden="1"><c r="C{n}"><v>12.50</v></c></row>\n',
    '<row r="{n}" s="2" customFormat="1"><c r="A{n}" s="2" t="n"><v>0.255</v></c> <c r="B{n}" s="1"/></row>',
    '<row r="{n}"><c r="B{n}" t="inlineStr"><is><t xml:space="preserve"> a_x000A_b 木 </t></is></c></row>',
    '<row r="{n}"><c r="B{n}" t="b"><v>1</v></c><c r="D{n}" t="str"><v>text</v></c><c r="E{n}"></c></row>',
    '<row r="{n}"/>',
    '<row r="{n}"><c r="A{n}" t="str"><v>&lt;a&gt; &amp;lt; &quot;b&apos;</v></c><c r="B{n}" s="1"><v>5</v></c></row>',
    '<row r="{n}"><c r="A{n}" t="s"><v>{i}</v></c><c r="B{n}"><v>007</v></c><c r="C{n}" s="3"><v>46353.5</v></c></row>',
    '<row r="{n}"><c r="A{n}" t="s"><v>{i}</v></c><c r="B{n}" t="inlineStr"><is><t>R&amp;D</t></is></c></row>',
    '<row r="{n}"><c r="B{n}" t="inlineStr"><v>kept</v></c><c r="C{n}" s="4"><v>44561</v></c></row>',
    '<row r="{n}"><c r="D{n}" t="s"><v>0</v></c><c r="A{n}" t="s"><v>99</v></c><c r="B{n}"><v>1e3</v></c></row>',
]
ODD = [
    '<row r="{n}"><c r="A{n}" t="s"><v>{i}</v></c><!-- <row r="9"><c r="A9"><v>1</v></c></row> --></row>',
    '<!-- <row r="{n}"><c r="A{n}"><v>1</v></c></row> -->',
    '<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>a &amp; b</t></is></c></row>',
    '<row r="{n}"><c r="A{n}" t="inlineStr"><is><r><t>rich </t></r><r><t>text</t></r></is></c></row>',
    '<row r="{n}"><c r="A{n}" t="str"><f>A1&amp;"x"</f><v>x</v></c><c r="B{n}"><f>NOW()</f></c></row>',
    '<row r="{n}"><c r="A{n}"><is><t>no value</t></is></c><c r="B{n}" t="str"><is><t>nor this</t></is></c></row>',
    '<row r="{n}"><c r="A{n}"><v>1</v></c><c r="A{n}"><v>2</v></c><c r="B{n}" t="s"><v>-1</v></c></row>',
    "<row><c><v>7</v></c><c t='s'><v>1</v></c></row>",
    '<row r="{n}"><c r="A{n}" t="inlineStr"><is><t><![CDATA[</row><row r="3">]]></t></is></c></row>',
    '<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>two\r\nlines\rhere</t></is></c></row>',
    '<row r="{n}"><c r="A{n}" t="e"><v>#N/A</v></c><c r="B{n}" t="d"><v>2026-11-27T00:00:00</v></c></row>',
    '<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>x</t><rPh sb="0" eb="1"><t>y</t></rPh></is></c></row>',
    '<row r="{n}"><c r="A{n}"><v>1 &lt; 2</v></c></row><?pi <row r="2"/>?>',
    '<row r="{n}" xmlns:z="urn:z" z:a="1"><c r="A{n}"><v>5</v><extLst><ext/></extLst></c></row>',
]
DAMAGED = [
    '<row r="{n}"><c r="XFE{n}"><v>1</v></c></row>',
    '<row r="{n}"><c r="A{n}"><c r="B{n}"><v>1</v></c></c></row>',
    '<row r="{n}"><c r="A{n}"><v>1</v></row>',
    '<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>\x01</t></is></c></row>',
    '<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>a ]]> b</t></is></c></row>',
    '<row r="{n}"><c r="A{n}"><v>&nothing;</v></c></row>',
]


def rows_of(spellings: Sequence[str]) -> str:
    """Return rows in these spellings, numbered from 1."""
    return "".join(
        row.replace("{n}", str(number)).replace("{i}", str(number % 7)) for number, row in enumerate(spellings, 1)
    )
