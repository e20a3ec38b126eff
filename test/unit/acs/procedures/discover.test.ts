import { describe, expect, it } from "@jest/globals";
import { planReads } from "../../../../acs/procedures/plan.ts";
import { standardQuirks } from "../../../../acs/quirks/quirks.ts";
import { Rig } from "./rig.ts";

/** A tree of tables with ten parameters per row. */
function treeOf(parameters: number): string[] {
  const names = ["Device."];
  const rows = Math.ceil(parameters / 10);
  for (let row = 0; row < rows; row++) {
    const table = `Device.T${row % 30}.`;
    if (row < 30) names.push(table);
    const instance = `${table}${Math.floor(row / 30) + 1}.`;
    names.push(instance);
    for (let i = 0; i < 10; i++) names.push(`${instance}P${i}`);
  }
  return names;
}

/** A device that has `names`. */
function serve(rig: Rig, names: readonly string[]): { messages: number; largest: number } {
  let messages = 0;
  let largest = 0;
  while (!rig.outcome) {
    messages += 1;
    if (rig.last.name === "GetParameterNames") {
      const { ParameterPath, NextLevel } = rig.asked("GetParameterNames");
      const below = names.filter((name) => name.startsWith(ParameterPath));
      const end = (name: string): number => name.indexOf(".", ParameterPath.length);
      rig.names(
        ...(NextLevel
          ? below.filter((name) => name !== ParameterPath && (end(name) < 0 || end(name) === name.length - 1))
          : below),
      );
    } else {
      const { ParameterNames } = rig.asked("GetParameterValues");
      const found = names.filter(
        (name) =>
          !name.endsWith(".") &&
          ParameterNames.some((one) => name === one || (one.endsWith(".") && name.startsWith(one))),
      );
      largest = Math.max(largest, found.length);
      rig.values(Object.fromEntries(found.map((name) => [name, "v"])));
    }
  }
  return { messages, largest };
}

describe("discover", () => {
  it("takes the whole tree in one message, and what is no longer there is gone", () => {
    const rig = new Rig({ kind: "discover", path: "" }).begin();
    expect(rig.asked("GetParameterNames")).toEqual({ ParameterPath: "Device.", NextLevel: false });
    rig.names("Device.", "Device.A", "Device.B.", "Device.B.x");
    expect(rig.outcome).toMatchObject({ state: "done", result: { names: 4 } });
    expect(rig.learnt).toMatchObject([{ source: "discover", complete: ["Device."] }]);
  });

  it("falls back to level by level, and remembers that", () => {
    const names = treeOf(100);
    const rig = new Rig({ kind: "discover", path: "" }).begin().fault(9004);
    serve(rig, names);
    expect(rig.learnt[0]?.observations.map((one) => one.path).sort()).toEqual(
      names.filter((name) => name !== "Device.").sort(),
    );
    expect(rig.remembered).toEqual({ discovery: "level" });
  });

  it("nextLevel lists one level and declares nothing gone", () => {
    const rig = new Rig({ kind: "discover", path: "Device.T1.", nextLevel: true }).begin();
    expect(rig.asked("GetParameterNames").NextLevel).toBe(true);
    rig.names("Device.T1.1.");
    expect(rig.outcome?.state).toBe("done");
    expect(rig.learnt[0]).not.toHaveProperty("complete");
  });

  it("reads every value once, in messages of bounded size", () => {
    const names = treeOf(3_000);
    const rig = new Rig({ kind: "discover", path: "", values: true }).begin();
    const { largest } = serve(rig, names);
    expect(largest).toBeLessThanOrEqual(standardQuirks.parametersPerRead);
    expect(rig.outcome).toMatchObject({ state: "done", result: { values: 3_000, refused: [] } });
    const read = rig.learnt.slice(1).flatMap((patch) => patch.observations.map((one) => one.path));
    expect(new Set(read).size).toBe(3_000);
    expect(read).toHaveLength(3_000);
  });

  it("a device that repeats its answers or nests for ever comes to an end", () => {
    const quirks = { ...standardQuirks, discovery: "level" } as const;
    const rig = new Rig({ kind: "discover", path: "Device." }, { quirks }).begin();
    let messages = 0;
    while (!rig.outcome && messages++ < 1_000) {
      const path = rig.asked("GetParameterNames").ParameterPath;
      rig.names("Device.", path, `${path}Again.`);
    }
    expect(rig.outcome).toMatchObject({ state: "done" });
    expect(messages).toBeLessThan(25);
  });

  it("a device that answers one level with all of it is asked no more for the rest", () => {
    const quirks = { ...standardQuirks, discovery: "level" } as const;
    const rig = new Rig({ kind: "discover", path: "Device." }, { quirks }).begin();
    rig.names("Device.A.", "Device.A.x", "Device.B.", "Device.B.C.", "Device.B.C.y");
    expect(rig.outcome).toMatchObject({ state: "done", result: { names: 5 } });
  });

  it("goes on below the first level where a device names no more than that, and remembers it", () => {
    const rig = new Rig({ kind: "discover", path: "Device." }).begin();
    rig.names("Device.", "Device.A.", "Device.B.");
    expect(rig.asked("GetParameterNames")).toEqual({ ParameterPath: "Device.A.", NextLevel: true });
    rig.names("Device.A.", "Device.A.x").names("Device.B.");
    expect(rig.outcome).toMatchObject({ state: "done", result: { names: 4 } });
    expect(rig.learnt[0]).toMatchObject({ complete: ["Device."] });
    expect(rig.remembered).toEqual({ discovery: "level" });
  });

  it("does not take an object for shallow that has empty ones only", () => {
    const rig = new Rig({ kind: "discover", path: "Device.A." })
      .begin()
      .names("Device.A.", "Device.A.x", "Device.A.T.");
    expect(rig.names("Device.A.T.").outcome).toMatchObject({ state: "done", result: { names: 3 } });
    expect(rig.remembered).toEqual({});
  });

  it("a device that names nothing has not told that all is gone", () => {
    const rig = new Rig({ kind: "discover", path: "Device." }).begin().names();
    expect(rig.outcome).toMatchObject({ state: "done", result: { names: 0 } });
    expect(rig.learnt[0]).not.toHaveProperty("complete");
  });

  it("fails when the device will not list at all", () => {
    expect(new Rig({ kind: "discover", path: "Device.X." }).begin().fault(9000).outcome).toMatchObject({
      state: "failed",
    });
  });

  it("goes on level by level after silence over the whole", () => {
    const rig = new Rig({ kind: "discover", path: "" }).begin().silence();
    expect(rig.asked("GetParameterNames").NextLevel).toBe(true);
  });
});

describe("planReads", () => {
  it("covers every parameter exactly once", () => {
    const names = treeOf(1_000);
    const plan = planReads(names, "Device.", 35);
    const paths = [...plan.groups.flat(), ...plan.names];
    for (const name of names.filter((one) => !one.endsWith("."))) {
      expect(paths.filter((path) => name === path || (path.endsWith(".") && name.startsWith(path)))).toHaveLength(1);
    }
  });

  it("names parameters of an object that is too large by themselves", () => {
    const names = Array.from({ length: 50 }, (_, i) => `Device.P${i}`);
    expect(planReads(names, "Device.", 10)).toEqual({ groups: [], names });
  });
});

describe("a device that does not answer partial paths", () => {
  const names = treeOf(100);
  const readBy = { readBy: "names" };

  it("is asked for names from the first silence on, and that is remembered", () => {
    const rig = new Rig({ kind: "discover", path: "", values: true }).begin().names(...names);
    expect(rig.asked("GetParameterValues").ParameterNames.every((name) => name.endsWith("."))).toBe(true);
    rig.silence();
    const sent = rig.sent.length;
    serve(rig, names);
    const read = rig.sent
      .slice(sent)
      .flatMap((one) => (one.name === "GetParameterValues" ? one.body.ParameterNames : []));
    expect(read.filter((name) => name.endsWith("."))).toEqual([]);
    expect(new Set(read).size).toBe(names.filter((name) => !name.endsWith(".")).length);
    expect(rig.remembered).toEqual(readBy);
  });

  it("is asked for names at once the next time, or when its model says so", () => {
    const known = new Rig({ kind: "discover", path: "", values: true }, { endpointState: readBy });
    const quirk = new Rig(
      { kind: "discover", path: "", values: true },
      { quirks: { ...standardQuirks, readBy: "names" } },
    );
    for (const rig of [known, quirk]) {
      const { messages } = serve(rig.begin(), names);
      expect([rig.count("GetParameterNames"), messages]).toEqual([1, 3]);
      expect(rig.remembered).toEqual({});
    }
  });

  it("that calls listed objects unknown (9005) is asked for names too", () => {
    const rig = new Rig({ kind: "discover", path: "Device.A.", values: true }).begin().names("Device.A.", "Device.A.x");
    expect(rig.asked("GetParameterValues").ParameterNames).toEqual(["Device.A."]);
    rig.fault(9005).names("Device.A.x");
    expect(rig.asked("GetParameterValues").ParameterNames).toEqual(["Device.A.x"]);
    expect(rig.values({ "Device.A.x": "v" }).remembered).toEqual(readBy);
  });
});
