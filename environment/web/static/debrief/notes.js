// @ts-check
/** Marks and notes of a run, and the field to write one: of the session's twin, or beside a finished run. */
import { act } from "/static/app/act.js";
import { word } from "/static/app/names.js";
import { t } from "/static/app/text.js";
import { clockText, html, useEffect, useState } from "/static/app/ui.js";

/** The one key that opens the field; not where a key writes or chooses. */
const KEY = "w";
const TYPING = "input:not([type=range]), select, textarea";
const FIELD = "note-text";
/** Who writes, on this machine; the next note has the same author. */
const AUTHOR = "debrief.author";

/** Ask the site to keep, change or forget a note of a finished run. */
async function send(/** @type {string} */ method, /** @type {string} */ address, /** @type {any} */ body = null) {
  const headers = { "Content-Type": "application/json", Accept: "application/json" };
  const response = await fetch(address, { method, headers, body: body && JSON.stringify(body) }).catch(() => null);
  if (response === null) return { ok: false, text: t("act.lost") };
  return response.ok ? { ok: true, text: "" } : { ok: false, text: (await response.json()).detail };
}

/** How notes are written here. @returns {{write: (n: any) => Promise<any>, erase: (run: number, n: string) => Promise<any>}} */
function pen(/** @type {any} */ store, /** @type {string} */ way) {
  if (way === "session") {
    return {
      write: ({ number, at_s, text, about }) => act(store, "session", "note", { text, at_s, about, number }),
      erase: (_, number) => act(store, "session", "unnote", { number }),
    };
  }
  return {
    write: ({ number, ...note }) => send(number ? "PUT" : "POST", `/debrief/notes${number && `/${number}`}`, note),
    erase: (run, number) => send("DELETE", `/debrief/notes/${number}?run=${run}`),
  };
}

/** The field. `draft` is a note that is written anew, or null. */
function Field(/** @type {any} */ { runs, way, moment, about, draft, save, leave }) {
  const [text, setText] = useState("");
  const [run, setRun] = useState(0);
  const [by, setBy] = useState(localStorage.getItem(AUTHOR) ?? "");
  useEffect(() => {
    setText(draft?.text ?? "");
    if (draft) document.getElementById(FIELD)?.focus();
  }, [draft]);
  useEffect(() => {
    const press = (/** @type {KeyboardEvent} */ event) => {
      const target = /** @type {HTMLElement} */ (event.target);
      if (event.key !== KEY || event.ctrlKey || event.metaKey || event.altKey || target.matches(TYPING)) return;
      event.preventDefault();
      document.getElementById(FIELD)?.focus();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!text.trim()) return;
    localStorage.setItem(AUTHOR, by);
    const note = { number: draft?.number ?? "", run: draft?.run ?? run, at_s: draft?.at_s ?? moment, text, about: draft?.about ?? about };
    if (await save(way === "session" ? note : { ...note, by })) setText("");
  };
  return html`<form class="note-field" onSubmit=${submit}>
    <label for=${FIELD}>${t(draft ? "debrief.note_anew" : "debrief.note_at", { at: clockText(draft?.at_s ?? moment) })} <kbd>${KEY}</kbd></label>
    <textarea id=${FIELD} rows="2" maxlength="2000" aria-keyshortcuts=${KEY} value=${text}
      onInput=${(/** @type {any} */ e) => setText(e.currentTarget.value)}
      onKeyDown=${(/** @type {KeyboardEvent} */ e) => { if (e.key === "Enter" && !e.shiftKey) submit(e); if (e.key === "Escape") { leave(); /** @type {any} */ (e.currentTarget).blur(); } }}></textarea>
    <div class="row">
      ${runs.length > 1 && !draft && html`<label>${t("debrief.run")} <select onChange=${(/** @type {any} */ e) => setRun(Number(e.currentTarget.value))}>
        <option value="0">A</option><option value="1">B</option></select></label>`}
      ${way === "notebook" && html`<label>${t("debrief.author")} <input value=${by} maxlength="80" autocomplete="name"
        onInput=${(/** @type {any} */ e) => setBy(e.currentTarget.value)} /></label>`}
      <button type="submit" class="main" disabled=${!text.trim()}>${t("debrief.write")}</button>
      ${draft && html`<button type="button" onClick=${leave}>${t("debrief.leave")}</button>`}</div></form>`;
}

/** All that was marked, noted or refused in a run, in order. */
function rowsOf(/** @type {any} */ run, /** @type {number} */ of) {
  return [
    ...run.lanes.marks.map((/** @type {any} */ m) => ({ at_s: m.at_s, kind: m.rating, text: m.note, by: "" })),
    ...run.noted.map((/** @type {any} */ n) => ({ ...n, kind: "note", own: n, run: of })),
    ...run.notes.map((/** @type {any} */ n) => ({ at_s: n.at_s, kind: n.kind, text: n.text, by: n.by, own: {} })),
  ].sort((a, b) => a.at_s - b.at_s);
}

/** The panel: the field, then everything in order, then what to talk about. */
export function Notes(/** @type {any} */ { store, told, moment, about, go, again }) {
  const { runs, writes, cannot } = told;
  const [draft, edit] = useState(/** @type {any} */ (null));
  const [wrong, fail] = useState("");
  const hand = pen(store, writes);
  const ended = (/** @type {any} */ done) => {
    fail(done.ok ? "" : done.text);
    if (done.ok) {
      edit(null);
      again();
    }
    return done.ok;
  };
  const save = async (/** @type {any} */ note) => ended(await hand.write(note));
  const erase = async (/** @type {any} */ row) => ended(await hand.erase(row.run, row.own.number));
  const mine = (/** @type {any} */ row) => row.own && (writes === "session" || (writes === "notebook" && row.own.added));
  const list = (/** @type {string} */ key, /** @type {string[]} */ lines) => lines.length > 0 && html`
    <h3>${t(key)}</h3><ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>`;
  return html`<section class="panel" aria-label=${t("debrief.notes")}><h2>${t("debrief.notes")}</h2>
    ${cannot && html`<p role="status">${t("debrief.cannot")} ${cannot}</p>`}
    ${writes && html`<${Field} runs=${runs} way=${writes} moment=${moment} about=${about} draft=${draft} save=${save} leave=${() => edit(null)} />`}
    ${wrong && html`<p class="bad" role="alert">${wrong}</p>`}
    ${runs.map((/** @type {any} */ run, /** @type {number} */ of) => {
      const rows = rowsOf(run, of);
      return html`${runs.length > 1 && html`<h3>${"AB"[of]}</h3>`}
        ${rows.length === 0 ? html`<p class="dim">${t("debrief.no_notes")}</p>` : html`<ul class="plain">${rows.map((row) => html`
          <li data-note=${row.kind} class="row between"><span><button class="quiet" onClick=${() => go(row.at_s)}>${clockText(row.at_s)}</button>
            <b>${t(`debrief.${row.kind}`)}</b> ${row.text}${row.by && html` <small>${word("twin", row.by)}${row.own.added ? ` · ${t("debrief.added")}` : ""}</small>`}</span>
            ${mine(row) && html`<span class="row"><button aria-label=${t("debrief.edit", { text: row.text })} onClick=${() => edit({ ...row.own, run: row.run })}>✎</button>
              <button aria-label=${t("debrief.erase", { text: row.text })} onClick=${() => erase(row)}>×</button></span>`}</li>`)}</ul>`}`;
    })}
    ${list("debrief.questions", runs[0].questions)}${list("debrief.traps", runs[0].traps)}${list("debrief.goals", runs[0].goals)}
  </section>`;
}
