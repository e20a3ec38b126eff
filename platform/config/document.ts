import type { ProcessName, Setting, SettingTable } from "./setting.ts";

const cell = (text: string): string => text.replaceAll("|", "\\|");

function row(key: string, setting: Setting): string {
  const given = setting.default === undefined || setting.default === "" ? "–" : `\`${setting.default}\``;
  const name = setting.secret ? `\`${setting.name}\` (secret)` : `\`${setting.name}\``;
  const cells = [name, `\`${key}\``, setting.type.label, given, processesOf(setting.processes), setting.doc];
  return `| ${cells.map(cell).join(" | ")} |`;
}

const processesOf = (processes: readonly ProcessName[]): string => {
  const apart = processes.filter((name) => name !== "all");
  return apart.length === 4 ? "every" : apart.join(", ");
};

const intro = `# Configuration

This page is generated from \`platform/config/table.ts\` by \`scripts/config-docs.ts\`.

A setting comes from the configuration file (JSON, named by \`--config FILE\` or \`STEWARD_CONFIG\`), and the environment
overrides the file. In the file a setting stands under its key: \`acs.listen\` is \`{"acs": {"listen": "0.0.0.0:7547"}}\`.
A secret may also be given as \`NAME_FILE\`, the path of a file that holds it. Every mistake is reported at once, and nothing
starts before there is none. The all-in-one process uses every setting.
`;

/** `docs/config.md`. */
export function documentSettings(sections: Readonly<Record<string, SettingTable>>): string {
  const parts = Object.entries(sections).map(([title, table]) => {
    const rows = Object.entries(table).map(([key, setting]) => row(key, setting));
    return `## ${title}\n\n| variable | key | type | default | processes | meaning |\n|---|---|---|---|---|---|\n${rows.join("\n")}\n`;
  });
  return `${intro}\n${parts.join("\n")}`;
}
