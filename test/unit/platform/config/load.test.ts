import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { StewardError } from "../../../../kernel/errors.ts";
import { documentSettings } from "../../../../platform/config/document.ts";
import { type ConfigSources, loadConfig } from "../../../../platform/config/load.ts";
import { sections, settings } from "../../../../platform/config/table.ts";

const load = (environment: Record<string, string>, more: Partial<ConfigSources> = {}) =>
  loadConfig({ process: "all", environment, ...more });

function mistakesOf(run: () => unknown): string[] {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(StewardError);
    expect((error as StewardError).code).toBe("configuration.invalid");
    return (error as StewardError).details["mistakes"] as string[];
  }
  return [];
}

const files = (contents: Record<string, string>) => ({
  readFile: (path: string): string => {
    const content = contents[path];
    if (content === undefined) throw new Error(`no such file: ${path}`);
    return content;
  },
});

describe("configuration", () => {
  it("defaults alone are a good configuration", () => {
    const config = load({});
    expect(config["acs.listen"]).toEqual({ host: "0.0.0.0", port: 7547 });
    expect(config["api.listen"]).toEqual({ host: "127.0.0.1", port: 7557 });
    expect(config["acs.authentication"]).toBe("required");
    expect(config["store.mongodbUrl"]).toBeUndefined();
    expect(config["drainDeadline"]).toBe(30_000);
  });

  it("the environment overrides the file, and the file the defaults", () => {
    const json = JSON.stringify({
      acs: { sessionTimeout: "90s", "tls.minVersion": "TLSv1.3" },
      "log.level": "debug",
      wake: { networks: ["10.0.0.0/8"] },
      worker: { concurrency: 5 },
    });
    const config = load({ STEWARD_LOG_LEVEL: "warn", STEWARD_CONFIG: "c.json" }, files({ "c.json": json }));
    expect(config["acs.sessionTimeout"]).toBe(90_000);
    expect(config["acs.tls.minVersion"]).toBe("TLSv1.3");
    expect(config["log.level"]).toBe("warn");
    expect(config["wake.networks"]).toEqual(["10.0.0.0/8"]);
    expect(config["worker.concurrency"]).toBe(5);
  });

  it("an empty variable counts as absent", () => {
    expect(load({ STEWARD_MONGODB_URL: "", STEWARD_LOG_LEVEL: "" })["log.level"]).toBe("info");
  });

  it("every mistake is reported at once, with the name that was meant", () => {
    const json = JSON.stringify({ acs: { lisen: "x", sessionCap: 5, maxBody: { a: 1 } } });
    const environment = { STEWARD_ACS_LISTN: "x", STEWARD_LOG_LEVEL: "loud", STEWARD_WORKER_CONCURRENCY: "0" };
    const mistakes = mistakesOf(() => load(environment, { file: "c.json", ...files({ "c.json": json }) })).join("\n");
    expect(mistakes).toContain("STEWARD_ACS_LISTN is not a setting; did you mean STEWARD_ACS_LISTEN?");
    expect(mistakes).toContain("c.json: acs.lisen is not a setting; did you mean acs.listen?");
    expect(mistakes).toContain('STEWARD_LOG_LEVEL: "loud" is not one of');
    expect(mistakes).toContain("STEWARD_WORKER_CONCURRENCY: 0 is not between 1 and 1000");
    expect(mistakes).toContain('acs.sessionCap in c.json: "5" is not a duration');
    expect(mistakes).toContain("c.json: acs.maxBody is neither text");
    expect(mistakes.split("\n")).toHaveLength(6);
  });

  it("variables that are not ours and those of the tests are left alone", () => {
    expect(mistakesOf(() => load({ PATH: "/bin", STEWARD_TEST_REDIS_URL: "redis://x" }))).toEqual([]);
  });

  it("a secret comes from a file that NAME_FILE names", () => {
    const key = "k".repeat(40);
    expect(
      load({ STEWARD_SECRET_KEY_FILE: "/run/secrets/key" }, files({ "/run/secrets/key": `${key}\n` }))["secrets.key"],
    ).toBe(key);
    expect(mistakesOf(() => load({ STEWARD_SECRET_KEY_FILE: "/none" }, files({})))).toEqual([
      "STEWARD_SECRET_KEY_FILE: no such file: /none",
    ]);
    const both = { STEWARD_SECRET_KEY: key, STEWARD_SECRET_KEY_FILE: "/run/secrets/key" };
    expect(mistakesOf(() => load(both, files({})))).toEqual([
      "STEWARD_SECRET_KEY and STEWARD_SECRET_KEY_FILE are both given",
    ]);
    expect(mistakesOf(() => load({ STEWARD_LOG_LEVEL_FILE: "/x" }))).toHaveLength(1);
  });

  it("no report shows a secret or a piece of the file", () => {
    const secret = "hunter2hunter2";
    const reports = [
      mistakesOf(() => load({ STEWARD_SETUP_TOKEN: secret.slice(0, 7), STEWARD_MONGODB_URL: `mysql://${secret}@h` })),
      mistakesOf(() => load({ STEWARD_CONFIG: "c" }, files({ c: `{"secrets": {"key": "${secret}" oops}}` }))),
    ];
    expect(reports.flat()).toHaveLength(3);
    expect(reports.flat().join("\n")).not.toContain("hunter2");
  });

  it.each([
    ["a TLS listener without certificate", { STEWARD_ACS_TLS_LISTEN: ":7548" }],
    ["a certificate without key", { STEWARD_API_TLS_CERTIFICATE: "a.pem" }],
    ["required client certificates without authority", { STEWARD_ACS_TLS_CLIENT_CERTIFICATE: "required" }],
    ["a nonce that dies before its session", { STEWARD_ACS_NONCE_LIFETIME: "2m" }],
    ["an inflated body smaller than the body", { STEWARD_ACS_MAX_INFLATED_BODY: "1MiB" }],
  ])("settings that contradict each other are refused: %s", (_, environment) => {
    expect(mistakesOf(() => load(environment))).toHaveLength(1);
  });

  it("a contradiction is reported beside the other mistakes, unless it rests on one of them", () => {
    const environment = { STEWARD_ACS_LISTEN: "x", STEWARD_ACS_TLS_LISTEN: ":7548" };
    expect(mistakesOf(() => load(environment))).toHaveLength(2);
    expect(mistakesOf(() => load({ STEWARD_ACS_MAX_BODY: "much", STEWARD_ACS_MAX_INFLATED_BODY: "1" }))).toHaveLength(
      2,
    );
    expect(mistakesOf(() => load({ ...environment, STEWARD_CONFIG: "gone" }, files({})))).toHaveLength(2);
  });

  it("a process of several on one MongoDB server needs the secret key, the all-in-one does not", () => {
    const environment = { STEWARD_MONGODB_URL: "mongodb://h" };
    expect(mistakesOf(() => load(environment, { process: "acs" }))).toHaveLength(1);
    expect(mistakesOf(() => load(environment))).toEqual([]);
  });
});

describe("the settings table", () => {
  it("a variable's name follows from its key, save for those that say it shorter", () => {
    const shorter = [
      "store.mongodbUrl",
      "store.mongodbDatabase",
      "queue.redisUrl",
      "secrets.key",
      "secrets.previousKeys",
      "api.setupToken",
    ];
    const fromKey = (key: string): string =>
      `STEWARD_${key
        .replaceAll(".", "_")
        .replace(/(?=[A-Z])/g, "_")
        .toUpperCase()}`;
    const odd = Object.entries(settings).filter(([key, setting]) => setting.name !== fromKey(key));
    expect(odd.map(([key]) => key).toSorted()).toEqual(shorter.toSorted());
    expect(new Set(Object.values(settings).map((setting) => setting.name)).size).toBe(Object.keys(settings).length);
  });

  it("the sections hold the same settings as the whole", () => {
    expect(
      Object.values(sections)
        .flatMap((section) => Object.keys(section))
        .toSorted(),
    ).toEqual(Object.keys(settings).toSorted());
  });

  it("docs/config.md is what scripts/config-docs.ts writes", () => {
    const committed = readFileSync(new URL("../../../../docs/config.md", import.meta.url), "utf8");
    expect(committed).toBe(documentSettings(sections));
  });
});
