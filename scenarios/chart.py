"""The course of a run as one inline SVG, on one time axis: care, vital signs, actions, alerts.

Colours and weights come from the page's style sheet, so that the picture follows light, dark and
print. Every mark has a title that a pointer or a screen reader can find.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from scenarios.brought import Brought, brought_in
from scenarios.clinical_time import clock
from scenarios.episodes import Alert
from scenarios.language import ENGLISH, Tongue
from scenarios.story import Story
from scenarios.wording import in_words, phase_titled, titled

WIDTH, LEFT, RIGHT = 1200.0, 104.0, 18.0
#: The parts of a picture, from the top: what was measured, and what was done and said.
SIGNS, DEEDS = "signs", "deeds"
ROW = 19.0  # height of one row of actions or alerts
GAP = 26.0  # between lanes
EVERY_S = 10.0  # of a curve one point in this time is drawn
LETTER = 6.3  # mean width of a letter at 11 px
MARK = {"high": "!!!", "medium": "!!", "low": "!"}


@dataclass(frozen=True, slots=True)
class Curve:
    """One vital sign in a lane; its label is a text of its name."""

    name: str
    css: str


@dataclass(frozen=True, slots=True)
class Lane:
    """Curves that share one scale; its name is that of a text."""

    name: str
    low: float
    high: float
    height: float
    ticks: tuple[float, ...]
    curves: tuple[Curve, ...]


LANES = (
    Lane(
        "circulation",
        0,
        200,
        170,
        (0, 50, 100, 150, 200),
        (
            Curve("sbp", "v-bp"),
            Curve("dbp", "v-bp thin"),
            Curve("hr", "v-hr"),
        ),
    ),
    Lane("oxygen", 70, 100, 64, (70, 80, 90, 100), (Curve("spo2", "v-spo2"),)),
    Lane(
        "breathing",
        0,
        60,
        80,
        (0, 20, 40, 60),
        (Curve("rr", "v-rr"), Curve("etco2", "v-co2")),
    ),
)


class Chart:
    """Draws one story; `svg()` gives the picture."""

    def __init__(
        self, story: Story, ends_s: float, width: float = WIDTH, say: Tongue = ENGLISH
    ) -> None:
        self.story, self.say = story, say
        self.ends_s, self.width = max(ends_s, 60.0), width
        self.parts: list[Markup] = []
        self.y = 20.0

    def svg(self, of: Sequence[str] = (SIGNS, DEEDS)) -> Markup:
        """The whole picture, or one of its parts."""
        top = self._signs() if SIGNS in of else self.y
        if DEEDS in of:
            self._actions()
            self._brought()
            self._alerts()
        self._axis(top)
        height = self.y + 12
        label = self.say.t("chart.label")
        return Markup(
            '<svg viewBox="0 0 {w:.0f} {h:.0f}" role="img" aria-label="{l}" class="course">'
            "{b}</svg>"
        ).format(w=self.width, h=height, l=label, b=Markup("").join(self.parts))

    def _signs(self) -> float:
        """Phases, rooms and vital signs; where the lines of the time begin."""
        for key, bands in (("phase", self._phases()), ("room", self._rooms())):
            if bands:
                self._bands(key, bands)
        top = self.y
        for lane in LANES:
            self._lane(lane)
        return top

    def x(self, at_s: float) -> float:
        """Where a time lies."""
        share = min(1.0, max(0.0, at_s / self.ends_s))
        return LEFT + share * (self.width - LEFT - RIGHT)

    def add(self, template: str, **values: object) -> None:
        """Add a mark; values are escaped."""
        self.parts.append(Markup(template).format(**values))

    # -- bands -----------------------------------------------------------------------------

    def _phases(self) -> list[tuple[float, float, str]]:
        rows = [(c.recorded, str(c.value), c.twin) for c in self.story.phases]
        trauma = set(self.story.of_kind("trauma"))
        arrived = next((t for t, v, w in rows if w in trauma and v == "delivered"), None)
        kept = [
            (t, v)
            for t, v, w in rows
            if (w not in trauma and (arrived is None or t < arrived))
            or (w in trauma and arrived is not None and t >= arrived)
        ]
        return self._until(kept)

    def _rooms(self) -> list[tuple[float, float, str]]:
        return [
            (s.in_s, self.ends_s if s.out_s is None else s.out_s, s.room)
            for s in self.story.whereabouts
        ]

    def _until(self, rows: Sequence[tuple[float, str]]) -> list[tuple[float, float, str]]:
        ends = [t for t, _ in rows[1:]] + [self.ends_s]
        return [(t, end, v) for (t, v), end in zip(rows, ends, strict=False)]

    def _bands(self, key: str, bands: Iterable[tuple[float, float, str]]) -> None:
        self._title(self.say.t(f"chart.{key}"), self.y + 15)
        for number, (start, end, name) in enumerate(bands):
            left, width = self.x(start), max(1.0, self.x(end) - self.x(start))
            words = titled(name, self.say)
            if key == "phase":
                words = phase_titled(name, self.say)
            lasts = self.say.t("chart.from_to", **{"from": clock(start), "to": clock(end)})
            self.add(
                '<g><title>{n} {a}</title><rect x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" '
                'height="22" class="band b{k}"/>',
                n=words,
                a=lasts,
                x=left,
                y=self.y,
                w=width,
                k=number % 2,
            )
            if width > LETTER * len(words) + 6:
                self.add(
                    '<text x="{x:.1f}" y="{y:.1f}">{n}</text>', x=left + 4, y=self.y + 15, n=words
                )
            self.add("</g>")
        self.y += 28

    def _title(self, text: str, y: float) -> None:
        self.add('<text x="4" y="{y:.1f}" class="lane">{t}</text>', y=y, t=text)

    # -- curves ----------------------------------------------------------------------------

    def _lane(self, lane: Lane) -> None:
        drawn = [(curve, self._points(curve.name)) for curve in lane.curves]
        if not any(runs for _, runs in drawn):
            return
        self.y += GAP
        top, bottom = self.y, self.y + lane.height
        self._legend([curve for curve, runs in drawn if runs], top - 8)
        for row, word in enumerate(self.say.t(f"chart.{lane.name}").split(", ")):
            self._title(word, top + 12 + 13 * row)
        for tick in lane.ticks:
            y = self._scale(lane, tick, bottom)
            self.add(
                '<line x1="{a:.0f}" x2="{b:.0f}" y1="{y:.1f}" y2="{y:.1f}" class="grid"/>'
                '<text x="{t:.0f}" y="{u:.1f}" class="tick">{v:.0f}</text>',
                a=LEFT,
                b=self.width - RIGHT,
                y=y,
                t=LEFT - 6,
                u=y + 4,
                v=tick,
            )
        for curve, runs in drawn:
            for run in runs:
                points = " ".join(
                    f"{self.x(t):.1f},{self._scale(lane, v, bottom):.1f}" for t, v in run
                )
                self.add('<polyline points="{p}" class="{c}"/>', p=points, c=f"curve {curve.css}")
        self.y = bottom

    def _legend(self, curves: Iterable[Curve], y: float) -> None:
        """The name of each curve behind a piece of its line."""
        x = LEFT
        for curve in curves:
            label = self.say.t(f"chart.{curve.name}")
            self.add(
                '<line x1="{a:.1f}" x2="{b:.1f}" y1="{m:.1f}" y2="{m:.1f}" class="curve {c}"/>'
                '<text x="{t:.1f}" y="{y:.1f}" class="{k}-t">{l}</text>',
                a=x,
                b=x + 22,
                m=y - 4,
                c=curve.css,
                t=x + 27,
                y=y,
                k=curve.css.split()[0],
                l=label,
            )
            x += 27 + LETTER * len(label) + 20

    @staticmethod
    def _scale(lane: Lane, value: float, bottom: float) -> float:
        share = (min(max(value, lane.low), lane.high) - lane.low) / (lane.high - lane.low)
        return bottom - share * lane.height

    def _points(self, name: str) -> list[list[tuple[float, float]]]:
        """Runs of points without a gap, thinned."""
        runs: list[list[tuple[float, float]]] = [[]]
        for at_s, value in self.story.curve(name):
            if value is None:
                runs.append([])
            elif not runs[-1] or at_s - runs[-1][-1][0] >= EVERY_S:
                runs[-1].append((at_s, value))
        return [run for run in runs if len(run) > 1]

    # -- actions and alerts ----------------------------------------------------------------

    def _actions(self) -> None:
        marks = [(c.effective, *in_words(c, self.say)) for c in self.story.medical_events()]
        if not marks:
            return
        self.y += GAP
        self._title(self.say.t("chart.actions"), self.y + 10)
        rows = _Rows()
        for at_s, css, words in marks:
            x, width = self.x(at_s), LETTER * len(words) + 12
            is_left = x + width > self.width - RIGHT
            row = rows.place(x - width if is_left else x - 4, x + 4 if is_left else x + width)
            y = self.y + ROW * row
            self.add(
                '<g class="act {c}"><title>{t} {n}</title><circle cx="{x:.1f}" cy="{y:.1f}" r="4"/>'
                '<text x="{u:.1f}" y="{v:.1f}" class="{s}">{n}</text></g>',
                c=css,
                t=clock(at_s),
                n=words,
                x=x,
                y=y + 8,
                u=x - 8 if is_left else x + 8,
                v=y + 12,
                s="left" if is_left else "right",
            )
        self.y += ROW * len(rows)

    def _brought(self) -> None:
        """What the instructor brought in: a bar where it lasted, else a mark."""
        found = brought_in(self.story, self.say)
        if not found:
            return
        self.y += GAP
        self._title(self.say.t("chart.instructor"), self.y + 10)
        rows = _Rows()
        for one in found:
            start = self.x(one.at_s)
            end = max(start + 8, self.x(one.at_s if one.to_s is None else one.to_s))
            width = LETTER * len(one.what) + 12
            is_left = end + width > self.width - RIGHT
            row = rows.place(start - width if is_left else start, end if is_left else end + width)
            self._one_brought(one, start, end, self.y + ROW * row, is_left=is_left)
        self.y += ROW * len(rows)

    def _one_brought(
        self, one: Brought, start: float, end: float, y: float, *, is_left: bool
    ) -> None:
        lasts = clock(one.at_s)
        if one.to_s is not None:
            lasts = self.say.t("chart.from_to", **{"from": lasts, "to": clock(one.to_s)})
        self.add(
            '<g class="brought"><title>{a} {t}</title>'
            '<rect x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="13" rx="2" class="hand"/>'
            '<text x="{u:.1f}" y="{v:.1f}" class="{c}">{t}</text></g>',
            a=lasts,
            t=one.what,
            x=start,
            y=y,
            w=end - start,
            u=start - 5 if is_left else end + 5,
            v=y + 11,
            c="left" if is_left else "right",
        )

    def _alerts(self) -> None:
        if not self.story.alerts:
            return
        self.y += GAP
        self._title(self.say.t("chart.alerts"), self.y + 10)
        rows = _Rows()
        for alert in self.story.alerts:
            start = self.x(alert.raised_s)
            end = self.x(self.ends_s if alert.cleared_s is None else alert.cleared_s)
            end = max(end, start + 4)
            label = f"{MARK.get(alert.priority, '')} {alert.rule}"
            width = LETTER * len(label) + 12
            is_left = end + width > self.width - RIGHT
            row = rows.place(start - width if is_left else start, end if is_left else end + width)
            self._alert(alert, start, end, label, self.y + ROW * row, is_left=is_left)
        self.y += ROW * len(rows)

    def _alert(
        self, alert: Alert, start: float, end: float, label: str, y: float, *, is_left: bool
    ) -> None:
        until = self.say.t("chart.open") if alert.cleared_s is None else clock(alert.cleared_s)
        lasts = self.say.t("chart.from_to", **{"from": clock(alert.raised_s), "to": until})
        self.add(
            "<g><title>{r} {p} {a}: {t}</title>",
            r=alert.rule,
            p=self.say.t(alert.priority),
            a=lasts,
            t=self.say.alert(alert.rule, alert.text),
        )
        steps = [*alert.escalations(), (float("inf"), "")]
        for (at_s, priority), (until_s, _) in pairwise(steps):
            left = max(start, self.x(at_s))
            right = min(end, self.x(until_s)) if until_s != float("inf") else end
            self.add(
                '<rect x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="13" rx="2" class="al {p}"/>',
                x=left,
                y=y,
                w=max(3.0, right - left),
                p=priority,
            )
        if alert.acknowledged_s is not None:
            self.add(
                '<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" class="ack"/>',
                x=self.x(alert.acknowledged_s),
                y=y + 6.5,
            )
        self.add(
            '<text x="{x:.1f}" y="{y:.1f}" class="{c}">{l}</text></g>',
            x=start - 5 if is_left else end + 5,
            y=y + 11,
            c="left" if is_left else "right",
            l=label,
        )

    # -- time ------------------------------------------------------------------------------

    def _axis(self, top: float) -> None:
        minutes = self.ends_s / 60.0
        step = next((s for s in (1, 2, 5, 10, 15, 30, 60) if minutes / s <= 16), 120)
        self.y += 18
        for minute in range(0, int(minutes) + 1, step):
            x = self.x(minute * 60.0)
            self.parts.insert(
                0,
                Markup(
                    '<line x1="{x:.1f}" x2="{x:.1f}" y1="{a:.1f}" y2="{b:.1f}" class="grid"/>'
                ).format(x=x, a=top, b=self.y - 12),
            )
            self.add(
                '<text x="{x:.1f}" y="{y:.1f}" class="time">{t}</text>',
                x=x,
                y=self.y,
                t=clock(minute * 60.0),
            )


class _Rows:
    """Puts marks into the first row in which they do not touch another."""

    def __init__(self) -> None:
        self._taken: list[list[tuple[float, float]]] = []

    def __len__(self) -> int:
        return len(self._taken)

    def place(self, left: float, right: float) -> int:
        """The row for a mark that needs this space."""
        for number, row in enumerate(self._taken):
            if all(right <= a or left >= b for a, b in row):
                row.append((left, right))
                return number
        self._taken.append([(left, right)])
        return len(self._taken) - 1
