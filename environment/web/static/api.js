// @ts-check
// Builds one form for each operation of the OpenAPI document, and shows what the site answers.

/** @param {string} tag @param {Record<string, any>} [props] @param {...(Node|string)} children */
function element(tag, props = {}, ...children) {
  const made = Object.assign(document.createElement(tag), props);
  made.append(...children);
  return made;
}

/** @param {string} path @param {string} method @param {any} operation */
function form(path, method, operation) {
  const fields = operation.parameters.map((/** @type {any} */ p) => ({
    ...p,
    input: element("input", { name: p.name, required: Boolean(p.required) }),
  }));
  const body = operation.requestBody ? element("textarea", { rows: 4, cols: 60, value: "{}" }) : null;
  const shown = element("pre", { hidden: true });
  const made = element("form", {},
    ...fields.map((/** @type {any} */ f) => element("label", {}, `${f.name} (${f.in}) `, f.input)),
    ...(body ? [element("label", {}, "body ", body)] : []),
    element("button", {}, `${method.toUpperCase()}`),
    shown);
  made.addEventListener("submit", async (event) => {
    event.preventDefault();
    let url = path;
    const query = new URLSearchParams();
    /** @type {Record<string, string>} */
    const headers = { Accept: "application/json, */*;q=0.5" };
    for (const f of fields) {
      if (!f.input.value) continue;
      if (f.in === "path") url = url.replace(`{${f.name}}`, encodeURIComponent(f.input.value));
      else if (f.in === "query") query.set(f.name, f.input.value);
      else headers[f.name] = f.input.value;
    }
    const token = /** @type {HTMLInputElement} */ (document.getElementById("token")).value;
    if (token) headers.Authorization = `Bearer ${token}`;
    if (body) headers["Content-Type"] = "application/json";
    const text = query.toString();
    shown.hidden = false;
    shown.textContent = "...";
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), 5000); // a stream never ends by itself
    let seen = "";
    try {
      const answer = await fetch(text ? `${url}?${text}` : url,
        { method: method.toUpperCase(), headers, body: body ? body.value : undefined, signal: stop.signal });
      seen = `${answer.status} ${answer.statusText}\n${[...answer.headers].map(([k, v]) => `${k}: ${v}`).join("\n")}\n\n`;
      const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
      for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
        seen += part.value;
        shown.textContent = seen;
      }
    } catch (error) {
      seen += `\n(${error})`;
    }
    clearTimeout(timer);
    shown.textContent = seen;
  });
  return element("details", {}, element("summary", {}, `${method.toUpperCase()} ${path}: ${operation.summary}`), made);
}

const main = /** @type {HTMLElement} */ (document.getElementById("routes"));
const described = await (await fetch("/openapi.json")).json();
for (const [path, methods] of Object.entries(described.paths)) {
  for (const [method, operation] of Object.entries(methods)) {
    main.append(form(path, method, operation));
  }
}
