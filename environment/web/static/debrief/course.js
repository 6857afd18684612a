// @ts-check
/** The course of a run: all lanes on one axis, and the line of the chosen moment through them. */
import { Ticks, axisOf } from "/static/debrief/lane_axis.js";
import { CURVES_HEIGHT, Curves } from "/static/debrief/lane_curves.js";
import { Actions, Alerts, Bands, Brought, Marks, ROW, asAlerts, layActions, layAlerts, layBrought, layMarks } from "/static/debrief/lane_marks.js";
import { Windows, drawn } from "/static/debrief/lane_windows.js";
import { useWidth } from "/static/app/width.js";
import { t } from "/static/app/text.js";
import { word } from "/static/app/names.js";
import { html } from "/static/app/ui.js";

const BAND = 28;

/** Marks, bookmarks and notes: they share a lane. */
export const marksOf = (/** @type {any} */ run) => [...run.lanes.marks,
  ...run.noted.map((/** @type {any} */ n) => ({ at_s: n.at_s, rating: "note", note: n.text }))];

/** The lanes. `moment` is a time of the run; `chosen` what is told of in detail. */
export function Course(/** @type {any} */ { run, ends, moment, go, chosen, choose, least }) {
  const [width, hold] = useWidth(least);
  const axis = axisOf(width, ends);
  const { lanes } = run;
  const noted = marksOf(run);
  const alarmed = asAlerts(lanes.alarms);
  const laid = { actions: layActions(axis, lanes.actions), brought: layBrought(axis, lanes.instructor), alerts: layAlerts(axis, lanes.alerts), alarms: layAlerts(axis, alarmed), marks: layMarks(axis, noted) };
  const windows = drawn(lanes.windows);
  let y = 4;
  /** The top of a lane of this height. */
  const next = (/** @type {number} */ height, gap = 6) => { const top = y; y += height + (height ? gap : 0); return top; };
  const processes = Object.entries(lanes.phases).map(([twin, bands]) => ({ twin, bands, y: next(22) }));
  const rooms = next(lanes.rooms.length ? BAND : 0, 0);
  const curves = next(CURVES_HEIGHT, 8);
  const actions = next(laid.actions.count * ROW);
  const brought = next(laid.brought.count * ROW);
  const alerts = next(laid.alerts.count * ROW);
  const alarms = next(laid.alarms.count * ROW);
  const marks = next(laid.marks.count * ROW);
  const expected = next(windows.length * ROW);
  const height = y + 20;
  const click = (/** @type {any} */ event) => {
    const box = event.currentTarget.getBoundingClientRect();
    if (!event.target.closest("[role=button]")) go(axis.at(event.clientX - box.left));
  };
  const pick = (/** @type {any} */ row) => { choose(row); go(row.at_s ?? row.from_s ?? row.by_s ?? 0); };
  return html`<div class="lanes" ref=${hold}>
    <svg width=${width} height=${height} role="group" aria-label=${t("debrief.course")} onClick=${click}>
      <${Ticks} axis=${axis} height=${height} />
      ${processes.map((p) => html`<${Bands} axis=${axis} y=${p.y} title=${word("twin", p.twin)} bands=${p.bands} group="phase" />`)}
      ${lanes.rooms.length > 0 && html`<${Bands} axis=${axis} y=${rooms} title=${t("lane.rooms")} bands=${lanes.rooms} group="twin" />`}
      <${Curves} axis=${axis} vitals=${lanes.vitals} top=${curves} />
      <${Actions} axis=${axis} y=${actions} rows=${lanes.actions} laid=${laid.actions} chosen=${chosen?.seq} choose=${pick} />
      ${lanes.instructor.length > 0 && html`<${Brought} axis=${axis} y=${brought} rows=${lanes.instructor} laid=${laid.brought} chosen=${chosen?.seq} choose=${pick} />`}
      <${Alerts} axis=${axis} y=${alerts} rows=${lanes.alerts} laid=${laid.alerts} chosen=${chosen?.seq} choose=${pick} />
      ${alarmed.length > 0 && html`<${Alerts} axis=${axis} y=${alarms} rows=${alarmed} laid=${laid.alarms} chosen=${chosen?.seq} choose=${pick} title=${t("lane.alarms")} />`}
      ${noted.length > 0 && html`<${Marks} axis=${axis} y=${marks} rows=${noted} laid=${laid.marks} go=${go} />`}
      <${Windows} axis=${axis} y=${expected} windows=${windows} chosen=${chosen} choose=${pick} />
      <line class="cursor" x1=${axis.x(moment)} x2=${axis.x(moment)} y1="0" y2=${height - 16} />
    </svg></div>`;
}
