/** Who asks for something, as it is kept with what was asked for. */
export interface Actor {
  readonly name: string;
  /** Of the API token that proved it: names need not be unique. Absent for a part of Steward. */
  readonly tokenId?: string;
}
