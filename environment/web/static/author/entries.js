// @ts-check
/** A list of entries: each a line that opens to its fields; add, copy, take away, move, put in order. */
import { idOf } from "/static/author/controls.js";
import { Field, Fields, Wrong } from "/static/author/fields.js";
import { has, t, words } from "/static/app/text.js";
import { html, useState } from "/static/app/ui.js";

/** What an entry says in one line. */
function summary(/** @type {string} */ table, /** @type {any} */ row) {
  const operation = row.do ?? row.action;
  const rest = Object.values(row.with ?? {}).filter((v) => typeof v !== "object").join(", ");
  const act = operation && `${words(String(operation))}${rest ? ` (${rest})` : ""}`;
  const found = row.gcs !== undefined || row.temp_c !== undefined || row.pupil_left !== undefined || row.pupil_right !== undefined;
  const what = {
    injury: row.label ?? row.kind, course: row.parameter, expect: [row.must, row.alert, act, row.outcome].filter(Boolean).join(" "),
    respond: `${[row.to ?? []].flat().join(", ")} → ${act ?? row.says ?? row.answer ?? ""}`,
    finding: found && Object.entries(row).filter(([k]) => k !== "at" && k !== "name").map(([k, v]) => `${words(k)} ${v}`).join(", "),
    trigger: `${row.on ?? `${row.when?.twin ?? ""} ${row.when?.property ?? ""}`} → ${act ?? ""}`, branch: row.text,
  }[table] ?? act;
  const at = row.at ?? (table === "branch" ? row.name : table === "expect" ? row.by : row.earliest) ?? "";
  return { at, who: table === "expect" ? "" : row.by ?? "", what: String(what ?? "").replaceAll("_", " ") };
}

/** A new entry of a table: what must be given, with the first words there are. */
function fresh(/** @type {any} */ draft, /** @type {string} */ table) {
  const person = Object.keys(draft.words.lists.people).find((id) => id === "rescuer") ?? Object.keys(draft.words.lists.people)[0];
  const examine = { by: person, do: `${draft.words.patient}.examine`, with: { what: "gcs" } };
  return {
    injury: { at: "00:00", kind: "bleed", site: "left_thigh", flow_ml_min: 30 }, course: { parameter: "hr0", values: 80 },
    finding: { at: "00:00", gcs: 15 }, event: { at: "00:00", ...examine }, respond: { to: "HAE-01", ...examine },
    trigger: { when: { twin: draft.words.patient, property: "pulse", is: false }, after_s: 10, ...examine },
    expect: { alert: "HAE-01" }, branch: { name: "variant" },
  }[table];
}

/** Where a new entry goes: last, or in order of time where the list has one. */
function inTime(/** @type {any[]} */ rows, /** @type {string} */ at) {
  const after = rows.findIndex((row) => seconds(row.at) > seconds(at));
  return after < 0 ? rows.length : after;
}

function seconds(/** @type {any} */ text) {
  const found = /^(-?)(\d+):(\d\d)(?::(\d\d))?$/.exec(String(text));
  if (!found) return Infinity;
  const s = found[4] === undefined ? 60 * +found[2] + +found[3] : 3600 * +found[2] + 60 * +found[3] + +found[4];
  return found[1] ? -s : s;
}

const inOrder = (/** @type {any[]} */ rows) => rows.every((row, i) => i === 0 || seconds(rows[i - 1].at) <= seconds(row.at));

/** The fields of an injury: those of all, and those of its kind. */
function Injury(/** @type {any} */ { draft, place }) {
  const kind = draft.words.injuries[draft.at([...place, "kind"])];
  const [at, ...rest] = draft.words.tables.injury;
  const fields = [at, ...rest.filter((/** @type {any} */ f) => f.key === "kind"), ...(kind?.fields ?? []), ...rest.filter((/** @type {any} */ f) => f.key !== "kind")];
  const others = Object.keys(draft.at(place)).filter((key) => !fields.some((f) => f.key === key))
    .map((key) => ({ key, control: "toml", of: "", options: [], default: null }));
  return html`<p class="dim">${kind?.doc ?? ""}</p><${Fields} draft=${draft} fields=${[...fields, ...others]} place=${place} />`;
}

/** What opens below an entry's line. */
function Body(/** @type {any} */ { draft, table, place }) {
  if (table === "injury") return html`<${Injury} draft=${draft} place=${place} />`;
  return html`<${Fields} draft=${draft} fields=${draft.words.tables[table]} place=${place} />
    ${table === "branch" && ["injury", "course", "finding", "event", "respond", "trigger", "expect"].map((inner) => html`
      <${Entries} key=${inner} draft=${draft} table=${inner} where=${[...place, inner]} level=${3} />`)}`;
}

function Entry(/** @type {any} */ { draft, table, place, row, rows, open, toggle }) {
  const { at, who, what } = summary(table, row && typeof row === "object" ? row : {});
  const i = place.at(-1);
  const wrong = draft.problemsAt(place);
  const own = draft.problemsAt(place, false);
  const edit = (/** @type {any} */ one, /** @type {string} */ done) => draft.edit([{ place, ...one }], done);
  const name = t(`author.one.${table}`);
  return html`<li class="entry ${wrong.length ? "flawed" : ""}" id=${idOf(place)} data-entry=${place.join(".")}>
    <button class="line" aria-expanded=${String(open)} onClick=${toggle}>
      <span class="when">${at}</span><span class="who">${words(String(who))}</span><span class="what">${what}</span><b>${table === "branch" ? "" : row.name ?? ""}</b>
      ${wrong.length > 0 && html`<span class="count">${t("author.wrong", { n: wrong.length })}</span>`}</button>
    ${open && html`<div class="body"><${Wrong} problems=${own} id=${`${idOf(place)}-own`} /><${Body} draft=${draft} table=${table} place=${place} />
      <div class="row end">
        <button onClick=${() => edit({ do: "copy" }, t("author.copied", { what: name }))}>${t("author.copy")}</button>
        <button disabled=${i === 0} onClick=${() => edit({ do: "move", to: i - 1 }, t("author.moved")) && toggle(i - 1)}>↑ ${t("author.up")}</button>
        <button disabled=${i === rows - 1} onClick=${() => edit({ do: "move", to: i + 1 }, t("author.moved")) && toggle(i + 1)}>↓ ${t("author.down")}</button>
        <button onClick=${() => { edit({ do: "remove" }, t("author.removed", { what: name })); toggle(); }}>${t("author.remove")}</button>
      </div></div>`}</li>`;
}

/** All entries of a list of the file. */
export function Entries(/** @type {any} */ { draft, table, where, level = 2, focus = null }) {
  const [open, setOpen] = useState(/** @type {number | null} */ (focus));
  const rows = draft.at(where);
  if (rows !== undefined && !Array.isArray(rows)) return html`<${Field} draft=${draft} place=${where} field=${{ key: table, control: "toml", default: null }} />`;
  const list = rows ?? [];
  const hasTime = draft.words.tables[table].some((/** @type {any} */ f) => f.key === "at");
  const add = () => {
    const value = fresh(draft, table);
    const beside = list[open ?? list.length - 1]?.at; // the open one, else the last
    if (hasTime && beside) value.at = beside;
    const to = hasTime ? inTime(list, value.at) : list.length;
    draft.edit([{ do: "add", place: where, value, to }]).then((/** @type {boolean} */ ok) => ok && setOpen(to));
  };
  return html`<section class="entries" aria-label=${t(`author.many.${table}`)}>
    <div class="row between"><${level === 2 ? "h2" : "h3"}>${t(`author.many.${table}`)} <small>${list.length}</small></>
      <div class="row">${hasTime && !inOrder(list) && html`<button onClick=${() => draft.edit([{ do: "sort", place: where }], t("author.sorted"))}>${t("author.sort")}</button>`}
      <button onClick=${add}>+ ${t(`author.one.${table}`)}</button></div></div>
    ${level === 2 && has(`author.about.${table}`) && html`<p class="dim">${t(`author.about.${table}`)}</p>`}
    <ul class="plain">${list.map((row, i) => html`<${Entry} key=${i} draft=${draft} table=${table} place=${[...where, i]} row=${row} rows=${list.length}
      open=${open === i} toggle=${(/** @type {any} */ to) => setOpen(typeof to === "number" ? to : open === i ? null : i)} />`)}</ul></section>`;
}
