// JSON-LD: each description and model, expanded, holds everything that it said, under full names.
// Contexts are those of the W3C as they lie in `contexts`; nothing is fetched.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import jsonld from "jsonld";

const { OPEN_URL } = process.env;
const TD = "https://www.w3.org/2019/wot/td#";
const CTL = "https://www.w3.org/2019/wot/hypermedia#";
const OWN = "urn:traumatwin:vocabulary#";

const read = async (name) => JSON.parse(await readFile(new URL(`contexts/${name}`, import.meta.url), "utf8"));
const thing = await read("td-1.1.jsonld");
const contexts = {
  // The terms of 1.0 have the same names in 1.1, which is written for readers of both.
  "https://www.w3.org/2019/wot/td/v1": thing,
  "https://www.w3.org/2022/wot/td/v1.1": thing,
  "https://www.w3.org/2022/wot/discovery": await read("discovery.jsonld"),
};

async function documentLoader(url) {
  assert.ok(contexts[url], `${url} would be fetched`);
  return { contextUrl: null, documentUrl: url, document: contexts[url] };
}

/** Expanded in safe mode: a term that has no full name, or a relative address, is an error. */
const expand = async (document) => (await jsonld.expand(document, { documentLoader, safe: true }))[0];

const json = async (path) => (await fetch(`${OPEN_URL}${path}`, { headers: { Accept: "application/ld+json" } })).json();

/** Every object in a document, at every depth. */
function* objects(value) {
  if (Array.isArray(value)) for (const one of value) yield* objects(one);
  else if (value !== null && typeof value === "object") {
    yield value;
    for (const one of Object.values(value)) yield* objects(one);
  }
}

const own = (document, prefix) => [...objects(document)].flatMap((o) => Object.keys(o)).filter((k) => k.startsWith(prefix));

function check(td, full) {
  const groups = { properties: "hasPropertyAffordance", actions: "hasActionAffordance", events: "hasEventAffordance" };
  for (const [group, term] of Object.entries(groups)) {
    const expected = Object.keys(td[group] ?? {}).sort();
    const rows = full[`${TD}${term}`] ?? [];
    const names = rows.map((row) => row[`${TD}name`]?.[0]["@value"] ?? row["@index"]).sort();
    assert.deepEqual(names, expected, `${td.title}: ${group}`);
    for (const row of rows) {
      const name = row[`${TD}name`]?.[0]["@value"] ?? row["@index"];
      assert.equal((row[`${TD}hasForm`] ?? []).length, (td[group][name].forms ?? []).length, `${td.title}.${name}: forms`);
    }
  }
  assert.deepEqual(
    (full[`${TD}hasLink`] ?? []).map((link) => link[`${CTL}hasTarget`][0]["@value"]).sort(),
    (td.links ?? []).map((link) => link.href).sort(), `${td.title}: links`);
  assert.deepEqual(own(full, OWN).map((k) => k.slice(OWN.length)).sort(), own(td, "tt:").map((k) => k.slice(3)).sort(), td.title);
  for (const object of objects(full)) {
    for (const key of Object.keys(object)) {
      assert.match(key, /^@|^https?:\/\/|^urn:/, `${td.title}: '${key}' has no full name`);
      assert.doesNotMatch(key, /#tt:|^tt:/, td.title);
    }
    for (const type of [object["@type"] ?? []].flat()) assert.match(type, /^https?:\/\/|^urn:/, `${td.title}: type '${type}'`);
  }
}

test("every description keeps all that it says when it is read as linked data", async () => {
  const listing = await json("/things?limit=1000");
  assert.ok(listing.length > 3);
  for (const td of listing) {
    const full = await expand(td);
    assert.equal(full["@id"], td.id);
    assert.ok(full["@type"].some((type) => type.startsWith(OWN)), td.title);
    check(td, full);
  }
});

test("the directory is a ThingDirectory for readers of linked data", async () => {
  const td = await json("/.well-known/wot");
  const full = await expand(td);
  assert.deepEqual(full["@type"], ["https://www.w3.org/2022/wot/discovery-ontology#ThingDirectory"]);
  check(td, full);
});

test("every model keeps all that it says", async () => {
  const models = await json("/models");
  assert.ok(models.length > 10);
  for (const model of models) {
    const full = await expand(model);
    assert.ok(full["@type"].includes("https://www.w3.org/2019/wot/tm#ThingModel"), JSON.stringify(full["@type"]));
    check(model, full);
  }
});

test("a prefix without a context would be seen", async () => {
  const [td] = await json("/things?limit=1");
  const full = await expand({ ...td, "@context": td["@context"].slice(0, 2) });
  assert.throws(() => check(td, full));
});
