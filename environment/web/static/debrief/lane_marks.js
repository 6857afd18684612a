// @ts-check
/** Lanes of phases and rooms, of what was done, of alerts, and of marks and notes. */
import { Title, choosing, rowsOf, widthOf } from "/static/debrief/lane_axis.js";
import { ruleText } from "/static/debrief/words.js";
import { word } from "/static/app/names.js";
import { t } from "/static/app/text.js";
import { clockText, html } from "/static/app/ui.js";

/** At least as high as a finger needs (WCAG 2.2, 2.5.8). */
export const ROW = 26;
const MARK = { high: "!!!", medium: "!!", low: "!" };
const SIGN = { good: "+", bad: "−", bookmark: "◆", note: "✎" };

/** Phases of a process, or rooms, as bands with their names. */
export function Bands(/** @type {any} */ { axis, y, title, bands, group }) {
  return html`<g role="group" aria-label=${title}><${Title} y=${y + 16} text=${title} />
    ${bands.map((/** @type {any} */ band, /** @type {number} */ n) => {
      const [left, right] = [axis.x(band.from_s), axis.x(band.to_s)];
      const name = word(group, band.name);
      return html`<g data-band=${band.name}><title>${name} ${clockText(band.from_s)}–${clockText(band.to_s)}</title>
        <rect class="band odd-${n % 2}" x=${left} y=${y} width=${Math.max(1, right - left)} height="22" />
        ${right - left > widthOf(name) && html`<text x=${left + 5} y=${y + 15}>${name}</text>`}</g>`;
    })}</g>`;
}

/**
 * Where the marks of a lane go: those near the right edge carry their words on the left, and short ones
 * where there is no room.
 */
function places(/** @type {any} */ axis, /** @type {any[]} */ rows, /** @type {(row: any) => string} */ words, /** @type {(row: any) => [number, number]} */ span, brief = words) {
  const marks = rows.map((row) => {
    const [from, to] = span(row);
    const [start, end] = [axis.x(from), Math.max(axis.x(to), axis.x(from) + 10)];
    const full = widthOf(words(row));
    const text = end + full > axis.width && start - full < axis.x(0) ? brief(row) : words(row);
    const wide = widthOf(text);
    const back = end + wide > axis.width;
    return { start, end, back, text, left: back ? start - wide : start, right: back ? end + 4 : end + wide };
  });
  const order = marks.map((_, n) => n).sort((a, b) => marks[a].left - marks[b].left);
  const laid = rowsOf(order.map((n) => marks[n]));
  const rowAt = marks.map((_, n) => laid.rows[order.indexOf(n)]);
  return { marks, rowAt, count: laid.count };
}

/** How the actions lie. */
export const layActions = (/** @type {any} */ axis, /** @type {any[]} */ rows) =>
  places(axis, rows, (row) => row.what, (row) => [row.at_s, row.at_s]);

/** What was done, each at its time; choosing one tells of it. */
export function Actions(/** @type {any} */ { axis, y, rows, laid, chosen, choose }) {
  return html`<g role="group" aria-label=${t("lane.actions")}><${Title} y=${y + 17} text=${t("lane.actions")} />
    ${rows.map((/** @type {any} */ row, /** @type {number} */ n) => {
      const { start, back, left, right } = laid.marks[n];
      const top = y + laid.rowAt[n] * ROW;
      const name = `${clockText(row.at_s)} ${row.what}`;
      return html`<g class="action ${row.kind}" data-action=${row.seq}
          ...${choosing(name, chosen === row.seq, () => choose(row))}>
        <rect class="hit" x=${left} y=${top} width=${right - left} height=${ROW} />
        <circle cx=${start} cy=${top + ROW / 2} r="5" />
        <text class=${back ? "back" : ""} x=${back ? start - 9 : start + 9} y=${top + ROW / 2 + 4}>${row.what}</text></g>`;
    })}</g>`;
}

/** How what the instructor brought in lies. */
export const layBrought = (/** @type {any} */ axis, /** @type {any[]} */ rows) =>
  places(axis, rows, (row) => row.what, (row) => [row.at_s, row.to_s ?? row.at_s]);

/** What the instructor brought in: a bar as long as it lasted. */
export function Brought(/** @type {any} */ { axis, y, rows, laid, chosen, choose }) {
  return html`<g role="group" aria-label=${t("lane.instructor")}><${Title} y=${y + 17} text=${t("lane.instructor")} />
    ${rows.map((/** @type {any} */ row, /** @type {number} */ n) => {
      const { start, end, back, left, right } = laid.marks[n];
      const top = y + laid.rowAt[n] * ROW;
      return html`<g class="brought" data-brought=${row.operation} ...${choosing(`${clockText(row.at_s)} ${row.what}`, chosen === row.seq, () => choose(row))}>
        <rect class="hit" x=${left} y=${top} width=${right - left} height=${ROW} />
        <rect class="hand" x=${start} y=${top + 5} width=${end - start} height=${ROW - 10} />
        <text class=${back ? "back" : ""} x=${back ? start - 6 : end + 6} y=${top + ROW / 2 + 4}>${row.what}</text></g>`;
    })}</g>`;
}

const briefly = (/** @type {any} */ row) => `${MARK[/** @type {"high"} */ (row.priority)] ?? ""} ${row.rule}`;
const alertWords = (/** @type {any} */ row) =>
  `${briefly(row).replace(row.rule, "")}${row.alarm ? row.rule : ruleText(row.rule, row.title)}`;

/** How the alerts lie; what is open ends with its run. */
export const layAlerts = (/** @type {any} */ axis, /** @type {any[]} */ rows, /** @type {number} */ ends) =>
  places(axis, rows, alertWords, (row) => [row.from_s, row.to_s ?? ends], briefly);

/** Alerts from raised to cleared, in the colour of each priority that they reached. */
export function Alerts(/** @type {any} */ { axis, y, rows, laid, chosen, choose, title = t("lane.alerts") }) {
  return html`<g role="group" aria-label=${title}><${Title} y=${y + 17} text=${title} />
    ${rows.map((/** @type {any} */ row, /** @type {number} */ n) => {
      const { start, end, back, text, left, right } = laid.marks[n];
      const top = y + laid.rowAt[n] * ROW;
      const steps = row.steps.map((/** @type {any} */ step, /** @type {number} */ k) => ({
        from: k ? axis.x(step[0]) : start, to: row.steps[k + 1] ? axis.x(row.steps[k + 1][0]) : end, priority: step[1],
      }));
      const name = `${clockText(row.from_s)} ${t(`priority.${row.priority}`)}: ${row.rule} ${row.text}`;
      return html`<g class="raised" data-rule=${row.rule} ...${choosing(name, chosen === row.seq, () => choose(row))}>
        <rect class="hit" x=${left} y=${top} width=${right - left} height=${ROW} />
        ${steps.map((/** @type {any} */ s) => html`
          <rect class="bar ${s.priority}" x=${s.from} y=${top + 5} width=${Math.max(3, s.to - s.from)} height=${ROW - 10} rx="3" />`)}
        ${row.acknowledged_s !== null && html`<circle class="seen" cx=${axis.x(row.acknowledged_s)} cy=${top + ROW / 2} r="4" />`}
        <text class=${back ? "back" : ""} x=${back ? start - 6 : end + 6} y=${top + ROW / 2 + 4}>${text}</text></g>`;
    })}</g>`;
}

/** Alarms of the monitors themselves, drawn as alerts are; the ring is the paused sound. */
export const asAlerts = (/** @type {any[]} */ rows) => rows.map((row) => {
  const arrow = { low: "↓", high: "↑" }[/** @type {"low"} */ (row.kind)];
  const sign = row.member ? t(`vital.${row.member}`) : "";
  const what = arrow ? `${sign} ${arrow}` : row.kind === "no_signal" ? `${sign} –` : t(`monitor.${row.kind}`);
  const limit = row.limit === null ? "" : ` ${row.value} (${row.limit})`;
  return { ...row, rule: what, text: `${word("twin", row.twin)}${limit}`, acknowledged_s: row.silenced[0]?.at_s ?? null };
});

/** Pixels from the middle of a mark to its rim. */
const RIM = 12;

/** How the marks lie: those of one moment below each other. */
export function layMarks(/** @type {any} */ axis, /** @type {any[]} */ rows) {
  const order = rows.map((_, n) => n).sort((a, b) => rows[a].at_s - rows[b].at_s);
  const laid = rowsOf(order.map((n) => ({ left: axis.x(rows[n].at_s) - RIM, right: axis.x(rows[n].at_s) + RIM })));
  return { rowAt: rows.map((_, n) => laid.rows[order.indexOf(n)]), count: laid.count };
}

/** The instructor's marks, bookmarks and notes. */
export function Marks(/** @type {any} */ { axis, y, rows, laid, go }) {
  return html`<g role="group" aria-label=${t("lane.marks")}><${Title} y=${y + 17} text=${t("lane.marks")} />
    ${rows.map((/** @type {any} */ row, /** @type {number} */ n) => {
      const middle = y + laid.rowAt[n] * ROW + ROW / 2;
      const name = `${clockText(row.at_s)} ${t(`debrief.${row.rating}`)} ${row.note}`;
      return html`<g class="noted ${row.rating}" data-mark=${row.rating} ...${choosing(name, false, () => go(row.at_s))}>
        <title>${name}</title><circle cx=${axis.x(row.at_s)} cy=${middle} r=${RIM} />
        <text x=${axis.x(row.at_s)} y=${middle + 5}>${SIGN[/** @type {"good"} */ (row.rating)]}</text></g>`;
    })}</g>`;
}
