import { describe, expect, it } from "@jest/globals";
import { Rig } from "./rig.ts";

const leaf = (i: number): string => `Device.X.P${i}`;
const names = (count: number): string[] => Array.from({ length: count }, (_, i) => leaf(i));

/** Answers until the operation is over: `bad` names get 9005, more than `most` names 9004. */
function serve(rig: Rig, { bad = [], most = Infinity }: { bad?: string[]; most?: number } = {}): number[] {
  const sizes: number[] = [];
  while (!rig.outcome) {
    const { ParameterNames } = rig.asked("GetParameterValues");
    sizes.push(ParameterNames.length);
    if (ParameterNames.some((name) => bad.includes(name))) rig.fault(9005);
    else if (ParameterNames.length > most) rig.fault(9004);
    else rig.values(Object.fromEntries(ParameterNames.map((name) => [name, "v"])));
  }
  return sizes;
}

describe("read", () => {
  it("asks in batches that grow with success, up to 100 names", () => {
    const rig = new Rig({ kind: "read", paths: names(300) }).begin();
    expect(serve(rig)).toEqual([64, 96, 100, 40]);
    expect(rig.outcome).toMatchObject({ state: "done", result: { count: 300, refused: 0 } });
    expect(rig.learnt.reduce((sum, patch) => sum + patch.observations.length, 0)).toBe(300);
  });

  it("shrinks after 9004, does not grow beyond it again, and remembers the size", () => {
    const rig = new Rig({ kind: "read", paths: names(200) }).begin();
    const sizes = serve(rig, { most: 20 });
    expect(sizes.filter((size) => size > 20).length).toBeLessThan(8);
    expect(rig.outcome).toMatchObject({ state: "done", result: { count: 200 } });
    expect(rig.remembered).toEqual({ readBatch: expect.any(Number) });
    const next = new Rig({ kind: "read", paths: names(200) }, { endpointState: rig.remembered }).begin();
    expect(serve(next, { most: 20 })[0]).toBeLessThanOrEqual(20);
  });

  it("finds the names that 9005 is about, and reads all others", () => {
    const bad = [leaf(3), leaf(77)];
    const rig = new Rig({ kind: "read", paths: names(100) }).begin();
    serve(rig, { bad });
    expect(rig.outcome).toMatchObject({ state: "done", result: { count: 98, refused: 2 } });
    const { items = [] } = rig.outcome as { items?: { path: string; outcome: string }[] };
    expect(items.filter((item) => item.outcome === "failed").map((item) => item.path)).toEqual(bad);
  });

  it("fails when nothing of it can be read", () => {
    const rig = new Rig({ kind: "read", paths: [leaf(1)] }).begin().fault(9005);
    expect(rig.outcome).toMatchObject({ state: "failed", fault: { code: "device.invalidParameterName" } });
  });

  it("fails when the device answers without the parameter that it was asked for", () => {
    const rig = new Rig({ kind: "read", paths: [leaf(1)] }).begin().values({});
    expect(rig.outcome).toMatchObject({
      state: "failed",
      fault: { code: "device.invalidResponse", message: expect.stringContaining("without this parameter") },
      items: [{ path: leaf(1), outcome: "failed" }],
    });
  });

  it("does not take parameters that nobody asked for in place of those that the answer leaves out", () => {
    const rig = new Rig({ kind: "read", paths: [leaf(1), leaf(2)] })
      .begin()
      .values({ [leaf(1)]: "v", "Device.Other": "w" });
    expect(rig.outcome).toMatchObject({ items: [{ outcome: "done" }, { path: leaf(2), outcome: "failed" }] });
  });

  it("knows a parameter by its last part where the device writes the name its own way", () => {
    const rig = new Rig({ kind: "read", paths: ["Device.T.1.Name"] }).begin().values({ "Device.T.[cpe-1].name": "v" });
    expect(rig.outcome).toMatchObject({ items: [{ outcome: "done" }] });
  });

  it("tells of each name that the answer leaves out, and of no object that is empty", () => {
    const paths = ["Device.T.", leaf(1), leaf(2)];
    const rig = new Rig({ kind: "read", paths })
      .begin()
      .values({})
      .values({ [leaf(2)]: "v" });
    expect(rig.outcome).toMatchObject({
      state: "done",
      items: [{ outcome: "done" }, { path: leaf(1), outcome: "failed" }, { path: leaf(2), outcome: "done" }],
    });
  });

  it("asks for the children of an object that the device gives back as if it were a parameter", () => {
    const paths = ["Device.X.", "Device.Y."];
    const rig = new Rig({ kind: "read", paths }).begin();
    expect(rig.asked("GetParameterValues").ParameterNames).toEqual(["Device.X."]);
    expect(rig.values({ "Device.X.": "" }).asked("GetParameterNames")).toEqual({
      ParameterPath: "Device.X.",
      NextLevel: true,
    });
    // It has parameters: from now on no object is asked for as such.
    expect(rig.names(leaf(1), leaf(2)).asked("GetParameterNames").ParameterPath).toBe("Device.Y.");
    expect(rig.names("Device.Y.Z").asked("GetParameterValues").ParameterNames).toEqual([
      leaf(1),
      leaf(2),
      "Device.Y.Z",
    ]);
    rig.values({ [leaf(1)]: "a", [leaf(2)]: "b", "Device.Y.Z": "c" });
    expect(rig.outcome).toMatchObject({ state: "done", result: { count: 3 } });
    expect(rig.learntOf("Device.X.")).toBeUndefined();
    expect(rig.remembered).toEqual({ readBy: "names" });
    const next = new Rig({ kind: "read", paths: ["Device.X."] }, { endpointState: rig.remembered }).begin();
    expect(next.asked("GetParameterNames").ParameterPath).toBe("Device.X.");
  });

  it("passes over the objects that stand among an object's parameters", () => {
    const rig = new Rig({ kind: "read", paths: ["Device.X."] }).begin();
    rig.values({ "Device.X.": "", [leaf(1)]: "a", "Device.X.Y.": "" });
    expect(rig.outcome).toMatchObject({ state: "done", result: { count: 1 } });
    expect(rig.learntOf("Device.X.Y.")).toBeUndefined();
  });

  it("takes an answer under names of the device's own", () => {
    const rig = new Rig({ kind: "read", paths: ["Device.T.[home].Name"] }).begin();
    expect(rig.values({ "Device.T.1.Name": "v" }).outcome).toMatchObject({
      state: "done",
      items: [{ outcome: "done" }],
    });
  });

  it("never sends an empty name: the whole tree is the root", () => {
    const rig = new Rig({ kind: "read", paths: [""] }, { root: "InternetGatewayDevice." }).begin();
    expect(rig.asked("GetParameterValues").ParameterNames).toEqual(["InternetGatewayDevice."]);
  });

  it("falls back to the children of an object that is refused as a whole", () => {
    const rig = new Rig({ kind: "read", paths: ["Device."] }).begin().fault(9004);
    expect(rig.asked("GetParameterNames")).toEqual({ ParameterPath: "Device.", NextLevel: true });
    rig.names("Device.", "Device.A", "Device.B.", "Device.C.");
    expect(rig.asked("GetParameterValues").ParameterNames).toEqual(["Device.C."]);
    rig.values({ "Device.C.x": "1" }).values({ "Device.B.x": "1" }).values({ "Device.A": "1" });
    expect(rig.outcome).toMatchObject({ state: "done", result: { count: 3 } });
  });

  it("fills in * with the instances that there are", () => {
    const rig = new Rig({ kind: "read", paths: ["Device.T.*.Name"] }).begin();
    expect(rig.asked("GetParameterNames").ParameterPath).toBe("Device.T.");
    rig.names("Device.T.1.", "Device.T.4.", "Device.T.Count");
    expect(rig.asked("GetParameterValues").ParameterNames).toEqual(["Device.T.1.Name", "Device.T.4.Name"]);
  });

  it("asks for less after silence, and repeats a single name", () => {
    const rig = new Rig({ kind: "read", paths: names(64) }).begin().silence();
    expect(rig.asked("GetParameterValues").ParameterNames).toHaveLength(32);
    const single = new Rig({ kind: "read", paths: [leaf(1)] }).begin().silence();
    expect(single.asked("GetParameterValues").ParameterNames).toEqual([leaf(1)]);
  });

  it("reads again after a drop", () => {
    const rig = new Rig({ kind: "read", paths: [leaf(1)] }).begin().drop();
    expect(rig.asked("GetParameterValues").ParameterNames).toEqual([leaf(1)]);
  });

  it("ends against a device that lists new children for ever", () => {
    const rig = new Rig({ kind: "read", paths: ["Device."] }).begin();
    let messages = 0;
    while (!rig.outcome && messages++ < 20_000) {
      if (rig.last.name === "GetParameterValues") rig.fault(9004);
      else {
        const path = rig.asked("GetParameterNames").ParameterPath;
        rig.names(`${path}Deeper.`);
      }
    }
    expect(rig.outcome).toMatchObject({ state: "done" });
    expect(messages).toBeLessThan(100);
  });

  it("tells when it would take too many messages, and does not tell so of what was read to its end", () => {
    const read = (count: number) => {
      const rig = new Rig({ kind: "read", paths: names(count) }).begin();
      serve(rig, { most: 1 });
      return rig.outcome;
    };
    expect(read(5_100)).toMatchObject({ state: "done", note: expect.stringContaining("not read to its end") });
    expect(read(100)).not.toHaveProperty("note");
  });

  it("9000 fails it at once", () => {
    expect(new Rig({ kind: "read", paths: names(10) }).begin().fault(9000).outcome).toMatchObject({
      fault: { code: "device.methodNotSupported" },
    });
  });
});

describe("a secret", () => {
  it("is read into the parameters, and not into the operation's result", () => {
    const path = "Device.WiFi.AccessPoint.1.Security.KeyPassphrase";
    const rig = new Rig({ kind: "read", paths: [path] }).begin().values({ [path]: "correct horse" });
    expect(rig.learntOf(path)?.value).toBe("correct horse");
    expect(rig.outcome).toMatchObject({ state: "done", result: { parameters: [{ path }] } });
    expect(JSON.stringify(rig.outcome)).not.toContain("correct horse");
  });
});
