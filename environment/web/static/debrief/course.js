// @ts-check
/** The course of a run: all lanes on one axis, and the line of the chosen moment through them. */
import { Ticks, axisOf } from "/static/debrief/lane_axis.js";
import { CURVES_HEIGHT, Curves } from "/static/debrief/lane_curves.js";
import { Actions, Alerts, Bands, Brought, Marks, ROW, asAlerts, layActions, layAlerts, layBrought, layMarks } from "/static/debrief/lane_marks.js";
import { Windows, drawn } from "/static/debrief/lane_windows.js";
import { useWidth } from "/static/app/width.js";
import { t } from "/static/app/text.js";
import { word } from "/static/app/names.js";
import { clockText, html } from "/static/app/ui.js";

const BAND = 28;

/** Marks, bookmarks and notes: they share a lane. */
export const marksOf = (/** @type {any} */ run) => [...run.lanes.marks,
  ...run.noted.map((/** @type {any} */ n) => ({ at_s: n.at_s, rating: "note", note: n.text }))];

/** How the marks of a run lie on an axis. */
function layOf(/** @type {any} */ axis, /** @type {any} */ run) {
  const { lanes, ends_s: ends } = run;
  return {
    actions: layActions(axis, lanes.actions), brought: layBrought(axis, lanes.instructor), alerts: layAlerts(axis, lanes.alerts, ends),
    alarms: layAlerts(axis, asAlerts(lanes.alarms), ends), marks: layMarks(axis, marksOf(run)), windows: { count: drawn(lanes.windows).length },
  };
}

/**
 * The lanes of one of the `runs`, as high as those of the other, so that both stand level. `moment` is a
 * time of the run; `chosen` what is told of in detail.
 */
export function Course(/** @type {any} */ { run, runs, ends, moment, go, chosen, choose, least }) {
  const [width, hold] = useWidth(least);
  const axis = axisOf(width, ends);
  const { lanes } = run;
  const noted = marksOf(run);
  const alarmed = asAlerts(lanes.alarms);
  const all = runs.map((/** @type {any} */ one) => layOf(axis, one));
  const laid = all[runs.indexOf(run)];
  const windows = drawn(lanes.windows);
  let y = 4;
  /** The top of a lane of this height. */
  const next = (/** @type {number} */ height, gap = 6) => { const top = y; y += height + (height ? gap : 0); return top; };
  /** The top of a lane with as many rows as the run has that needs most. */
  const rows = (/** @type {string} */ lane) => next(Math.max(...all.map((/** @type {any} */ one) => one[lane].count)) * ROW);
  const twins = [...new Set(runs.flatMap((/** @type {any} */ one) => Object.keys(one.lanes.phases)))];
  const processes = twins.map((twin) => ({ twin, bands: lanes.phases[/** @type {string} */ (twin)] ?? [], y: next(22) }));
  const rooms = next(runs.some((/** @type {any} */ one) => one.lanes.rooms.length > 0) ? BAND : 0, 0);
  const curves = next(CURVES_HEIGHT, 8);
  const [actions, brought, alerts, alarms, marks, expected] = ["actions", "brought", "alerts", "alarms", "marks", "windows"].map(rows);
  const height = y + 20;
  const over = axis.x(run.ends_s);
  const click = (/** @type {any} */ event) => {
    const box = event.currentTarget.getBoundingClientRect();
    if (!event.target.closest("[role=button]")) go(axis.at(event.clientX - box.left));
  };
  const pick = (/** @type {any} */ row) => { choose(row); go(row.at_s ?? row.from_s ?? row.by_s ?? 0); };
  return html`<div class="lanes" ref=${hold}>
    <svg width=${width} height=${height} role="group" aria-label=${t("debrief.course")} onClick=${click}>
      <${Ticks} axis=${axis} height=${height} />
      ${run.ends_s < ends - 1 && html`<g class="beyond"><title>${t("debrief.ends_here", { at: clockText(run.ends_s) })}</title>
        <rect x=${over} y="0" width=${axis.x(ends) - over} height=${height - 18} /></g>`}
      ${processes.map((p) => html`<${Bands} axis=${axis} y=${p.y} title=${word("twin", p.twin)} bands=${p.bands} group="phase" />`)}
      ${lanes.rooms.length > 0 && html`<${Bands} axis=${axis} y=${rooms} title=${t("lane.rooms")} bands=${lanes.rooms} group="twin" />`}
      <${Curves} axis=${axis} vitals=${lanes.vitals} top=${curves} />
      <${Actions} axis=${axis} y=${actions} rows=${lanes.actions} laid=${laid.actions} chosen=${chosen?.seq} choose=${pick} />
      ${lanes.instructor.length > 0 && html`<${Brought} axis=${axis} y=${brought} rows=${lanes.instructor} laid=${laid.brought} chosen=${chosen?.seq} choose=${pick} />`}
      <${Alerts} axis=${axis} y=${alerts} rows=${lanes.alerts} laid=${laid.alerts} chosen=${chosen?.seq} choose=${pick} />
      ${alarmed.length > 0 && html`<${Alerts} axis=${axis} y=${alarms} rows=${alarmed} laid=${laid.alarms} chosen=${chosen?.seq} choose=${pick} title=${t("lane.alarms")} />`}
      ${noted.length > 0 && html`<${Marks} axis=${axis} y=${marks} rows=${noted} laid=${laid.marks} go=${go} />`}
      <${Windows} axis=${axis} y=${expected} windows=${windows} ends=${run.ends_s} chosen=${chosen} choose=${pick} />
      <line class="cursor" x1=${axis.x(moment)} x2=${axis.x(moment)} y1="0" y2=${height - 16} />
    </svg></div>`;
}
