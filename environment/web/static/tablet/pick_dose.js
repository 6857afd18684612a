// @ts-check
/** How much of a drug: the usual dose is chosen already, one tap gives it. */
import { amountText, named, rounded, unitText, word } from "/static/app/names.js";
import { t } from "/static/app/text.js";
import { html, useState } from "/static/app/ui.js";

/** Minutes over which a dose is given; 0 at once. */
const MINUTES = [0, 5, 10, 20, 30];
/** Drugs that are run in and not pushed, in minutes (CRASH-2 2010; European guideline 2023). */
const USUAL_MINUTES = { tranexamic_acid: 10, calcium_chloride: 5, calcium_gluconate: 5, fibrinogen: 10,
  prothrombin_complex: 10, mannitol: 20, hypertonic_saline: 10, hydroxocobalamin: 15 };

/** The dose that a tablet proposes for this patient. */
export function usual(/** @type {any} */ store, /** @type {string} */ drug) {
  const row = store.here.drugs[drug];
  const amount = store.here.usual[drug] ?? null;
  return { amount: amount === null ? null : rounded(amount), unit: row.unit, route: row.routes[0] };
}

/** Amounts to choose from: the usual one, and those of the row's doses for this patient. */
function choices(/** @type {any} */ store, /** @type {string} */ drug) {
  const row = store.here.drugs[drug];
  const weight = store.value(store.here.patient, "weight_kg");
  const age = store.value(store.here.patient, "age");
  const child = age !== null && age < 16;
  const found = new Map();
  const first = usual(store, drug).amount;
  if (first !== null) found.set(first, t("dose.usual"));
  for (const dose of row.doses) {
    if (dose.who === (child ? "adult" : "child")) continue;
    const range = dose.amount !== null ? [dose.amount]
      : dose.per_kg && weight ? dose.per_kg.map((/** @type {number} */ x) => x * weight) : [];
    for (const amount of range) {
      const fits = rounded(dose.max === null ? amount : Math.min(amount, dose.max));
      const said = found.get(fits);
      const purpose = word("purpose", dose.purpose);
      found.set(fits, said ? `${said}; ${purpose}` : purpose);
    }
  }
  if (row.unit === "mL") for (const ml of [250, 500]) if (!found.has(ml) && first === 250) found.set(ml, "");
  return [...found].sort((a, b) => a[0] - b[0]);
}

/** One step up or down: a tenth of the size of the number. */
const stepOf = (/** @type {number} */ amount) => 10 ** Math.floor(Math.log10(amount || 1)) / 2;

/** Choose amount, way and time, and give it. */
export function DoseForm(/** @type {any} */ { store, outbox, drug, why, against, trauma, done }) {
  const row = store.here.drugs[drug];
  const first = usual(store, drug);
  const offered = choices(store, drug);
  const [amount, setAmount] = useState(first.amount ?? offered[0]?.[0] ?? 1);
  const [route, setRoute] = useState(first.route);
  const [over, setOver] = useState(USUAL_MINUTES[/** @type {"fibrinogen"} */ (drug)] ?? 0);
  const label = named(store.here.drugs, drug);
  const given = store.value(store.here.patient, "drug", {})?.[drug];
  const give = () => {
    const text = `${label} ${amountText(amount, row.unit)} ${word("route", route)}`;
    outbox.put(store.here.patient, "give_drug",
      { drug, amount, unit: row.unit, route, over_min: over }, { text });
    done();
  };
  const order = () => {
    outbox.put(trauma, "order_drug", { drug, amount, unit: row.unit, route },
      { text: t("report.ordered", { what: `${label} ${amountText(amount, row.unit)}` }) });
    done();
  };
  const step = (/** @type {number} */ sign) =>
    setAmount(Math.max(stepOf(amount) / 5, Number((amount + sign * stepOf(amount)).toFixed(3))));
  return html`<div class="form" role="group" aria-label=${label}>
    <div class="row"><h2>${label}</h2><button onClick=${done}>${t("pick.back")}</button></div>
    ${given && html`<p class="dim">${t("dose.given", { total: amountText(given.total, given.unit), doses: given.doses })}</p>`}
    <div class="row choices" role="group" aria-label=${t("dose.amount")}>${offered.map(([a, said]) => html`
      <button key=${a} aria-pressed=${String(a === amount)} onClick=${() => setAmount(a)}>
        ${amountText(a, row.unit)}${said && html`<small>${said}</small>`}</button>`)}</div>
    <div class="row stepper"><button aria-label=${t("dose.less")} onClick=${() => step(-1)}>−</button>
      <output aria-label=${t("dose.amount")}>${amountText(amount, row.unit)}</output>
      <button aria-label=${t("dose.more")} onClick=${() => step(1)}>+</button></div>
    <div class="row choices" role="group" aria-label=${t("dose.route")}>${row.routes.map(
      (/** @type {string} */ r) => html`<button key=${r} aria-pressed=${String(r === route)}
        onClick=${() => setRoute(r)}>${word("route", r)}</button>`)}</div>
    <div class="row choices" role="group" aria-label=${t("dose.over")}>${MINUTES.map((m) => html`
      <button key=${m} aria-pressed=${String(m === over)} onClick=${() => setOver(m)}>${
        m === 0 ? t("dose.at_once") : t("dose.minutes", { m })}</button>`)}</div>
    <button class="main big" disabled=${Boolean(why)} onClick=${give}>
      ${t("dose.give", { what: `${label} ${amountText(amount, row.unit)}` })}</button>
    ${trauma && html`<button class="big" disabled=${Boolean(against)} onClick=${order}>${t("order.order", { what: `${label} ${amountText(amount, row.unit)}` })}</button>`}
    ${why && html`<small>${why}</small>`}
    <small class="dim">${t("dose.source", { source: row.source, unit: unitText(row.unit) })}</small>
  </div>`;
}
