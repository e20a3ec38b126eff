/** Whom HTTP or TLS authentication proved. */
export type Principal =
  | {
      kind: "credential";
      credentialId: string;
      username: string;
      /** The one device this credential is for … */
      endpointKey?: string;
      /** … or the group, and what its members have in common. */
      group?: string;
      groupIdentity?: { oui?: string; productClass?: string };
    }
  | { kind: "certificate"; commonName: string /** One certificate per device, not one per model. */; unique: boolean }
  /** Authentication is switched off. */
  | { kind: "anonymous" };

/** Two exchanges with the same key were made by the same peer. */
export function principalKey(principal: Principal): string {
  switch (principal.kind) {
    case "credential":
      return `credential:${principal.credentialId}:${principal.username}`;
    case "certificate":
      return `certificate:${principal.commonName}`;
    case "anonymous":
      return "anonymous";
  }
}
