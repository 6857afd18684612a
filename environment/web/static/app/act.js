// @ts-check
/** What a person does: an operation of a twin. The twin's own answer is what counts. */

/**
 * Ask a twin for an operation and wait for what becomes of it.
 * @param {{twins: Map<string, {kind: string}>}} store
 * @param {string} twin @param {string} operation @param {Record<string, any>} given
 * @returns {Promise<{ok: boolean, text: string, output: any}>} `text` says why not
 */
export async function act(store, twin, operation, given = {}) {
  const kind = store.twins.get(twin)?.kind ?? "";
  const key = `${Date.now()}-${Math.random().toString(36).slice(2)}`; // one tap counts once
  try {
    const asked = await send(`/twins/${kind}/${twin}/operations/${operation}`, key, given);
    const told = await asked.json();
    if (!asked.ok) return { ok: false, text: refusal(told), output: null };
    const address = asked.headers.get("Location") ?? told.href;
    const response = await fetch(`${address}?wait=20`, { headers: { Accept: "application/json" } });
    const status = await response.json();
    if (status.status === "failed") {
      return { ok: false, text: status.error?.title ?? "failed", output: null };
    }
    return { ok: true, text: "", output: status.output ?? null };
  } catch {
    return { ok: false, text: "no connection: nothing was done, or it is not known", output: null };
  }
}

/** The same request again where the line broke: the key makes it count once. */
async function send(
  /** @type {string} */ address,
  /** @type {string} */ key,
  /** @type {Record<string, any>} */ given,
  tries = 3,
) {
  const headers = { "Content-Type": "application/json", "Idempotency-Key": key };
  try {
    return await fetch(address, { method: "POST", headers, body: JSON.stringify(given) });
  } catch (error) {
    if (tries <= 1) throw error;
    await new Promise((resolve) => setTimeout(resolve, 700));
    return send(address, key, given, tries - 1);
  }
}

/** A refusal in words. */
function refusal(/** @type {any} */ told) {
  if (told.guard) return `${told.guard}: expected ${told.expected}, found ${told.found}`;
  const wrong = told.validationErrors?.map((/** @type {any} */ e) => `${e.field} ${e.description}`);
  return wrong?.join("; ") ?? told.detail ?? told.title ?? "refused";
}
