// @ts-check
/** Vital signs for four metres: number, where it is going, its last ten minutes. */
import { isGone } from "/static/app/arrest.js";
import { Spark } from "/static/shock_room/spark.js";
import { t } from "/static/app/text.js";
import { ageText, html } from "/static/app/ui.js";

/**
 * Signs on the wall; `by`: what counts as a change within five minutes (the alert rules' hysteresis,
 * else engineering defaults), `least`: the smallest span of values that a curve fills its height with.
 */
export const SIGNS = [
  { id: "hr", by: 5, least: 40 }, { id: "sbp", by: 5, least: 40 }, { id: "spo2", by: 2, least: 10 },
  { id: "rr", by: 3, least: 16 }, { id: "etco2", by: 3, least: 16 },
];
/** How many of them, from the first, are shown largest. */
const LARGE = 3;
const SECONDS = 600;
const ARROWS = new Map([[1, "↑"], [0, "→"], [-1, "↓"]]);
const WORDS = new Map([[1, "rising"], [0, "steady"], [-1, "falling"]]);

const number = (/** @type {any} */ store, /** @type {string} */ key) => {
  const seen = store.vital(key);
  return seen === null || typeof seen.value !== "number" || isGone(store, key, seen) ? "–" : seen.value.toFixed(store.here.vitals[key].decimals);
};
const old = (/** @type {any} */ seen) => (seen?.stale ? t("vital.old", { age: ageText(seen.age) }) : "");

function Sign(/** @type {any} */ { store, data, sign }) {
  const { id, by, least } = sign;
  const seen = store.vital(id);
  const row = store.here.vitals[id];
  const going = seen === null || seen.stale ? null : data.direction(id, by);
  const way = going === null ? "" : t(`going.${WORDS.get(going)}`);
  const pressure = id === "sbp";
  return html`<div class="sign ${seen?.stale ? "old" : ""}" data-vital=${id} role="group" aria-label=${t(`vital_full.${id}`)}>
    <div class="name">${pressure ? t("wall.pressure") : t(`vital.${id}`)} <small>${row.shown_unit}</small>
      ${going !== null && html`<span class="arrow" role="img" aria-label=${way}>${ARROWS.get(going)}</span>`}</div>
    <div class="figure"><b class="value">${number(store, id)}</b>${pressure && html`<span class="second">/${number(store, "dbp")}</span>`}</div>
    <div class="under">${seen?.stale ? html`<span class="age">${old(seen)}</span>`
      : html`<${Spark} data=${data} name=${id} seconds=${SECONDS} least=${least} label=${t("wall.curve", { name: t(`vital.${id}`), way })} />`}</div>
  </div>`;
}

/** A sign without a curve: seldom measured. */
function Small(/** @type {any} */ { store, id }) {
  const seen = store.vital(id);
  return html`<div class="small ${seen?.stale ? "old" : ""}" data-vital=${id} role="group" aria-label=${t(`vital_full.${id}`)}>
    <span class="name">${t(`vital_short.${id}`)}</span> <b class="value">${number(store, id)}</b> <small>${old(seen)}</small></div>`;
}

/** Heart rate by systolic pressure: 0.5 to 0.7 is usual, from 0.9 on think of bleeding. */
function ShockIndex(/** @type {any} */ { store }) {
  const [hr, sbp] = [store.vital("hr"), store.vital("sbp")];
  const known = hr && sbp && !hr.stale && !sbp.stale && sbp.value > 0;
  return html`<div class="small" data-vital="shock_index" role="group" aria-label=${t("wall.si_full")}>
    <span class="name">${t("wall.si")}</span> <b class="value">${known ? (hr.value / sbp.value).toFixed(2) : "–"}</b></div>`;
}

export function Vitals(/** @type {any} */ { store, data }) {
  const sign = (/** @type {any} */ one) => html`<${Sign} key=${one.id} store=${store} data=${data} sign=${one} />`;
  return html`<section class="vitals" aria-label=${t("monitor.signs")}>
    ${SIGNS.slice(0, LARGE).map(sign)}
    <div class="others">${SIGNS.slice(LARGE).map(sign)}
      <div class="smalls"><${Small} store=${store} id="gcs" /><${Small} store=${store} id="temp" /><${ShockIndex} store=${store} /></div></div>
  </section>`;
}
