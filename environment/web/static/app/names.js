// @ts-check
/** What is chosen from, by name: labels of the catalogue, amounts as a label writes them. */
import { loadSaid } from "/static/app/said.js";
import { has, language, loadTexts, t, words } from "/static/app/text.js";

/** @type {Record<string, string>} */
let translated = {};

/** Load texts, and the catalogue's names in the reader's language; English ones come with it. */
export async function loadNames() {
  await loadTexts();
  if (language === "en") return;
  const response = await fetch(`/static/text/catalogue_${language}.json`);
  if (response.ok) translated = await response.json();
  await loadSaid(translated);
}

/** The label of a row of a catalogue. */
export function named(/** @type {any} */ rows, /** @type {string} */ id) {
  return translated[id] ?? rows?.[id]?.label ?? rows?.[id]?.text ?? words(id);
}

/** A word of the program (a site, a route, a phase, a room) in the reader's language. */
export function word(/** @type {string} */ group, /** @type {string} */ name) {
  return has(`${group}.${name}`) ? t(`${group}.${name}`) : words(name);
}

/** What people say for a site: "left arm". */
export const site = (/** @type {string} */ name) => word("site", name);

/** An injury as one says it: "left limb wound open". */
export function injuryText(/** @type {any} */ injury) {
  const { side, region, kind, open } = injury;
  const isLimb = region === "extremity" && has(`site.${side}`) && !has(`injury.${side}`); // "left arm" says the region
  return t("injury.said", { side: isLimb ? site(side) : side && word("injury", side), region: isLimb ? "" : word("region", region),
    kind: word("injury", kind), open: open ? t("injury.open") : "" }).replace(/ +/g, " ").trim();
}

/** A twin as people call it: its title, or its name as words. */
export function called(/** @type {any} */ store, /** @type {string} */ twin) {
  return has(`twin.${twin}`) ? t(`twin.${twin}`) : store.value(twin, "title") ?? words(twin);
}

const UNITS = { ug: "mcg", "[iU]": "IU", "{unit}": "units" };

/** A unit as a label writes it: mcg and IU in letters, never µg or U (ISMP). */
export function unitText(/** @type {string} */ unit) {
  return unit.split("/").map((u) => UNITS[/** @type {"ug"} */ (u)] ?? u).join("/");
}

/** An amount without a trailing zero, with a leading one (ISMP). */
export function amountText(/** @type {number} */ amount, /** @type {string} */ unit) {
  const digits = Math.abs(amount) < 1000 ? String(Number(amount.toFixed(3))) : amount.toFixed(0);
  return `${digits} ${unitText(unit)}`.trim();
}

/** A measurable step of a dose: two figures that count (1 mg, 25 mg, 250 mL). */
export function rounded(/** @type {number} */ amount) {
  return amount === 0 ? 0 : Number(amount.toPrecision(2));
}
