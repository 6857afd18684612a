// @ts-check
/** What a person does: an operation of a twin. The twin's own answer is what counts. */
import { refusal } from "/static/app/refused.js";
import { t } from "/static/app/text.js";

/** Milliseconds after which a request that got no answer is sent again. */
const ANSWER_MS = 5000;

/**
 * Ask a twin for an operation and wait for what becomes of it.
 * @param {{here: any, over: boolean, leaving: {why: string} | null, twins: Map<string, {kind: string}>}} store
 * @param {string} twin @param {string} operation @param {Record<string, any>} given
 * @param {{key?: string, accepted?: () => void}} how `key`: the tap it belongs to, if it is kept
 * @returns {Promise<{ok: boolean, text: string, output: any, lost?: boolean, gone?: boolean}>} `text`
 *   says why not; `lost`: there was no answer; `gone`: the session went back meanwhile
 */
export async function act(store, twin, operation, given = {}, { key = newKey(), accepted } = {}) {
  if (store.over) return { ok: false, text: t("guard.case_is_over"), output: null };
  const kind = store.twins.get(twin)?.kind ?? "";
  try {
    const asked = await send(`/twins/${kind}/${twin}/operations/${operation}`, key, given, store.here.course);
    const told = await asked.json();
    if (asked.status === 412) return { ok: false, text: t("tap.gone"), output: null, gone: true };
    if (!asked.ok) return { ok: false, text: refusal(told), output: null };
    accepted?.();
    const address = asked.headers.get("Location") ?? told.href;
    const response = await fetch(`${address}?wait=20`,
      { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(20_000 + ANSWER_MS) });
    const status = await response.json();
    if (status.status === "failed") {
      return { ok: false, text: t("act.failed"), output: null };
    }
    return { ok: true, text: "", output: status.output ?? null };
  } catch {
    // Whoever plays the session goes back at once: the way back has no other answer.
    if (operation === "rewind" && store.leaving?.why === "back") return { ok: true, text: "", output: null };
    return { ok: false, text: t("act.lost"), output: null, lost: true };
  }
}

/** A key of its own for each tap: it counts once, however often it is sent. */
export function newKey() {
  return `${Date.now()}-${Math.random().toString(36).slice(2)}`;
}

/** What goes with a tap: it counts once, and only in the course of events that its page showed. */
export function headersOf(/** @type {string} */ key, /** @type {string} */ course) {
  return { "Content-Type": "application/json", "Idempotency-Key": key, "Twin-Course": encodeURIComponent(course) };
}

/** The same request again where the line broke: the key makes it count once. */
async function send(
  /** @type {string} */ address,
  /** @type {string} */ key,
  /** @type {Record<string, any>} */ given,
  /** @type {string} */ course,
  tries = 3,
) {
  const headers = headersOf(key, course);
  try {
    return await fetch(address, { method: "POST", headers, body: JSON.stringify(given), signal: AbortSignal.timeout(ANSWER_MS) });
  } catch (error) {
    if (tries <= 1) throw error;
    await new Promise((resolve) => setTimeout(resolve, 700));
    return send(address, key, given, course, tries - 1);
  }
}
