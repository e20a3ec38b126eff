const ERROR = 50;

/** Lines of Steward's log that say it erred itself; that an engine was away is not its fault. */
export function internalErrors(output: string): string[] {
  return output.split("\n").flatMap((line) => {
    if (!line.startsWith("{")) return [];
    try {
      const { level, error } = JSON.parse(line) as { level?: number; error?: { code?: string } };
      const isOurs = level !== undefined && level >= ERROR && error?.code !== "engine.unavailable";
      return isOurs ? [`Steward logged an error: ${line.slice(0, 1_500)}`] : [];
    } catch {
      // The last line of a process that was killed may be half.
      return [];
    }
  });
}
