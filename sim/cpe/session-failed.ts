/** The conversation ended before its end. */
export class SessionFailed extends Error {
  /** HTTP status of the answer that ended it; 0 when there was none. */
  readonly status: number;

  constructor(message: string, status = 0) {
    super(message);
    this.status = status;
  }
}
