// @ts-check
/** What was found, in words: by hand, in a laboratory, on an image. */
import { named, site, word } from "/static/app/names.js";
import { has, t, words } from "/static/app/text.js";

/** @typedef {{id: string, label: string, text: string}} Part */

/** Of a sample, what a wall has room for: what a team acts on first (European guideline, 2023). */
const FIRST = {
  blood_gas: ["lactate", "be", "ph", "hb", "k", "ica"],
  rotem: ["extem_ct", "extem_a5", "fibtem_a5", "hyperfibrinolysis"],
  blood_count: ["hb", "platelets", "inr", "fibrinogen"],
};
/** The order in which the views of an eFAST are told. */
const VIEWS = ["ruq", "luq", "pelvis", "subxiphoid", "pleura_left", "pleura_right"];
/** Findings of an image are a kind and a place: "fracture_pelvis". */
const KIND = /^(pneumothorax|haemothorax|fracture|bleeding)_(.+)$/;

/** A number as its row has it, and finer where the finding is; zero has no sign. */
function number(/** @type {any} */ row, /** @type {number} */ value) {
  const digits = Math.max(row?.decimals ?? 0, Number.isInteger(value) ? 0 : 1);
  return value.toFixed(digits).replace(/^-(?=[0.]+$)/, "");
}

/** One finding: its label and its value in words. @returns {Part} */
function part(/** @type {any} */ store, /** @type {string} */ id, /** @type {any} */ value) {
  const row = store.here.vitals[id];
  const label = has(`vital.${id}`) ? t(`vital.${id}`) : has(`finding.${id}`) ? t(`finding.${id}`) : row?.label ?? words(id);
  if (typeof value === "number") return { id, label, text: `${number(row, value)} ${row?.shown_unit ?? ""}`.trim() };
  if (typeof value === "boolean") {
    const said = `found.${id}.${value}`;
    return { id, label, text: has(said) ? t(said) : t(value ? "yes" : "no") };
  }
  if (id === "rhythm") return { id, label, text: word("truth", value) };
  return { id, label, text: value === null ? "–" : typeof value === "string" ? word("value", value) : JSON.stringify(value) };
}

/** What was found by hand; both eyes and all of the GCS in one piece each. @returns {string} */
export function foundText(/** @type {any} */ store, /** @type {Record<string, any>} */ found) {
  const said = [];
  const { gcs, gcs_eye, gcs_verbal, gcs_motor, ...others } = found;
  if (gcs_eye !== undefined) {
    const letters = Object.entries({ gcs_eye, gcs_verbal, gcs_motor })
      .map(([key, n]) => `${t(`gcs.${key}.letter`)}${n ?? t("found.not_tested")}`).join(" ");
    said.push(gcs === undefined ? `GCS ${letters}` : `GCS ${gcs} (${letters})`);
  } else if (gcs !== undefined) said.push(`GCS ${gcs}`);
  for (const side of ["left", "right"]) {
    const [mm, reacts] = [others[`pupil_${side}`], others[`pupil_${side}_reacts`]];
    if (mm === undefined || reacts === undefined) continue;
    said.push(`${t(`vital.pupil_${side}`)} ${number(null, mm)} mm, ${t(`found.reacts.${reacts}`)}`);
    delete others[`pupil_${side}`];
    delete others[`pupil_${side}_reacts`];
  }
  for (const [id, value] of Object.entries(others).sort()) {
    const one = part(store, id, value);
    said.push(`${one.label} ${one.text}`);
  }
  return said.join("; ");
}

/** One finding that somebody wrote down. @returns {string} */
export function notedText(/** @type {any} */ store, /** @type {string} */ id, /** @type {any} */ value) {
  if (value !== null && typeof value === "object") return foundText(store, value);
  const one = part(store, id, value);
  return `${one.label}: ${one.text}`;
}

/** What an image or a tracing shows, by its name. */
export function seenText(/** @type {string} */ name) {
  const [, kind, where] = KIND.exec(name) ?? [];
  return kind ? `${t(`found.${kind}`)} ${site(where)}` : word("found", name);
}

/**
 * A result in its parts; `brief`: of a sample only what a team acts on first.
 * @returns {Part[]}
 */
export function resultParts(/** @type {any} */ store, /** @type {string} */ diagnostic, /** @type {any} */ result, brief = false) {
  const parts = [];
  // members come in no order: each kind has its own
  for (const [id, value] of Object.entries(result ?? {}).sort()) {
    if (id.endsWith("_s")) continue; // when it was taken
    if (id === "values") {
      const row = store.here.diagnostics[diagnostic];
      const first = (brief ? FIRST[/** @type {"rotem"} */ (diagnostic)] : undefined) ?? row?.results ?? Object.keys(value).sort();
      const keys = first.filter((/** @type {string} */ key) => value[key] !== undefined);
      parts.push(...keys.map((/** @type {string} */ key) => part(store, key, value[key])));
    } else if (id === "views") {
      const seen = VIEWS.filter((view) => value[view] === true);
      parts.push({ id, label: "", text: seen.length === 0 ? t("fast.negative")
        : `${t("fast.positive")}: ${seen.map((view) => word("fast", view)).join(", ")}` });
    } else if (Array.isArray(value)) {
      parts.push({ id, label: "", text: value.map(seenText).join(", ") || t("report.nothing_found") });
    } else {
      parts.push(part(store, id, value));
    }
  }
  return parts;
}

/**
 * The examinations of the patient that are under way, the first to be done first.
 * @param {any} store @param {any[]} events of the patient and of the devices, oldest first
 * @returns {{id: string, ready: number}[]}
 */
export function underWay(store, events) {
  const ready = new Map();
  for (const { name, value } of events) {
    if (name === "started" && value.patient === store.here.patient) ready.set(value.diagnostic, value.ready_s);
    else if (name === "diagnostic" && value.result) ready.delete(value.diagnostic);
  }
  return [...ready].map(([id, at]) => ({ id, ready: at })).sort((a, b) => a.ready - b.ready);
}

/** A result on one line. @returns {string} */
export function resultText(/** @type {any} */ store, /** @type {string} */ diagnostic, /** @type {any} */ result, brief = false) {
  return resultParts(store, diagnostic, result, brief).map((p) => `${p.label} ${p.text}`.trim()).join(", ");
}

/**
 * The latest result of each diagnostic among these events, the newest first.
 * @param {any} store @param {any[]} events of the patient, oldest first
 * @returns {{id: string, name: string, at: number, taken: number, result: any}[]}
 */
export function latestResults(store, events) {
  const latest = new Map();
  for (const e of events) {
    if (e.name !== "diagnostic" || !e.value.result) continue;
    const { diagnostic: id, result } = e.value;
    latest.set(id, { id, name: named(store.here.diagnostics, id), at: e.effective, taken: result.started_s ?? e.effective, result });
  }
  return [...latest.values()].sort((a, b) => b.at - a.at);
}
