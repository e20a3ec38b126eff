/** The house as data: which top-level folder may import which. A folder may always import from itself. */
export const mayImport: Record<string, readonly string[]> = {
  kernel: [],
  datamodels: ["kernel"],
  platform: ["kernel", "datamodels"],
  fleet: ["kernel", "datamodels", "platform"],
  acs: ["kernel", "datamodels", "platform", "fleet"],
  ipdr: ["kernel", "datamodels", "platform", "fleet"],
  nbi: ["kernel", "datamodels", "platform", "fleet", "acs", "ipdr"],
  sim: ["kernel", "datamodels", "platform", "acs"],
  bin: ["kernel", "datamodels", "platform", "fleet", "acs", "ipdr", "nbi", "sim"],
  bench: ["kernel", "datamodels", "platform", "fleet", "acs", "ipdr", "nbi", "sim", "bin"],
  scripts: ["kernel", "datamodels", "platform"],
};

/** Narrower doors: whoever imports `to` from outside may only import these files of it. */
export const doors: readonly { from: string; to: string; only: RegExp }[] = [
  { from: "nbi", to: "acs", only: /^acs\/index\.ts$/ },
  { from: "nbi", to: "ipdr", only: /^ipdr\/index\.ts$/ },
  { from: "sim", to: "acs", only: /^acs\/(rpc|soap)\// },
];

/** Folders that must stay pure: no I/O module of Node's, no dependency outside the list. */
export const pure: readonly { folder: string; builtins: readonly string[]; packages: readonly string[] }[] = [
  { folder: "kernel/", builtins: ["node:crypto", "node:buffer", "node:util", "node:string_decoder"], packages: [] },
  { folder: "acs/rpc/", builtins: [], packages: [] },
  { folder: "acs/soap/", builtins: [], packages: [] },
  { folder: "acs/session/", builtins: ["node:crypto"], packages: [] },
  { folder: "acs/procedures/", builtins: ["node:crypto"], packages: [] },
];

export const budget = {
  fileLines: 500,
  functionLines: 60,
  medianFileLines: 100,
  functionP95Lines: 40,
  testFileLines: 500,
};

/** Generated files and tables of pure data, exempt from the budgets. */
export const exempt: readonly RegExp[] = [/^datamodels\/facts\//, /^test\/vectors\//];
