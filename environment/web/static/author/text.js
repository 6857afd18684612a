// @ts-check
/** The file's text itself, with the lines that something is wrong with. */
import { t } from "/static/app/text.js";
import { html, useEffect, useRef, useState } from "/static/vendor/htm-preact.js";

/** Milliseconds without a key before the text is read. */
const PAUSE_MS = 500;

/** The text with its line numbers; it is read while it is written. */
export function TextEditor(/** @type {any} */ { draft, line }) {
  const kept = draft.state.text;
  const [text, type] = useState(kept);
  const area = useRef(/** @type {any} */ (null));
  const sent = useRef(kept);
  const timer = useRef(0);
  const refused = useRef(/** @type {string | null} */ (null));
  useEffect(() => {
    // Changed elsewhere, by undo or by the file; but what was refused stays here to be looked at.
    if (kept !== sent.current && refused.current !== text) type(kept);
    sent.current = kept;
  }, [kept]);
  useEffect(() => {
    if (!line || !area.current) return;
    const lines = kept.split("\n");
    const from = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    area.current.focus();
    area.current.setSelectionRange(from, from + (lines[line - 1] ?? "").length);
    area.current.scrollTop = Math.max(0, (line - 6) * parseFloat(getComputedStyle(area.current).lineHeight));
  }, [line]);
  const send = (/** @type {string} */ now) => {
    clearTimeout(timer.current);
    if (now === sent.current) return;
    sent.current = now;
    refused.current = now;
    draft.send("/text", { text: now }).then((/** @type {boolean} */ ok) => { if (ok) refused.current = null; });
  };
  const typed = (/** @type {any} */ e) => {
    const now = e.currentTarget.value;
    type(now);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => send(now), PAUSE_MS);
  };
  const bad = new Set(draft.state.problems.map((/** @type {any} */ p) => p.line));
  const numbers = text.split("\n").map((/** @type {string} */ _, /** @type {number} */ i) => (bad.has(i + 1) ? `▸${i + 1}` : String(i + 1))).join("\n");
  const gutter = useRef(/** @type {any} */ (null));
  return html`<section class="panel toml" aria-label=${t("author.text")}><label class="visually-hidden" for="toml">${t("author.text")}</label>
    <div class="sheet"><pre class="numbers" aria-hidden="true" ref=${gutter}>${numbers}</pre>
      <textarea id="toml" class="code" spellcheck=${false} autocapitalize="off" wrap="off" ref=${area} value=${text} onInput=${typed}
        onChange=${(/** @type {any} */ e) => send(e.currentTarget.value)}
        onScroll=${(/** @type {any} */ e) => { gutter.current.scrollTop = e.currentTarget.scrollTop; }}></textarea></div></section>`;
}
