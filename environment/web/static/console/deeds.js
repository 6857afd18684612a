// @ts-check
/** What people and assistants do, in words: "give tranexamic acid 1 g (iv, over 10 min)". */
import { amountText, injuryText, named, word } from "/static/app/names.js";
import { adviceText, alertText, lineText } from "/static/app/said.js";
import { has, t, words } from "/static/app/text.js";
import { clockText } from "/static/app/ui.js";

/** Which table or group of texts an argument's value belongs to, in the order of a sentence. */
const WORDED = { procedure: "", drug: "", product: "", diagnostic: "", item: "", what: "look", limb: "site", site: "site",
  kind: "injury", region: "region", side: "site", to: "phase", room: "twin", place: "twin", destination: "twin",
  vehicle: "twin", person: "twin", patient: "twin", device: "twin", role: "role", severity: "severity", route: "route",
  key: "vital", rating: "console", member: "vital", code: "code" };
/** Where what is done says it all: "orotracheal intubation", "eFAST". */
const ITSELF = ["perform", "examine"];
/** What is done with the thing that comes first: "give ketamine". */
const WITH_IT = ["give_drug", "give_blood", "start_procedure", "stop_procedure", "order_procedure", "order_diagnostic", "record",
  "record_finding"];
/** Whose deeds need to be told apart by whom they concern. */
const OF_WHOM = ["room", "monitor", "vehicle", "ventilator", "blood_bank", "person"];

/** Seconds before the call at which nothing of a case has happened. */
const LONG_AGO_S = -1e5;
/** What goes without saying, or is said elsewhere. */
const UNSAID = ["amount", "unit", "about", "is_patient", "process", "trauma", "decided_by", "atmist", "bag", "injury"];
/** Groups in which a word of the program may have a text, besides that of its own member. */
const GROUPS = ["item", "twin", "phase", "severity", "mechanism", "code", "site", "region", "job", "end", "found", "hurt", "how"];

/** A member as people call it: "time of injury". */
function memberText(/** @type {string} */ member) {
  if (!has(`form.${member}`)) return word(has(`member.${member}`) ? "member" : "vital", member);
  const heading = t(`form.${member}`);
  return has(`member.${member}`) ? t(`member.${member}`) : heading.charAt(0).toLowerCase() + heading.slice(1);
}

/** A word of the program, of whichever group it is; names of a list in brackets one by one. @returns {string} */
function anyWord(/** @type {any} */ store, /** @type {string} */ name, first = "") {
  const [, before, list] = /^(.*)\[([a-z_0-9,]+)\]$/.exec(name) ?? [];
  if (list) return before + list.split(",").map((one) => anyWord(store, one)).join(", ");
  const group = [first, ...GROUPS].find((g) => has(`${g}.${name}`));
  const { procedures, drugs, products, diagnostics, triage } = store.here;
  const rows = [procedures, drugs, products, diagnostics, triage].find((r) => name in (r ?? {}));
  return group ? t(`${group}.${name}`) : rows ? named(rows, name) : /^[a-z0-9_]+$/.test(name) ? words(name) : name;
}

/** A value of a member: times as on the clock, yes and no. */
function valueText(/** @type {any} */ store, /** @type {string} */ member, /** @type {any} */ value) {
  if (member.endsWith("_s") && typeof value === "number") return clockText(value);
  if (typeof value === "boolean") return t(value ? "console.yes" : "console.no");
  return typeof value === "string" ? anyWord(store, value, member) : String(value ?? "–");
}

/** What a trigger waits for, in words: "pulse: no", "Trauma: time of arrival known". */
export function waitsFor(/** @type {any} */ store, /** @type {any} */ row) {
  if (row.test?.done) return t("when.done", { what: deed(store, row.for, row.test.done) });
  const [twin, member] = row.for.split(".");
  const whom = twin === store.here.patient ? "" : `${word("twin", twin)}: `;
  const what = `${whom}${memberText(member)}`;
  return Object.entries(row.test ?? {}).map(([test, value]) =>
    t(test === "known" && !value ? "when.unknown" : `when.${test}`, { what, n: valueText(store, member, value) })).join(", ");
}

/** The reason with which an alert is seen to: one of the answers, or a deed by its name. */
export function reasonText(/** @type {any} */ store, /** @type {string} */ reason) {
  if (has(`reason.${reason}`)) return t(`reason.${reason}`);
  for (const operation of WITH_IT.concat(ITSELF)) {
    const it = reason.startsWith(`${words(operation)} `) ? reason.slice(operation.length + 1).replaceAll(" ", "_") : "";
    if (it) return `${ITSELF.includes(operation) ? "" : `${word("do", operation)} `}${anyWord(store, it)}`;
  }
  return has(`do.${reason.replaceAll(" ", "_")}`) ? t(`do.${reason.replaceAll(" ", "_")}`) : reason;
}

/** What an operation is asked with, in words, the most telling first. @returns {string[]} */
function detailsOf(/** @type {any} */ store, /** @type {any} */ given) {
  const { procedures: procedure, drugs: drug, products: product, diagnostics: diagnostic, triage: item, patient } = store.here;
  const tables = { procedure, drug, product, diagnostic, item };
  const left = { ...given, ...given?.details };
  const details = [];
  if (typeof left.member === "string" && "value" in left) {
    details.push(`${memberText(left.member)}: ${valueText(store, left.member, left.value)}`);
    delete left.member;
    delete left.value;
  }
  if (left.region && left.kind) { // an injury as one says it
    details.push(injuryText({ side: "", ...left }));
    for (const key of ["region", "kind", "side", "open"]) delete left[key];
  }
  for (const [key, group] of Object.entries(WORDED)) {
    const value = left[key];
    if (typeof value !== "string") continue; // a number: a target, not a phase
    delete left[key];
    if (value === "" || value === patient) continue;
    const rows = tables[/** @type {"drug"} */ (key)];
    details.push(rows && value in rows ? named(rows, value) : anyWord(store, value, group));
  }
  if (typeof left.amount === "number") details.splice(0, 1, `${details[0] ?? ""} ${amountText(left.amount, left.unit ?? "")}`.trim());
  if (typeof left.units === "number") {
    details.splice(0, 1, `${details[0] ?? ""} ${t("blood.n", { n: left.units })}`.trim());
    delete left.units;
  }
  if (typeof left.rate === "number" && left.unit) {
    details.push(amountText(left.rate, left.unit));
    delete left.rate;
  }
  for (const [key, value] of Object.entries(left)) {
    if (UNSAID.includes(key) || ["", 0, false, null, patient].includes(value)) continue;
    if (key === "at_s" && value < LONG_AGO_S) continue; // no moment was named: now
    if (has(`arg.${key}`)) details.push(t(`arg.${key}`, { n: key.endsWith("at_s") ? clockText(value) : value }));
    else if (typeof value === "string") details.push(anyWord(store, value));
    else if (value === true) details.push(words(key));
    else if (typeof value === "number") details.push(`${words(key)} ${value}`);
  }
  return details;
}

/** What is done, in words. */
export function deed(/** @type {any} */ store, /** @type {string} */ act, /** @type {any} */ given, by = "") {
  const [twin, operation] = act.split(".");
  if (operation === "acknowledge") {
    const { rule, reason } = given ?? {};
    return [t("console.sees_to", { rule }), reason && reasonText(store, reason)].filter(Boolean).join(": ");
  }
  const [first, ...rest] = detailsOf(store, given).slice(0, 4);
  const kind = store.twins.get(twin)?.kind ?? "";
  const whom = OF_WHOM.includes(kind) && twin !== by ? `${word("twin", twin)}: ` : "";
  const verb = operation === "give_blood" && first ? t("console.transfuse") : word("do", operation);
  if (first === undefined) return `${whom}${verb}`;
  const more = rest.length > 0 ? ` (${rest.join(", ")})` : "";
  if (ITSELF.includes(operation)) return `${first}${more}`;
  if (WITH_IT.includes(operation)) return `${verb} ${first}${more}`;
  return whom ? `${whom}${verb} (${[first, ...rest].join(", ")})` : `${verb}: ${[first, ...rest].join(", ")}`;
}

/** What an assistant did, in words, from how its program writes it: `tablet.show(HAE-01, high, ...)`. */
export function actText(/** @type {any} */ store, /** @type {string} */ act) {
  const [, twin, operation, inside] = /^(\w+)\.(\w+)\(([^]*)\)$/.exec(act) ?? [];
  if (!operation) return act;
  const [name, second, ...others] = inside.split(", ");
  const given = inside.replace(/\{.*\}(, )?/s, "").split(", ").filter(Boolean); // a whole card is read where it is handed over
  const text = [second, ...others].filter(Boolean).join(", ");
  // the last number says how urgent it is
  if (operation === "show") return `${name} ${alertText(name, others.join(", ").replace(/, [-\d.]+$/, ""))}`;
  if (operation === "withdraw") return t("console.cleared", { rule: name });
  if (operation === "suggest") return `${word("do", operation)}: ${adviceText(name, text.replace(/, [-\d.]+$/, ""))}`;
  if (operation === "record") return `${word("do", operation)} ${memberText(name)}: ${anyWord(store, text, name)}`;
  const kind = store.twins.get(twin)?.kind ?? "";
  const said = operation === "write" ? [lineText(name, text).replace(/[a-z]+(_[a-z]+)+/g, (w) => anyWord(store, w))]
    : given.map((/** @type {string} */ w) => anyWord(store, w));
  const whom = OF_WHOM.includes(kind) ? `${word("twin", twin)}: ` : "";
  return `${whom}${word("do", operation)}${said.length > 0 ? ` (${said.join(", ")})` : ""}`;
}
