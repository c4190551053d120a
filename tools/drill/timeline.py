"""The picture of a drill: which Region was active, what happened when, and each file's way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

_STYLE = """
text{font-size:12px;fill:#1f2328} .s{font-size:11px;fill:#57606a} .h{font-size:15px;font-weight:600}
.e{text-anchor:end} .m{text-anchor:middle} .lane{fill:#f6f8fa;stroke:#d0d7de} .grid{stroke:#eaeef2}
.mark{stroke:#57606a;stroke-dasharray:4 3} .r0{fill:#54aeff} .r1{fill:#4ac26b} .cut{fill:#cf222e}
.lost{opacity:.45} .way{stroke:#8c959f} .up{fill:#ffffff;stroke:#57606a} .done{fill:#1f2328}
"""
_WIDTH, _LEFT, _RIGHT = 1180, 250, 30
_LANES, _LANE, _ROW = 118, 24, 15


@dataclass(frozen=True)
class Span:
    """A period of a Region: ``kind`` is `active` or `cut`."""

    region: str
    start: float
    end: float
    kind: str


@dataclass(frozen=True)
class Mark:
    at: float
    text: str


@dataclass(frozen=True)
class Bar:
    """An attempt in a Region; another one may have published the file."""

    region: str
    start: float
    end: float
    is_published: bool


@dataclass(frozen=True)
class Line:
    """One file: uploaded, worked on, mailed (None: never)."""

    name: str
    uploaded: float
    bars: Sequence[Bar]
    completed: float | None


@dataclass
class Picture:
    """Times are epochs; ``note`` stands under the title."""

    regions: Sequence[str]
    start: float
    end: float
    note: str
    spans: list[Span] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    def svg(self) -> str:
        """The whole document."""
        height = self._rows_at() + _ROW * len(self.lines) + 46
        root = ET.Element(
            "svg",
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {_WIDTH} {height}",
            attrib={"font-family": "system-ui,Segoe UI,Helvetica,Arial,sans-serif"},
        )
        ET.SubElement(root, "title").text = "A Region fails in the middle of a load"
        ET.SubElement(root, "style").text = _STYLE
        _box(root, 0, 0, _WIDTH, height, fill="#ffffff")
        _text(root, 20, 28, "A Region fails in the middle of a load", "h")
        _text(root, 20, 48, self.note, "s")
        self._axis(root, height - 30)
        self._lanes(root)
        self._marks(root, height - 44)
        for number, line in enumerate(self.lines):
            self._line(root, self._rows_at() + _ROW * number, line)
        ET.indent(root, "")
        return ET.tostring(root, encoding="unicode") + "\n"

    def _rows_at(self) -> int:
        return _LANES + _LANE * len(self.regions) + 22

    def _x(self, at: float) -> float:
        share = (at - self.start) / max(self.end - self.start, 0.001)
        return round(_LEFT + (_WIDTH - _LEFT - _RIGHT) * share, 1)

    def _colour(self, region: str) -> str:
        return f"r{list(self.regions).index(region)}"

    def _axis(self, root: ET.Element, y: int) -> None:
        length = self.end - self.start
        every = next(step for step in (5, 10, 20, 30, 60, 120, 600, 3600) if length / step <= 16)
        for second in range(0, int(length) + 1, every):
            x = self._x(self.start + second)
            _rule(root, x, _LANES, x, y - 6, "grid")
            _text(root, x, y + 10, f"{second} s", "s m")

    def _lanes(self, root: ET.Element) -> None:
        for number, region in enumerate(self.regions):
            y = _LANES + _LANE * number
            _box(root, _LEFT, y, _WIDTH - _LEFT - _RIGHT, _LANE - 4, "lane")
            _text(root, _LEFT - 10, y + 14, region, "e")
            for span in self.spans:
                if span.region == region:
                    self._span(root, y, span)

    def _span(self, root: ET.Element, y: int, span: Span) -> None:
        x, width = self._x(span.start), self._x(span.end) - self._x(span.start)
        if span.kind == "cut":
            _box(root, x, y + _LANE - 9, width, 5, "cut")
        else:
            _box(root, x, y + 4, width, _LANE - 13, self._colour(span.region))

    def _marks(self, root: ET.Element, bottom: int) -> None:
        """Each text on the first of a few levels where it does not run into another."""
        free = [0.0] * 4
        for mark in sorted(self.marks, key=lambda mark: mark.at):
            x, width = self._x(mark.at), 6.2 * len(mark.text) + 8
            x_text = min(x, _WIDTH - width)
            level = next((number for number, end in enumerate(free) if end <= x_text), 0)
            free[level] = x_text + width
            y = _LANES - 8 - 13 * level
            _rule(root, x, y, x, bottom, "mark")
            _text(root, x_text + 3, y + 2, mark.text, "s")

    def _line(self, root: ET.Element, y: int, line: Line) -> None:
        _text(root, _LEFT - 10, y + 9, line.name, "s e")
        end = line.completed or self.end
        _rule(root, self._x(line.uploaded), y + 5, self._x(end), y + 5, "way")
        for bar in line.bars:
            x, classes = self._x(bar.start), self._colour(bar.region)
            width = max(self._x(bar.end) - x, 2)
            _box(root, x, y + 1, width, 8, classes if bar.is_published else f"{classes} lost")
        _dot(root, self._x(line.uploaded), y + 5, "up")
        if line.completed:
            _dot(root, self._x(line.completed), y + 5, "done")


def _text(root: ET.Element, x: float, y: float, text: str, classes: str = "") -> None:
    ET.SubElement(root, "text", {"class": classes, "x": f"{x}", "y": f"{y}"}).text = text


def _box(
    root: ET.Element,
    x: float,
    y: float,
    width: float,
    height: float,
    classes: str = "",
    **attributes: str,
) -> None:
    place = {"x": f"{x}", "y": f"{y}", "width": f"{width:.1f}", "height": f"{height}"}
    ET.SubElement(root, "rect", {"class": classes, **place, **attributes})


def _rule(root: ET.Element, x1: float, y1: float, x2: float, y2: float, classes: str) -> None:
    place = {"x1": f"{x1}", "y1": f"{y1}", "x2": f"{x2}", "y2": f"{y2}"}
    ET.SubElement(root, "line", {"class": classes, **place})


def _dot(root: ET.Element, x: float, y: float, classes: str) -> None:
    ET.SubElement(root, "circle", {"class": classes, "cx": f"{x}", "cy": f"{y}", "r": "2.5"})
