import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { loadConfig } from "../../platform/config/load.ts";
import { budget, doors, exempt, mayImport, pure } from "./rules.ts";
import { listSources, readSource, root } from "./source.ts";

const folders = Object.keys(mayImport).filter((folder) => existsSync(join(root, folder)));
const sources = folders.flatMap(listSources).map(readSource);
const house = sources.filter(({ path }) => !exempt.some((pattern) => pattern.test(path)));
const tests = listSources("test")
  .map(readSource)
  .filter(({ path }) => !exempt.some((pattern) => pattern.test(path)));
const folderOf = (path: string): string => path.slice(0, path.indexOf("/"));
const isLocal = (name: string): boolean => name in mayImport || Object.hasOwn(mayImport, folderOf(name));
const quantile = (values: readonly number[], q: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))] ?? 0;

describe("imports", () => {
  it("point one way through the house", () => {
    const wrong = sources.flatMap(({ path, imports }) =>
      imports
        .filter((name) => isLocal(name) && folderOf(name) !== folderOf(path))
        .filter((name) => !mayImport[folderOf(path)]!.includes(folderOf(name)))
        .map((name) => `${path} imports ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  it("enter a neighbour by its door", () => {
    const wrong = doors.flatMap(({ from, to, only }) =>
      sources
        .filter(({ path }) => folderOf(path) === from)
        .flatMap(({ path, imports }) =>
          imports
            .filter((name) => name.startsWith(`${to}/`) && !only.test(name))
            .map((name) => `${path} imports ${name}`),
        ),
    );
    expect(wrong).toEqual([]);
  });

  it("keep the pure folders pure", () => {
    const wrong = pure.flatMap(({ folder, builtins, packages }) =>
      sources
        .filter(({ path }) => path.startsWith(folder))
        .flatMap(({ path, imports }) =>
          imports
            .filter((name) => !isLocal(name) && !builtins.includes(name) && !packages.includes(name))
            .map((name) => `${path} imports ${name}`),
        ),
    );
    expect(wrong).toEqual([]);
  });

  it("form no cycle", () => {
    const byPath = new Map(sources.map((source) => [source.path, source]));
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (path: string, trail: readonly string[]): void => {
      if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path].join(" → "));
      else if (!done.has(path)) {
        for (const next of byPath.get(path)?.imports ?? []) if (byPath.has(next)) visit(next, [...trail, path]);
        done.add(path);
      }
    };
    for (const { path } of sources) visit(path, []);
    expect(cycles).toEqual([]);
  });
});

describe("budgets", () => {
  it("hold for files", () => {
    const long = house.filter(({ lines }) => lines > budget.fileLines).map(({ path, lines }) => `${path}: ${lines}`);
    expect(long).toEqual([]);
    expect(
      quantile(
        house.map(({ lines }) => lines),
        0.5,
      ),
    ).toBeLessThanOrEqual(budget.medianFileLines);
  });

  it("hold for functions", () => {
    const functions = house.flatMap((source) => source.functions);
    const long = functions
      .filter(({ lines }) => lines > budget.functionLines)
      .map(({ name, lines }) => `${name}: ${lines}`);
    expect(long).toEqual([]);
    expect(
      quantile(
        functions.map(({ lines }) => lines),
        0.95,
      ),
    ).toBeLessThanOrEqual(budget.functionP95Lines);
  });

  it("hold for test files", () => {
    const long = tests
      .filter(({ lines }) => lines > budget.testFileLines)
      .map(({ path, lines }) => `${path}: ${lines}`);
    expect(long).toEqual([]);
  });
});

describe("documents", () => {
  it.each(["README.md", "docs/architecture.md", "docs/adding-things.md"])(
    "%s names only paths that exist",
    (document) => {
      const text = readFileSync(join(root, document), "utf8");
      const named = [
        ...text.matchAll(/`((?:kernel|datamodels|platform|fleet|acs|nbi|sim|bin|bench|test|docs|scripts)\/[\w./-]*)`/g),
      ];
      expect(named.map((match) => match[1]!).filter((path) => !existsSync(join(root, path)))).toEqual([]);
    },
  );

  it("keep the README short", () => {
    expect(readFileSync(join(root, "README.md"), "utf8").split("\n").length).toBeLessThanOrEqual(121);
  });

  it("compose.yaml asks for nothing that docs/operating.md does not show how to make", () => {
    const compose = readFileSync(join(root, "compose.yaml"), "utf8");
    const wanted = new Set([...compose.matchAll(/\$\{(\w+):\?/g)].map((match) => match[1]!));
    const operating = readFileSync(join(root, "docs/operating.md"), "utf8");
    expect([...wanted].filter((name) => !new RegExp(`^(for|echo) .*\\b${name}\\b`, "m").test(operating))).toEqual([]);
    expect(wanted).toContain("STEWARD_ACS_PUBLIC_URL");
  });

  it("compose.yaml lets live sessions finish, and shows its servers to the tests of this machine alone", () => {
    const compose = readFileSync(join(root, "compose.yaml"), "utf8");
    const grace = /stop_grace_period: (\d+)s/.exec(compose)?.[1];
    expect(Number(grace) * 1000).toBeGreaterThan(loadConfig({ process: "all", environment: {} }).drainDeadline);
    for (const port of [27017, 6379]) expect(compose).toContain(`"127.0.0.1:${port}:${port}"`);
  });
});
