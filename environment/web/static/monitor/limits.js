// @ts-check
/** Setting a limit: one step up or down, or a number; the twin says who did it. */
import { limitsOf } from "/static/monitor/alarms.js";
import { whose } from "/static/monitor/tile.js";
import { has, t } from "/static/app/text.js";
import { html, useEffect, useState } from "/static/app/ui.js";

/** One side of a sign's limits. */
function Side(/** @type {any} */ { id, side, now, step, doing, monitor }) {
  const [to, choose] = useState(now);
  useEffect(() => choose(now), [now]);
  if (now === null) return null;
  const name = t(`limits.${side}`);
  const move = (/** @type {number} */ by) => choose(Number((Number(to) + by).toFixed(1)));
  return html`<div class="row" role="group" aria-label=${name}><span class="side">${name}</span>
    <button aria-label=${t("limits.less", { name })} onClick=${() => move(-step)}>−</button>
    <input type="number" aria-label=${name} step=${step} value=${to} onInput=${(/** @type {any} */ e) => choose(e.currentTarget.value)} />
    <button aria-label=${t("limits.more", { name })} onClick=${() => move(step)}>+</button>
    <button class="main" disabled=${to === "" || Number(to) === now} onClick=${() => doing(monitor, "set_limit", { member: id, side, to: Number(to) },
      { done: t("limits.done"), undo: () => doing(monitor, "set_limit", { member: id, side, to: now }) })}>${t("limits.set")}</button></div>`;
}

/** The dialogue of one sign. */
export function SetLimits(/** @type {any} */ { store, monitor, id, doing, leave }) {
  const { low, high, by } = limitsOf(store, monitor, id);
  const row = store.here.vitals[id];
  const name = has(`vital_full.${id}`) ? t(`vital_full.${id}`) : t(`vital.${id}`);
  const step = row.decimals > 0 ? 0.5 : ["hr", "sbp", "map"].includes(id) ? 5 : 1;
  useEffect(() => {
    const press = (/** @type {KeyboardEvent} */ event) => { if (event.key === "Escape") leave(); };
    document.addEventListener("keydown", press);
    document.querySelector(".set-limits")?.querySelector("input")?.focus();
    return () => document.removeEventListener("keydown", press);
  }, [id]);
  const parts = { id, doing, monitor, step };
  return html`<section class="set-limits panel" role="dialog" aria-label=${t("limits.of", { name })}>
    <div class="row between"><h2>${t("limits.of", { name })} <small>${row.shown_unit} · ${whose(by)}</small></h2>
      <button aria-label=${t("act.close")} onClick=${leave}>×</button></div>
    <${Side} ...${parts} side="high" now=${high} /><${Side} ...${parts} side="low" now=${low} /></section>`;
}
