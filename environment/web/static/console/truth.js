// @ts-check
/** How the patient really is, beside what the team sees; and vital signs moved on the fly. */
import { t } from "/static/app/text.js";
import { ageText, clockText, html, useState } from "/static/app/ui.js";

/** Vital signs that can be moved: how the truth calls them, their limits and steps. */
const MOVED = [
  { key: "hr", truth: "hr", low: 10, high: 250, step: 5 },
  { key: "sbp", truth: "sbp", low: 20, high: 260, step: 5 },
  { key: "rr", truth: "rr", low: 0, high: 60, step: 1 },
  { key: "spo2", truth: "spo2", low: 30, high: 100, step: 1 },
  { key: "etco2", truth: "etco2", low: 0, high: 100, step: 1 },
  { key: "temp", truth: "temp_c", low: 24, high: 43, step: 0.1 },
  { key: "gcs", truth: "gcs", low: 3, high: 15, step: 1 },
];
const OVER_S = [0, 15, 30, 60, 120, 300, 600];
/** Decimals of what is measured in parts: always as many, whatever the value. */
const DECIMALS = { hb_g_dl: 1, lactate: 1, be: 1, ph: 2, fibrinogen: 1, inr: 1, potassium: 1, calcium: 2, tension: 2, tamponade: 2 };
const HIDDEN = ["volume_percent", "bled_ml", "output_percent", "map", "hb_g_dl", "lactate", "be", "ph",
  "fibrinogen", "inr", "icp", "cpp", "paco2", "potassium", "calcium", "tension", "tamponade"];

/** Truth, what the team sees, and how each is moved. */
export function Truth(/** @type {any} */ { store, doing }) {
  const [open, setOpen] = useState("");
  const truth = store.value("session", "truth", {});
  const held = store.value("session", "held") ?? {};
  return html`<section class="panel" aria-label=${t("console.truth")}>
    <header><h2>${t("console.truth")}</h2><${Heart} truth=${truth} doing=${doing} /></header>
    <table class="truth"><thead><tr><th scope="col">${t("console.sign")}</th>
      <th scope="col">${t("console.really")}</th><th scope="col">${t("console.team_sees")}</th>
      <th scope="col"><span class="visually-hidden">${t("console.move")}</span></th></tr></thead>
    <tbody>${MOVED.map((row) => html`<${Sign} key=${row.key} row=${row} truth=${truth} store=${store}
      held=${held[row.key]} isOpen=${open === row.key} doing=${doing}
      turn=${() => setOpen(open === row.key ? "" : row.key)} />`)}</tbody></table>
    <${Hidden} truth=${truth} />
  </section>`;
}

/** The heart stops, or beats again: what is offered is what can be. */
function Heart(/** @type {any} */ { truth, doing }) {
  const name = truth.pulse === false ? "restore_circulation" : "arrest";
  const back = () => doing("session", "restore_circulation", {}, { done: t("console.happens", { name: t("console.restore_circulation") }) });
  return html`<button onClick=${() => doing("session", name, {},
    { done: t("console.happens", { name: t(`console.${name}`) }), undo: name === "arrest" ? back : undefined })}>${t(`console.${name}`)}</button>`;
}

function Sign(/** @type {any} */ { row, truth, store, held, isOpen, doing, turn }) {
  const name = t(`vital.${row.key}`);
  const seen = store.vital(row.key);
  const decimals = store.here.vitals[row.key].decimals;
  const shown = seen === null ? "–" : Number(seen.value).toFixed(decimals);
  const back = () => doing("session", "release_vital", { key: row.key, over_s: 30 }, { done: t("console.let_go", { name }) });
  return html`<tr data-vital=${row.key}>
      <th scope="row">${name}</th>
      <td class="number">${truth[row.truth]?.toFixed(decimals) ?? "–"}${held && html` <span class="flag">${t("console.held", { to: held.to })}</span>`}</td>
      <td class="number ${seen?.stale ? "old" : ""}">${shown}${seen?.stale
        ? html` <small>${t("vital.old", { age: ageText(seen.age) })}</small>` : null}</td>
      <td class="row end">${held && html`<button aria-label=${t("console.release", { name })} onClick=${back}>${t("console.free")}</button>`}
        <button aria-expanded=${String(isOpen)} aria-label=${t("console.move_one", { name })} onClick=${turn}>${t("console.move")}</button></td>
    </tr>${isOpen && html`<tr><td colspan="4"><${Ramp} row=${row} from=${truth[row.truth]} doing=${doing}
      name=${name} back=${back} done=${turn} /></td></tr>`}`;
}

function Ramp(/** @type {any} */ { row, from, doing, name, back, done }) {
  const [to, setTo] = useState(from ?? row.low);
  const [over, setOver] = useState(60);
  const within = (/** @type {number} */ n) => Number(Math.min(row.high, Math.max(row.low, n)).toFixed(1));
  const send = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const told = await doing("session", "set_vital", { key: row.key, to, over_s: over },
      { done: t("console.moving", { name, to }), undo: back });
    if (told.ok) done();
  };
  return html`<form class="row ramp" onSubmit=${send} aria-label=${t("console.move_one", { name })}>
    <button type="button" aria-label=${t("console.less")} onClick=${() => setTo(within(to - row.step))}>−</button>
    <input type="number" aria-label=${t("console.target", { name })} min=${row.low} max=${row.high} step="any" required
      value=${to} onInput=${(/** @type {any} */ e) => setTo(Number(e.target.value))} />
    <button type="button" aria-label=${t("console.more")} onClick=${() => setTo(within(to + row.step))}>+</button>
    <label class="row">${t("console.within")} <select value=${String(over)}
      onChange=${(/** @type {any} */ e) => setOver(Number(e.target.value))}>
      ${OVER_S.map((s) => html`<option value=${String(s)}>${s === 0 ? t("console.at_once") : clockText(s)}</option>`)}
    </select></label>
    <button class="main">${t("console.move")}</button></form>`;
}

function Hidden(/** @type {any} */ { truth }) {
  const sites = Object.entries(truth.bleeding ?? {});
  // of his usual volume: above it once more was given than was lost
  const told = "loss_percent" in truth ? { ...truth, volume_percent: 100 - truth.loss_percent } : truth;
  return html`<dl class="hidden">
    <div class=${truth.pulse === false ? "grave" : ""}><dt>${t("truth.rhythm")}</dt><dd>${t(`truth.${truth.rhythm ?? "unknown"}`)}</dd></div>
    ${sites.map(([site, flow]) => html`<div key=${site}><dt>${t("truth.bleeds", { site: t(`site.${site}`) })}</dt>
      <dd>${flow} mL/min</dd></div>`)}
    ${HIDDEN.filter((key) => key in told).map((key) => html`<div key=${key}>
      <dt>${t(`truth.${key}`)}</dt><dd>${told[key]?.toFixed(DECIMALS[/** @type {"ph"} */ (key)] ?? 0)}</dd></div>`)}
  </dl>`;
}
