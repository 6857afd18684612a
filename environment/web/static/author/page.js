// @ts-check
/** The author's page: one scenario as a form, as text, and simulated. */
import { Draft } from "/static/author/draft.js";
import { idOf } from "/static/author/controls.js";
import { Form, PARTS, partOf } from "/static/author/form.js";
import { Preview } from "/static/author/preview.js";
import { TextEditor } from "/static/author/text.js";
import { loadTexts, t } from "/static/app/text.js";
import { html, render, useEffect, useState } from "/static/app/ui.js";

const VIEWS = ["form", "text", "preview"];

/** View and part that the address names, so that a reload shows the same. */
function named() {
  const [view, part] = location.hash.slice(1).split("/");
  return { view: VIEWS.includes(view) ? view : "form", part: PARTS.includes(part) ? part : "case" };
}

/** What is typed and not yet told is told first: leaving a field tells it. */
const leaveField = () => /** @type {HTMLElement | null} */ (document.activeElement)?.blur();

/** The file, what can be done with it, and whether somebody else has changed it. */
function Head(/** @type {any} */ { draft }) {
  const { state } = draft;
  const [name, type] = useState("");
  const [asking, ask] = useState(false);
  const title = state.data?.title;
  const save = (/** @type {any} */ more = {}) => {
    if (state.is_library && !more.name) { ask(true); return; }
    leaveField();
    const n = state.problems.length;
    draft.send("/save", more, t("author.saved")).then((/** @type {boolean} */ ok) => {
      if (!ok) return;
      ask(false);
      const left = draft.state.problems.length;
      if (left) draft.say(true, t("author.saved_wrong", { n: left }));
    });
    return n;
  };
  useEffect(() => {
    const keys = (/** @type {KeyboardEvent} */ e) => {
      if (!(e.ctrlKey || e.metaKey) || e.key.toLowerCase() !== "s") return;
      e.preventDefault();
      save();
    };
    addEventListener("keydown", keys);
    return () => removeEventListener("keydown", keys);
  }, [state.is_library]);
  return html`<header class="head"><div><h1>${typeof title === "string" ? title : t("page.author")}</h1>
    <p class="dim">${state.file} · <span role="status">${state.is_library ? t("author.library") : state.is_changed ? t("author.unsaved") : t("author.is_saved")}</span></p></div>
    <div class="row"><button disabled=${!state.can_undo} onClick=${() => draft.send("/undo", {})}>${t("act.undo")}</button>
      <button disabled=${!state.can_redo} onClick=${() => draft.send("/redo", {})}>${t("author.redo")}</button>
      <button aria-expanded=${String(asking)} onClick=${() => ask(!asking)}>${t("author.save_as")}</button>
      <button class="main" disabled=${!state.is_changed && !state.is_library} onClick=${() => save()}>${t("author.save")}</button></div>
    ${asking && html`<form class="row ask" onSubmit=${(/** @type {any} */ e) => { e.preventDefault(); save({ name }); }}>
      <label for="name">${t("author.name")}</label><input id="name" value=${name} onInput=${(/** @type {any} */ e) => type(e.currentTarget.value)} />
      <button class="main" disabled=${!name}>${t("author.save")}</button></form>`}
    ${state.disk !== "same" && html`<div class="row ask" role="alert"><span>${t(`author.disk_${state.disk}`)}</span>
      ${state.disk === "changed" && html`<button onClick=${() => draft.send("/reload", {}, t("author.loaded"))}>${t("author.load")}</button>`}
      <button onClick=${() => save({ over: true })}>${t("author.over")}</button></div>`}</header>`;
}

/** All that is wrong, or else what is odd, each with a way to its place. */
function Problems(/** @type {any} */ { draft, go }) {
  const { problems, remarks } = draft.state;
  const list = (/** @type {any[]} */ rows) => html`<ul class="plain">${rows.map((p) => html`<li key=${p.text}><span>${p.text}</span><div class="row">
      ${draft.state.data !== null && html`<button onClick=${() => go("form", p)}>${t("author.to_field")}</button>`}
      <button onClick=${() => go("text", p)}>${t("author.line", { line: p.line })}</button></div></li>`)}</ul>`;
  return html`<section class="panel problems" aria-label=${t("author.problems")}><h2>${t("author.problems")} <small>${problems.length}</small></h2>
    <p class="dim" role="status">${problems.length ? t("author.wrong", { n: problems.length }) : t("author.none_wrong")}</p>
    ${list(problems)}
    ${remarks.length > 0 && html`<h2>${t("author.remarks")} <small>${remarks.length}</small></h2>
      <p class="dim">${t("author.remarks_how")}</p>${list(remarks)}`}</section>`;
}

function Author(/** @type {{draft: Draft}} */ { draft }) {
  const [, again] = useState(0);
  const [{ view, part }, look] = useState(named());
  const [focus, aim] = useState(/** @type {any} */ (null));
  useEffect(() => draft.watch(() => again((/** @type {number} */ n) => n + 1)), []);
  useEffect(() => {
    history.replaceState(null, "", `#${view}/${part}`);
  }, [view, part]);
  useEffect(() => {
    if (!focus || view !== "form") return;
    for (let length = focus.place.length; length > 0; length -= 1) {
      const there = document.getElementById(idOf(focus.place.slice(0, length)));
      if (there) { there.scrollIntoView({ block: "center" }); there.focus(); return; }
    }
  }, [focus]);
  const go = (/** @type {string} */ to, /** @type {any} */ problem) => {
    look({ view: to, part: partOf(problem.place) });
    aim({ ...problem, key: Date.now() });
  };
  const { said } = draft;
  return html`${draft.lost && html`<div class="banner lost" role="alert">${t("author.gone")}</div>`}
    <main class="author"><${Head} draft=${draft} />
      <nav class="row views" aria-label=${t("author.views")}>${VIEWS.map((name) => html`<button key=${name} aria-pressed=${String(view === name)}
        onClick=${() => { leaveField(); look({ view: name, part }); aim(null); }}>${t(`author.view.${name}`)}</button>`)}</nav>
      <div class="work">
        ${view === "form" && html`<${Form} draft=${draft} part=${part} focus=${focus} go=${(/** @type {string} */ to) => { look({ view, part: to }); aim(null); }} />`}
        ${view === "text" && html`<${TextEditor} draft=${draft} line=${focus?.line} />`}
        ${view === "preview" && html`<${Preview} draft=${draft} />`}
        <${Problems} draft=${draft} go=${go} /></div>
    </main>
    ${said && html`<div class="toast ${said.ok ? "done" : "refused"}" role="status"><span>${said.text}</span>
      <button class="quiet" aria-label=${t("act.close")} onClick=${() => draft.say(true, "")}>×</button></div>`}
    <footer class="note">${t("not_for_care")}</footer>`;
}

await loadTexts();
document.title = `${t("page.author")} · traumatwin`;
const draft = new Draft();
await draft.start();
const root = /** @type {HTMLElement} */ (document.getElementById("page"));
root.replaceChildren();
render(html`<${Author} draft=${draft} />`, root);
