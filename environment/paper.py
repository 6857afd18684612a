"""Sheets of paper: headings, texts, tables, lists and drawn pictures as PDF; knows no trauma.

The only home of reportlab. The same sheet gives the same bytes. Letters beyond Latin are written
with what stands nearest to them, for the fonts that come along are small.
"""

from collections.abc import Mapping, Sequence
from io import BytesIO
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from reportlab.graphics.shapes import Circle, Drawing, Line, PolyLine, Rect, String
from reportlab.lib.colors import HexColor, white
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    CondPageBreak,
    Flowable,
    KeepTogether,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
)
from reportlab.platypus import Table as _Table

PLAIN, BOLD = "Vera", "VeraBd"
INK, SOFT, LINE, GROUND = "#111111", "#444444", "#bbbbbb", "#eef1f5"
MARGIN: float = 14 * mm
#: Points that must be left below a heading, else it goes to the next page.
LEAST = 70.0
#: Rows of a table that stay together at its begin and its end.
_TOGETHER = 3
#: What a frame of the library keeps free at each side.
_PAD = 6.0
_SVG = "{http://www.w3.org/2000/svg}"
#: What the fonts cannot write, and what stands for it.
_NEAREST = str.maketrans(
    {"\u2080": "0", "\u2082": "2", "\u2079": "^9", "\u2192": "->", "\u2190": "<-"}
)
_TEXT = ParagraphStyle("text", fontName=PLAIN, fontSize=8, leading=10.5, textColor=HexColor(INK))
_STYLES = {
    "title": ParagraphStyle("title", _TEXT, fontName=BOLD, fontSize=15, leading=19, spaceAfter=2),
    "heading": ParagraphStyle(
        "heading", _TEXT, fontName=BOLD, fontSize=11, leading=14, spaceBefore=9, spaceAfter=4
    ),
    "text": _TEXT,
    "soft": ParagraphStyle("soft", _TEXT, textColor=HexColor(SOFT)),
    "bold": ParagraphStyle("bold", _TEXT, fontName=BOLD),
    "head": ParagraphStyle("head", _TEXT, fontName=BOLD, textColor=HexColor(SOFT)),
}


def _fonts() -> None:
    for name in (PLAIN, BOLD):
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, f"{name}.ttf"))


def plain(text: object) -> str:
    """A text in letters that the fonts can write; `?` for one that they cannot."""
    found = str(text).translate(_NEAREST)
    glyphs = pdfmetrics.getFont(PLAIN).face.charToGlyph
    return "".join(c if ord(c) in glyphs or c == "\n" else "?" for c in found)


class Sheet:
    """A document that grows from top to bottom; `pdf()` gives its bytes."""

    def __init__(
        self, title: str, *, notice: str, foot: str, wide: bool = True, page: str = "Page {n}"
    ) -> None:
        _fonts()
        self._title, self._notice, self._foot = plain(title), plain(notice), plain(foot)
        self._page = page
        self._size: tuple[float, float] = landscape(A4) if wide else A4
        self._parts: list[Flowable] = []
        self._heading: list[Flowable] = []

    @property
    def width(self) -> float:
        """Points between the margins."""
        return self._size[0] - 2.0 * (MARGIN + _PAD)

    def heading(self, text: str) -> None:
        """A heading, kept with what follows it."""
        self._heading.append(self._paragraph(text, "heading"))

    def text(self, text: str, style: str = "text") -> None:
        """A paragraph: `title`, `text`, `soft` or `bold`."""
        self._add(self._paragraph(text, style))

    def points(self, rows: Sequence[str]) -> None:
        """A list."""
        for row in rows:
            self._add(Paragraph(escape(plain(row)), _TEXT, bulletText="\u2022"))

    def table(
        self, head: Sequence[str], rows: Sequence[Sequence[object]], shares: Sequence[float]
    ) -> None:
        """A table over the whole width; its head is repeated on each page."""
        whole = sum(shares)
        cells = [[self._paragraph(row, "text") for row in line] for line in rows]
        if head:
            cells.insert(0, [self._paragraph(name, "head") for name in head])
        style = [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, HexColor(LINE)),
            ("LEFTPADDING", (0, 0), (-1, -1), 3),
            ("RIGHTPADDING", (0, 0), (-1, -1), 3),
            ("TOPPADDING", (0, 0), (-1, -1), 1.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
            # no row alone on a page, neither the first nor the last
            ("NOSPLIT", (0, 0), (-1, min(_TOGETHER, len(cells)) - 1)),
            ("NOSPLIT", (0, max(-_TOGETHER, -len(cells))), (-1, -1)),
        ]
        if head:
            style.append(("BACKGROUND", (0, 0), (-1, 0), HexColor(GROUND)))
        self._add(
            _Table(
                cells,
                colWidths=[self.width * share / whole for share in shares],
                repeatRows=1 if head else 0,
                style=style,
            )
        )

    def tiles(self, rows: Sequence[tuple[str, str]]) -> None:
        """Labels with a large value each, side by side."""
        big = ParagraphStyle("big", _STYLES["bold"], fontSize=12, leading=15)
        cells = [[Paragraph(escape(plain(value)), big), self._paragraph(name, "soft")]
                 for name, value in rows]  # fmt: skip
        style = [
            ("BOX", (0, 0), (-1, -1), 0.4, HexColor(LINE)),
            ("INNERGRID", (0, 0), (-1, -1), 0.4, HexColor(LINE)),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ]
        self._add(Spacer(1, 6))
        self._add(_Table([cells], colWidths=[self.width / len(rows)] * len(rows), style=style))

    def picture(self, svg: str, paints: Mapping[str, Mapping[str, str]]) -> None:
        """A picture of lines, rectangles, circles and texts; `paints` by class, as in a style.

        Over the whole width, unless it were higher than a page.
        """
        self._add(_drawn(svg, paints, self.width, self._size[1] - 2 * MARGIN - 60))

    def pdf(self) -> bytes:
        """The document."""
        out = BytesIO()
        template = SimpleDocTemplate(
            out,
            pagesize=self._size,
            leftMargin=MARGIN,
            rightMargin=MARGIN,
            topMargin=MARGIN + 4 * mm,
            bottomMargin=MARGIN,
            title=self._title,
            author="traumatwin",
            subject=self._notice,
            lang="en-GB",
            invariant=1,
        )
        parts = [*self._parts, *self._heading]
        template.build(parts, onFirstPage=self._edge, onLaterPages=self._edge)
        return out.getvalue()

    def _add(self, part: Flowable) -> None:
        if self._heading and not isinstance(part, _Table):
            part = KeepTogether([*self._heading, part])
        elif self._heading:  # a long table may be split, but not right below its heading
            self._parts += [CondPageBreak(LEAST), *self._heading]
        self._heading = []
        self._parts.append(part)

    def _paragraph(self, text: object, style: str) -> Paragraph:
        return Paragraph(escape(plain(text)), _STYLES[style])

    def _edge(self, canvas: Canvas, document: SimpleDocTemplate) -> None:
        """The notice above each page, the foot and the page's number below it."""
        wide, high = self._size
        canvas.saveState()
        canvas.setFillColor(HexColor("#f2c200"))
        canvas.rect(0, high - 9 * mm, wide, 9 * mm, stroke=0, fill=1)
        canvas.setFillColor(HexColor("#1a1500"))
        canvas.setFont(BOLD, 8)
        canvas.drawCentredString(wide / 2, high - 6 * mm, self._notice)
        canvas.setFillColor(HexColor(SOFT))
        canvas.setFont(PLAIN, 7)
        canvas.drawString(MARGIN, 7 * mm, self._foot)
        canvas.drawRightString(wide - MARGIN, 7 * mm, self._page.format(n=document.page))
        canvas.restoreState()


def _drawn(svg: str, paints: Mapping[str, Mapping[str, str]], wide: float, high: float) -> Drawing:
    """A drawing of our own pictures; it is drawn upwards, they are downwards."""
    root = ElementTree.fromstring(svg.replace("<svg ", f'<svg xmlns="{_SVG[1:-1]}" ', 1))
    _, _, width, height = (float(part) for part in root.attrib["viewBox"].split())
    scale = min(wide / width, high / height)
    drawing = Drawing(width * scale, height * scale)
    drawing.scale(scale, scale)
    for element, classes in _walk(root, ()):
        paint: dict[str, str] = {}
        for name in classes:
            paint |= paints.get(name, {})
        shape = _shape(element, paint, height)
        for one in shape:
            drawing.add(one)
    return drawing


def _walk(
    element: ElementTree.Element, above: tuple[str, ...]
) -> list[tuple[ElementTree.Element, tuple[str, ...]]]:
    own = element.attrib.get("class", "").split()
    classes = (*above, *own, *(f"{a} {b}" for a in above for b in own))
    found = [(element, classes)]
    for child in element:
        if child.tag != f"{_SVG}tspan":
            found += _walk(child, classes)
    return found


def _shape(element: ElementTree.Element, paint: Mapping[str, str], height: float) -> list[Flowable]:
    at = {k: float(v) for k, v in element.attrib.items() if k in _NUMBERS}
    fill = HexColor(paint["fill"]) if paint.get("fill", "none") != "none" else None
    stroke = HexColor(paint["stroke"]) if "stroke" in paint else None
    thick = float(paint.get("width", 1))
    dash = [4, 2] if "dash" in paint else None
    kind = element.tag.removeprefix(_SVG)
    if kind == "rect":
        top = height - at["y"] - at["height"]
        return [Rect(at["x"], top, at["width"], at["height"], fillColor=fill or HexColor(INK),
                     strokeColor=stroke or white, strokeWidth=0.5)]  # fmt: skip
    if kind == "line":
        ends = (at["x1"], height - at["y1"], at["x2"], height - at["y2"])
        return [Line(*ends, strokeColor=stroke or HexColor(LINE), strokeWidth=thick,
                     strokeDashArray=dash)]  # fmt: skip
    if kind == "circle":
        return [Circle(at["cx"], height - at["cy"], at["r"], fillColor=fill or HexColor(INK),
                       strokeColor=stroke, strokeWidth=thick)]  # fmt: skip
    if kind == "polyline":
        pairs = [pair.split(",") for pair in element.attrib["points"].split()]
        flat = [n for x, y in pairs for n in (float(x), height - float(y))]
        return [PolyLine(flat, strokeColor=stroke, strokeWidth=thick, strokeDashArray=dash)]
    if kind == "text":
        words = plain("   ".join(t.strip() for t in element.itertext() if t.strip()))
        return [String(at["x"], height - at["y"], words, fontName=PLAIN, fontSize=10,
                       fillColor=fill or HexColor(INK),
                       textAnchor=paint.get("anchor", "start"))]  # fmt: skip
    return []


_NUMBERS = ("x", "y", "width", "height", "x1", "x2", "y1", "y2", "cx", "cy", "r")
