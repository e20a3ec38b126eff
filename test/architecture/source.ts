import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseSync } from "@swc/core";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

export interface SourceFile {
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly string[];
  readonly functions: readonly { name: string; lines: number }[];
}

interface Node {
  type?: string;
  span?: { start: number; end: number };
  [key: string]: unknown;
}

const FUNCTIONS = new Set([
  "FunctionDeclaration",
  "FunctionExpression",
  "ArrowFunctionExpression",
  "ClassMethod",
  "PrivateMethod",
  "Constructor",
  "MethodProperty",
  "GetterProperty",
  "SetterProperty",
]);

export function listSources(folder: string): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) found.push(...listSources(path));
    else if (/\.tsx?$/.test(entry.name)) found.push(path);
  }
  return found;
}

/** The whole tree's imports and functions, from the compiler's own syntax tree. */
export function readSource(path: string): SourceFile {
  const text = readFileSync(join(root, path));
  const module = parseSync(text.toString("utf8"), {
    syntax: "typescript",
    tsx: path.endsWith(".tsx"),
    target: "es2023",
  });
  const base = module.span.start;
  const lineStarts = [0];
  for (let i = 0; i < text.length; i++) if (text[i] === 10) lineStarts.push(i + 1);
  const lineOf = (offset: number): number => {
    let low = 0;
    let high = lineStarts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (lineStarts[middle]! <= offset) low = middle;
      else high = middle;
    }
    return low;
  };
  const first = text.toString("utf8").search(/\S/);
  const imports: string[] = [];
  const functions: { name: string; lines: number }[] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) for (const item of node) visit(item);
    else if (typeof node === "object" && node !== null) {
      const { type, span, source } = node as Node;
      const value = (source as { value?: string } | undefined)?.value;
      if (type !== undefined && /^(Import|Export)/.test(type) && typeof value === "string") imports.push(value);
      if (type !== undefined && FUNCTIONS.has(type) && span !== undefined) {
        const start = lineOf(span.start - base + Math.max(first, 0));
        functions.push({
          name: `${path}:${start + 1}`,
          lines: lineOf(span.end - base + Math.max(first, 0)) - start + 1,
        });
      }
      for (const [key, child] of Object.entries(node)) if (key !== "span") visit(child);
    }
  };
  visit(module.body);
  return { path, lines: lineStarts.length - 1, imports: imports.map((name) => resolveImport(path, name)), functions };
}

function resolveImport(from: string, name: string): string {
  return name.startsWith(".") ? relative(root, join(root, dirname(from), name)) : name;
}
