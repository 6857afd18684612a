// @ts-check
/** Injuries: where, then what; side and open or closed with the same taps. */
import { injuryText, word } from "/static/app/names.js";
import { Tile } from "/static/tablet/parts.js";
import { t } from "/static/app/text.js";
import { html, useState } from "/static/app/ui.js";

/** Regions of the body, as the assistants' rules know them, whether they have sides. */
const REGIONS = { head: false, face: false, neck: false, chest: true, abdomen: false, pelvis: false,
  spine: false, extremity: true, external: false };
const SIDES = ["", "left", "right"];
const LIMBS = ["arm", "leg"];
const KINDS = ["fracture", "wound", "penetrating", "bleed", "contusion", "dislocation", "amputation", "burn"];
/** Kinds that only some regions can have. */
const BONES = ["head", "face", "neck", "chest", "pelvis", "spine", "extremity"];
const ONLY = { amputation: ["extremity"], fracture: BONES, dislocation: BONES };
const isOf = (/** @type {string} */ kind, /** @type {string} */ region) => ONLY[/** @type {"amputation"} */ (kind)]?.includes(region) ?? true;

/** What has been found, and a way to add to it. */
export function Injuries(/** @type {any} */ { store, outbox, why }) {
  const [region, setRegion] = useState("");
  const [side, setSide] = useState("");
  const [limb, setLimb] = useState("");
  const [open, setOpen] = useState(false);
  const patient = store.here.patient;
  const found = Object.entries(store.value(patient, "injury") ?? {});
  const against = why(patient, "record_injury");
  const choose = (/** @type {string} */ other) => {
    setRegion(other);
    setSide("");
    setLimb("");
  };
  const add = (/** @type {string} */ kind) => {
    const where = [side, limb].filter(Boolean).join("_"); // of a limb also which one
    const name = [where, !limb && region, kind].filter(Boolean).join("_");
    const injury = { region, kind, side: where, open };
    outbox.put(patient, "record_injury", { injury: name, ...injury }, { text: injuryText(injury) });
    choose("");
    setOpen(false);
  };
  return html`<div class="grid">
    <ul class="plain" aria-label=${t("injury.found")}>${found.map(([key, i]) => {
      const one = /** @type {any} */ (i);
      return html`<li key=${key}>${injuryText(one)}</li>`;
    })}${found.length === 0 && html`<li class="dim">${t("injury.none")}</li>`}</ul>
    <div class="row choices" role="group" aria-label=${t("injury.region")}>${Object.keys(REGIONS).map((r) => html`
      <button key=${r} aria-pressed=${String(r === region)} onClick=${() => choose(r)}>${word("region", r)}</button>`)}</div>
    ${region && html`
      <div class="row choices">${REGIONS[/** @type {"head"} */ (region)] && SIDES.map((s) => html`
        <button key=${s} aria-pressed=${String(s === side)} onClick=${() => setSide(s)}>${s ? word("site", s) : t("injury.no_side")}</button>`)}
        ${region === "extremity" && LIMBS.map((l) => html`
        <button key=${l} aria-pressed=${String(l === limb)} onClick=${() => setLimb(l === limb ? "" : l)}>${word("site", l)}</button>`)}
        <button aria-pressed=${String(open)} onClick=${() => setOpen(!open)}>${t("injury.is_open")}</button></div>
      <div class="tiles" role="group" aria-label=${t("injury.kind")}>${KINDS.filter((k) => isOf(k, region)).map((k) => html`<${Tile} key=${k}
        label=${word("injury", k)} why=${against} onTap=${() => add(k)} />`)}</div>`}
  </div>`;
}
