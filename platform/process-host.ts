/** What `runServices` needs of the operating-system process; tests give their own. */
export interface ProcessHost {
  onSignal(handler: (signal: string) => void): void;
  /** An exception or rejection that no boundary caught. */
  onStray(handler: (error: unknown, kind: "uncaughtException" | "unhandledRejection") => void): void;
  /** Keeps the process alive until the returned function is called (Steward's own timers do not). */
  hold(): () => void;
  exit(code: number): void;
}

export const processHost: ProcessHost = {
  onSignal(handler) {
    for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, handler);
  },
  onStray(handler) {
    process.on("uncaughtException", (error) => handler(error, "uncaughtException"));
    process.on("unhandledRejection", (reason) => handler(reason, "unhandledRejection"));
  },
  hold() {
    const handle = setInterval(() => undefined, 0x7fff_ffff);
    return () => clearInterval(handle);
  },
  exit: (code) => process.exit(code),
};
