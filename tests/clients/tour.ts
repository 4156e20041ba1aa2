// The tour, with the types that openapi-typescript makes of the document: node tour.js URL CLIENT_ID CLIENT_SECRET TABLE_9
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import createClient, { type ClientOptions } from "openapi-fetch";
import type { components, paths } from "./schema.js";

type Extract = components["schemas"]["Extract"];
type NewExtract = components["schemas"]["NewExtract"];
type Point = components["schemas"]["Point"];

const [baseUrl, client_id, client_secret, table9] = process.argv.slice(2);
assert(baseUrl && client_id && client_secret && table9, "node tour.js URL CLIENT_ID CLIENT_SECRET TABLE_9");

const plan = "fredericia-2023-2026";
const date = "2024-01-01";
const zones = { "zone-1": 306, "zone-2": 296, "zone-3": 253, "zone-4": 282 };
const all = 1137;
const reason = "Tour of the TypeScript client.";

// The access token, for id and secret; then with a secret that is not the client's.
const ask = (client_secret: string) =>
  createClient<paths, "application/json">({ baseUrl }).POST("/oauth/token", {
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    body: { grant_type: "client_credentials", client_id, client_secret },
    bodySerializer: (body) => new URLSearchParams({ ...body } as Record<string, string>),
  });
const asked = await ask(client_secret);
assert(asked.data, `${asked.response.status}`);
const token = asked.data.access_token;
const unasked = await ask(`${client_secret}x`);
assert.equal(unasked.response.status, 401);
assert(unasked.error && "error" in unasked.error);
assert.equal(unasked.error.error, "invalid_client");

// A client for each media type that answers are wanted in. Problems have their own.
const options: ClientOptions = { baseUrl, headers: { Authorization: `Bearer ${token}` } };
const json = createClient<paths, "application/json" | "application/problem+json">(options);
const csv = createClient<paths, "text/csv" | "application/problem+json">(options);
const jsonstat = createClient<paths, "application/vnd.json-stat+json" | "application/problem+json">(options);

type Problem = components["schemas"]["Problem"];

/** The data of an answer; a problem is thrown with everything it says. */
function data<T>(answer: { data?: T; error?: Problem; response: Response }): T {
  if (answer.error) throw new Error(JSON.stringify(answer.error, null, 2));
  assert(answer.data !== undefined, `${answer.response.url} answered ${answer.response.status} without a body`);
  return answer.data;
}

function step(text: string): void {
  console.log(`typescript: ${text}`);
}

/** The areas, page by page. */
async function areas(): Promise<string[]> {
  const codes: string[] = [];
  let cursor: string | null = null;
  do {
    const page: { items: components["schemas"]["Area"][]; next: string | null } = data(
      await json.GET("/v1/plans/{plan}/areas", {
        params: { path: { plan }, query: { limit: 5, ...(cursor && { cursor }) } },
      }),
    );
    assert(page.items.length <= 5);
    codes.push(...page.items.map((area) => area.code));
    cursor = page.next;
  } while (cursor);
  return codes;
}

/** Pushes table 9 as it is printed. */
async function pushTable(dry_run: boolean) {
  return data(
    await json.POST("/v1/plans/{plan}/kendskabsgrad/extracts", {
      params: {
        path: { plan },
        query: { extracted_on: date, empty_cells: "zero", dry_run, revision_reason: reason },
        ...(dry_run ? {} : { header: { "Idempotency-Key": crypto.randomUUID() } }),
      },
      headers: { "Content-Type": "text/csv" },
      body: readFileSync(table9!, "utf8"),
      bodySerializer: (body) => body,
    }),
  );
}

const push = (body: NewExtract) =>
  json.POST("/v1/plans/{plan}/kendskabsgrad/extracts", { params: { path: { plan } }, body });

const seriesPath = "/v1/plans/{plan}/indicators/{code}/series";

function seriesParams(as_of?: string) {
  return {
    path: { plan, code: "kendskabsgrad-count" },
    query: { from: date, to: date, ...(as_of && { as_of }) },
  };
}

/** The points of the series on the date. */
async function points(as_of?: string): Promise<Point[]> {
  return data(await json.GET(seriesPath, { params: seriesParams(as_of) })).points;
}

function figure(of: Point[], area: string, category: string | null): number | null {
  const found = of.filter((point) => point.area === area && point.category === category);
  assert.equal(found.length, 1, `${found.length} figures for ${area} ${category}`);
  return found[0]!.value;
}

function assertTable9(of: Point[]): void {
  for (const [zone, count] of Object.entries(zones)) assert.equal(figure(of, zone, null), count);
  assert.equal(figure(of, "all-zones", null), all);
  assert.equal(figure(of, "zone-1", "6.2"), 29);
}

/** An extract as it can be sent again. */
function again(extract: Extract): NewExtract {
  const { extracted_on, source, population, comparators, shares } = extract;
  return {
    extracted_on,
    source,
    population,
    comparators,
    shares,
    counts: extract.counts.map(({ area, target_group, count, note }) => {
      assert(count !== null);
      return { area, target_group, count, note };
    }),
    subsets: extract.subsets.map(({ area, target_group, subset, count, note }) => {
      assert(count !== null);
      return { area, target_group, subset, count, note };
    }),
  };
}

const me = data(await json.GET("/v1/me"));
assert.equal(me.role, "municipality");
assert.deepEqual([me.client_id, me.token_kind], [client_id, "client"]);
assert(me.permissions.includes("kendskabsgrad:write"));
step(`${me.subject} may ${me.permissions.join(", ")}`);

const codes = await areas();
assert.equal(new Set(codes).size, codes.length, "an area came twice");
for (const zone of Object.keys(zones)) assert(codes.includes(zone));
step(`${codes.length} areas in pages of 5`);

const trial = await pushTable(true);
assert.equal(trial.outcome, "dry_run");
assert.deepEqual(trial.totals.by_area, zones);
assert.equal(trial.totals.all, all);
assert.equal(trial.rows.received, 60);
step(`table 9 would be accepted: ${trial.totals.all} in all`);

const pushed = await pushTable(false);
assert.notEqual(pushed.outcome, "dry_run");
assert.deepEqual(pushed.totals.by_area, zones);
assert.equal(pushed.totals.all, all);
step(`table 9 is ${pushed.outcome} as revision ${pushed.revision}`);

assertTable9(await points());
step(`series as JSON: ${Object.values(zones).join("/")}, together ${all}`);

const text: string = data(
  await csv.GET(seriesPath, {
    params: { ...seriesParams(), query: { ...seriesParams().query, format: "csv" } },
    parseAs: "text",
  }),
);
const [header, ...lines] = text.trimEnd().split(/\r?\n/).map((line) => line.split(","));
const column = (name: string): number => header!.indexOf(name);
for (const [zone, count] of [...Object.entries(zones), ["all-zones", all]]) {
  const row = lines.find((line) => line[column("area")] === zone && line[column("category")] === "");
  assert.equal(Number(row?.[column("value")]), count);
}
step(`series as CSV: the same in ${lines.length} rows`);

const cube = data(
  await jsonstat.GET(seriesPath, {
    params: { ...seriesParams(), query: { ...seriesParams().query, format: "jsonstat" } },
  }),
);
assert.equal(cube.version, "2.0");
const cell = (at: Record<string, string>): number | null | undefined => {
  const index = cube.id.reduce((sum, dimension, i) => {
    const place = cube.dimension[dimension]!.category.index.indexOf(at[dimension]!);
    assert(place >= 0, `${dimension} has no ${at[dimension]}`);
    return sum * cube.size[i]! + place;
  }, 0);
  return cube.value[String(index)];
};
for (const [area, count] of [...Object.entries(zones), ["all-zones", all] as const]) {
  assert.equal(cell({ measure: "value", area, category: "_T", period: date }), count);
}
step(`series as JSON-stat: the same in a cube of ${cube.size.join(" × ")}`);

const current = data(
  await json.GET("/v1/plans/{plan}/kendskabsgrad/extracts/{date}", { params: { path: { plan, date } } }),
);
assert.equal(current.revision, pushed.revision);
const corrected = again(current);
const at = corrected.counts.findIndex((count) => count.area === "zone-1" && count.target_group === "6.2");
corrected.counts[at]!.count = 28;

const refused = await push(corrected);
assert.equal(refused.response.status, 422);
assert(refused.error);
assert.equal(refused.error.type, "/problems/invalid-content");
assert.deepEqual(refused.error.errors?.map((error) => error.code), ["revision_reason_required"]);
const wrong = structuredClone(corrected);
wrong.counts[at]!.count = -3;
wrong.counts[at + 1]!.area = "zone-9";
const errors = (await push(wrong)).error?.errors ?? [];
assert(errors.some((error) => error.code === "negative" && error.pointer === `/counts/${at}/count`));
assert(errors.some((error) => error.pointer === `/counts/${at + 1}/area`));
step(`422: ${[...(refused.error.errors ?? []), ...errors].map((e) => `${e.code} at ${e.pointer}`).join("; ")}`);

const correction = data(
  await push({ ...corrected, revision_reason: reason, replaces_revision: current.revision }),
);
assert.equal(correction.outcome, "revised");
assert.equal(correction.revision, current.revision + 1);
assert.deepEqual(
  correction.changes.map(({ area, category, before, after }) => ({ area, category, before, after })),
  [{ area: "zone-1", category: "6.2", before: 29, after: 28 }],
);
const now = await points();
assert.equal(figure(now, "zone-1", "6.2"), 28);
assert.equal(figure(now, "zone-1", null), 305);
assert.equal(figure(now, "all-zones", null), 1136);
step("corrected by JSON: zone-1, 6.2 from 29 to 28");

// Instants have microseconds, dates of JavaScript milliseconds: cut off, then one less, is before in any case.
const before = new Date(Date.parse(correction.received_at) - 1).toISOString();
assertTable9(await points(before));
step(`as of ${before}: 29 again`);
