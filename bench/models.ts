import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Ajv } from "ajv";
import { checkOf } from "../datamodels/facets/compile.ts";
import type { SyntaxFact } from "../datamodels/facts.ts";
import { KnownTree } from "../datamodels/known-tree.ts";
import { loadModels } from "../datamodels/load/loader.ts";
import { DataModel } from "../datamodels/model.ts";
import { ModelSet } from "../datamodels/model-set.ts";
import type { PackedModel } from "../datamodels/packed.ts";
import { shippedModel, shippedModels } from "../datamodels/shipped.ts";
import { deviceTree } from "../datamodels/tree.ts";
import { validateWrite } from "../datamodels/validation/write.ts";
import { plausibleValue } from "../datamodels/values/plausible.ts";

/*
 * Data models: load time per model, memory, checks per second, beside ajv-compiled checks of the same facets.
 *   npm run bench:models [-- --json FILE] [--xml ../shared/datamodels/full]
 */
interface Row {
  bench: "models";
  case: string;
  engine: string;
  metric: string;
  value: number;
  unit: string;
}

const { values: options } = parseArgs({
  options: { json: { type: "string" }, xml: { type: "string", default: "../shared/datamodels/full" } },
});
const rows: Row[] = [];
const report = (name: string, engine: string, metric: string, value: number, unit: string): void => {
  rows.push({ bench: "models", case: name, engine, metric, value: Number(value.toPrecision(4)), unit });
};

const factsFolder = new URL("../datamodels/facts/", import.meta.url);
const millisecondsOf = (work: () => void): number => {
  const start = performance.now();
  work();
  return performance.now() - start;
};
const median = (samples: number[]): number => samples.toSorted((a, b) => a - b)[Math.floor(samples.length / 2)]!;
const heap = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1024 / 1024;
};

function benchShipped(): void {
  const before = heap();
  let sum = 0;
  for (const { name } of shippedModels()) {
    const spent = millisecondsOf(() => void shippedModel(name));
    sum += spent;
    report(`load ${name}`, "facts", "time", spent, "ms");
  }
  report("load all shipped, first in the process", "facts", "time", sum, "ms");
  const texts = shippedModels().map(({ file }) => readFileSync(new URL(file, factsFolder), "utf8"));
  const parsing = median(
    Array.from({ length: 7 }, () => millisecondsOf(() => texts.forEach((text) => void JSON.parse(text)))),
  );
  const loading = median(
    Array.from({ length: 7 }, () =>
      millisecondsOf(() => texts.forEach((text) => void new DataModel(JSON.parse(text) as PackedModel))),
    ),
  );
  report("load all shipped", "facts", "time", loading, "ms");
  report("load all shipped", "JSON.parse", "time", parsing, "ms");
  report("load all shipped", "facts", "multiple of JSON.parse", loading / parsing, "x");
  report(
    "load all shipped",
    "facts",
    "size",
    texts.reduce((bytes, text) => bytes + text.length, 0) / 1024 / 1024,
    "MiB",
  );
  if (globalThis.gc) report("load all shipped", "facts", "heap", heap() - before, "MiB");
  for (const { name } of shippedModels()) for (const object of shippedModel(name)!.objects) void object.parameters;
  if (globalThis.gc) report("everything unpacked", "facts", "heap", heap() - before, "MiB");
}

function benchXml(folder: string): void {
  for (const name of readdirSync(folder).filter((file) => file.endsWith(".xml"))) {
    const text = readFileSync(`${folder}/${name}`, "utf8");
    const spent = millisecondsOf(() => void loadModels([{ name, text }]));
    report(`import ${name}`, "xml", "time", spent, "ms");
  }
}

interface Sample {
  path: string;
  syntax: SyntaxFact;
  value: string;
}

/** Every writable parameter of Device:2.17 that ajv can check with the same facets, with a value that fits. */
function samples(): Sample[] {
  return [...shippedModel("Device:2.17")!.objects].flatMap((object) =>
    [...object.parameters.values()]
      .filter(({ access, syntax, status }) => access !== "readOnly" && !syntax.list && status === undefined)
      .map((parameter) => ({
        path: parameter.path.replaceAll("{i}", "1"),
        syntax: parameter.syntax,
        value: plausibleValue(parameter),
      }))
      .filter(({ syntax, value }) => checkOf(syntax)(value) === undefined),
  );
}

const integers: readonly string[] = ["int", "unsignedInt", "long", "unsignedLong"];

/** The same facets as JSON schema over the value's JSON form. */
function schemaOf({ type, ranges, sizes, enumeration, patterns }: SyntaxFact): object {
  if (type === "boolean") return { type: "boolean" };
  if (integers.includes(type) || type === "decimal") {
    const spans = (ranges ?? []).map(({ min, max }) => ({
      ...(min === undefined ? {} : { minimum: Number(min) }),
      ...(max === undefined ? {} : { maximum: Number(max) }),
    }));
    const bounds =
      type === "unsignedInt"
        ? { minimum: 0, maximum: 4294967295 }
        : type === "int"
          ? { minimum: -2147483648, maximum: 2147483647 }
          : {};
    return {
      type: type === "decimal" ? "number" : "integer",
      ...bounds,
      ...(spans.length > 0 ? { anyOf: spans } : {}),
    };
  }
  const lengths = (type === "string" ? (sizes ?? []) : []).map(({ min, max }) => ({
    ...(min ? { minLength: min } : {}),
    ...(max === undefined ? {} : { maxLength: max }),
  }));
  const sets = [
    ...(enumeration ? [{ enum: enumeration.filter((entry) => !entry.readOnly).map((entry) => entry.value) }] : []),
    ...(patterns ?? []).map((pattern) => ({ pattern: `^(?:${pattern})$` })),
  ];
  const all = [lengths, sets]
    .filter((one) => one.length > 0)
    .map((anyOf) => (anyOf.length === 1 ? anyOf[0] : { anyOf }));
  return { type: "string", ...(all.length > 0 ? { allOf: all } : {}) };
}

/** What a value from the wire has to become before ajv can look at it. */
const converterOf = ({ type }: SyntaxFact): ((value: string) => unknown) =>
  type === "boolean"
    ? (value) => value === "true" || value === "1"
    : integers.includes(type) || type === "decimal"
      ? Number
      : (value) => value;

/** Milliseconds of CPU that this process has used: what else runs on the machine does not count. */
const cpu = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** Per second of one core. */
function ratePerSecond(items: number, run: () => number): number {
  let wrong = run();
  const rates = Array.from({ length: 7 }, () => {
    let rounds = 0;
    const start = cpu();
    while (cpu() - start < 150) {
      wrong += run();
      rounds += 1;
    }
    return (rounds * items * 1000) / (cpu() - start);
  });
  if (wrong !== 0) throw new Error(`${wrong} samples were refused`);
  return median(rates);
}

function benchChecks(): void {
  const set = new ModelSet([shippedModel("Device:2.17")!]);
  const tree = deviceTree(shippedModel("Device:2.17")!);
  const known = new KnownTree([...tree.parameters].map(([path, parameter]) => ({ path, ...parameter })));
  const isAccepted = (item: Sample): boolean =>
    validateWrite({ models: set, known, mode: "standard" }, [item]).every(({ severity }) => severity !== "error");
  const items = samples().filter(isAccepted);
  const ajv = new Ajv({ strict: false, unicodeRegExp: false });
  const compiled = new Map<SyntaxFact, (value: unknown) => boolean>();
  const ajvOf = (syntax: SyntaxFact) => {
    const made = compiled.get(syntax) ?? ajv.compile(schemaOf(syntax));
    compiled.set(syntax, made);
    return made;
  };
  const byFacet = items.map(({ syntax, value }) => ({
    check: checkOf(syntax),
    validate: ajvOf(syntax),
    convert: converterOf(syntax),
    value,
  }));
  const own = ratePerSecond(items.length, () =>
    byFacet.reduce((wrong, { check, value }) => wrong + (check(value) ? 1 : 0), 0),
  );
  const theirs = ratePerSecond(items.length, () =>
    byFacet.reduce((wrong, { validate, convert, value }) => wrong + (validate(convert(value)) ? 0 : 1), 0),
  );
  report("facets of one value", "steward", "checks", own, "1/s");
  report("facets of one value", "ajv", "checks", theirs, "1/s");
  report("facets of one value", "steward", "multiple of ajv", own / theirs, "x");
  const resolved = ratePerSecond(items.length, () =>
    items.reduce((wrong, { path, value }) => wrong + (checkOf(set.parameter(path)!.syntax)(value) ? 1 : 0), 0),
  );
  report("path to parameter, then facets", "steward", "checks", resolved, "1/s");
  const whole = ratePerSecond(items.length, () =>
    items.reduce((wrong, { path, value }) => {
      const findings = validateWrite({ models: set, known, mode: "standard" }, [{ path, value }]);
      return wrong + findings.filter((finding) => finding.severity === "error").length;
    }, 0),
  );
  report("a write of one parameter, all rules", "steward", "checks", whole, "1/s");
  report("samples", "steward", "count", items.length, "parameters");
}

benchShipped();
if (existsSync(options.xml)) benchXml(options.xml);
benchChecks();
console.table(rows, ["case", "engine", "metric", "value", "unit"]);
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(rows, undefined, 2)}\n`);
