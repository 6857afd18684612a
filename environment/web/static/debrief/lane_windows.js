// @ts-check
/** What was expected, when; and when it came: a window each, with the moment in it or beyond it. */
import { Title, choosing, widthOf } from "/static/debrief/lane_axis.js";
import { ROW } from "/static/debrief/lane_marks.js";
import { t } from "/static/app/text.js";
import { clockText, html } from "/static/app/ui.js";

const SIGN = { met: "✓", late: "»", helped: "»", missed: "✗", violated: "✗", open: "…", void: "–" };

/** Windows that can be drawn: what must come; what must not is told in the table. */
export const drawn = (/** @type {any[]} */ windows) => windows.filter((w) =>
  !["never", "harmful"].includes(w.must) && w.kind !== "outcome" && (w.by_s !== null || w.from_s !== null));

/** All windows, one a row. */
export function Windows(/** @type {any} */ { axis, y, windows, ends, chosen, choose }) {
  return html`<g role="group" aria-label=${t("lane.expected")}><${Title} y=${y + 17} text=${t("lane.expected")} />
    ${windows.map((/** @type {any} */ w, /** @type {number} */ n) => {
      const top = y + n * ROW;
      const [left, right] = [axis.x(w.from_s ?? 0), axis.x(w.by_s ?? ends)];
      const at = w.at_s === null ? right : axis.x(w.at_s);
      const told = `${SIGN[/** @type {"met"} */ (w.verdict)]} ${w.name}${w.at_s === null ? "" : ` ${clockText(w.at_s)}`}`;
      const end = Math.max(right, at) + 12;
      const full = end + widthOf(told) > axis.width;
      const before = Math.min(left, at) - 12;
      const inside = full && before - widthOf(told) < axis.x(0);
      return html`<g class="window ${w.verdict}" data-window=${w.subject} data-verdict=${w.verdict}
          ...${choosing(`${t(`debrief.${w.verdict}`)}: ${w.text}`, chosen?.verdict !== undefined && chosen.text === w.text, () => choose(w))}>
        <rect class="hit" x=${axis.x(0)} y=${top} width=${axis.width - axis.x(0)} height=${ROW} />
        <rect class="span" x=${left} y=${top + 8} width=${Math.max(3, right - left)} height=${ROW - 16} rx="3" />
        ${w.at_s !== null && html`<path class="came" d="M${at} ${top + 5}l8 8l-8 8l-8 -8z" />`}
        <text class=${full && !inside ? "back" : ""} x=${inside ? left + 8 : full ? before : end} y=${top + 17}>${told}</text></g>`;
    })}</g>`;
}
