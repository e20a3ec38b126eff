/** Milliseconds since the Unix epoch. */
export type Instant = number & { readonly __unit?: "instant" };
/** A span of time in milliseconds. */
export type Duration = number & { readonly __unit?: "duration" };

export const milliseconds = (n: number): Duration => n;
export const seconds = (n: number): Duration => n * 1_000;
export const minutes = (n: number): Duration => n * 60_000;
export const hours = (n: number): Duration => n * 3_600_000;
export const days = (n: number): Duration => n * 86_400_000;

export interface Timer {
  cancel(): void;
}

/** The only source of time. Code that waits or stamps takes one, so that tests can own it. */
export interface Clock {
  now(): Instant;
  /** Runs `task` once after `delay`. The timer does not keep the process alive. */
  after(delay: Duration, task: () => void): Timer;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(delay, task) {
    const handle = setTimeout(task, Math.min(delay, 0x7fff_ffff));
    handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
};

/** Waits on `clock`; with a virtual clock this resolves only when the test advances it. */
export const delayOn = (clock: Clock, delay: Duration): Promise<void> =>
  new Promise((resolve) => {
    clock.after(delay, resolve);
  });
