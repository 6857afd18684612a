// @ts-check
/** Values as TOML writes them on one line, and courses as lines of a time and a value. */

/** A value as TOML. @returns {string} */
export function inline(/** @type {any} */ value) {
  if (Array.isArray(value)) return `[${value.map(inline).join(", ")}]`;
  if (value !== null && typeof value === "object") {
    const inner = Object.entries(value).map(([key, held]) => `${name(key)} = ${inline(held)}`);
    return inner.length ? `{ ${inner.join(", ")} }` : "{}";
  }
  return JSON.stringify(value);
}

const name = (/** @type {string} */ key) => (/^[\w-]+$/.test(key) ? key : JSON.stringify(key));

/** A course as lines, and whether each value is held until the next. */
export function fromCourse(/** @type {any} */ value) {
  if (value === undefined || value === null) return { lines: "", steps: false };
  const steps = value.steps !== undefined;
  const pairs = value.steps ?? value.linear ?? value;
  if (!Array.isArray(pairs)) return { lines: String(pairs), steps };
  return { lines: pairs.map((pair) => (Array.isArray(pair) ? pair.join(" ") : inline(pair))).join("\n"), steps };
}

/** A course from its lines: a number, pairs, or what was typed where it is neither. */
export function toCourse(/** @type {string} */ text, /** @type {boolean} */ steps) {
  const lines = text.split("\n").map((line) => line.trim()).filter((line) => line);
  if (lines.length === 0) return null;
  if (lines.length === 1 && Number.isFinite(Number(lines[0]))) return Number(lines[0]);
  const pairs = lines.map((line) => {
    const [at, value, ...more] = line.split(/[\s,;=]+/);
    return more.length === 0 && Number.isFinite(Number(value ?? "-")) ? [at, Number(value)] : null;
  });
  if (pairs.includes(null)) return text;
  return steps ? { steps: pairs } : pairs;
}
