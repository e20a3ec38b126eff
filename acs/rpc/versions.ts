/** Protocol versions, oldest first. */
export const protocolVersions = ["1.0", "1.1", "1.2", "1.3", "1.4"] as const;
export type ProtocolVersion = (typeof protocolVersions)[number];

/** 1.3 and 1.4 still use the namespace of 1.2 (cwmp-1-3.xsd, cwmp-1-4.xsd). */
const namespaces: Readonly<Record<ProtocolVersion, string>> = {
  "1.0": "urn:dslforum-org:cwmp-1-0",
  "1.1": "urn:dslforum-org:cwmp-1-1",
  "1.2": "urn:dslforum-org:cwmp-1-2",
  "1.3": "urn:dslforum-org:cwmp-1-2",
  "1.4": "urn:dslforum-org:cwmp-1-2",
};
export const namespaceOf = (version: ProtocolVersion): string => namespaces[version];

/** Also the URIs that CPEs invent, `cwmp-1-3` and `cwmp-1-4`. */
export const isCwmpNamespace = (uri: string): boolean => /^urn:dslforum-org:cwmp-\d{1,3}-\d{1,3}$/i.test(uri);

export interface VersionOffer {
  /** cwmp URI of the Inform. */
  readonly namespace: string;
  readonly supportedVersions?: readonly string[];
  /** Whether the SessionTimeout header (1.3) was there, in seconds. */
  readonly sessionTimeout?: number;
}

export interface VersionAgreement {
  readonly version: ProtocolVersion;
  /** For every envelope that the ACS sends in this session. */
  readonly namespace: string;
  /** For the UseCWMPVersion header of the InformResponse; a CPE that offered no list must not see one. */
  readonly useVersion?: ProtocolVersion;
}

const isKnownVersion = (version: string): version is ProtocolVersion =>
  (protocolVersions as readonly string[]).includes(version);

function versionOfNamespace(namespace: string, hasSessionTimeout: boolean): ProtocolVersion {
  const numbers = /cwmp-(\d+)-(\d+)$/i.exec(namespace);
  if (numbers === null) return "1.0";
  const spelt = `${Number(numbers[1])}.${Number(numbers[2])}`;
  if (spelt !== "1.2" && isKnownVersion(spelt)) return spelt;
  return hasSessionTimeout ? "1.3" : "1.2";
}

/**
 * The highest version that both know; `undefined` when there is none (fault 8006).
 * The CPE's own URI is kept unless it belongs to a version older than the one agreed on.
 */
export function negotiateVersion(offer: VersionOffer): VersionAgreement | undefined {
  const offered = offer.supportedVersions;
  if (offered === undefined || offered.length === 0) {
    return {
      version: versionOfNamespace(offer.namespace, offer.sessionTimeout !== undefined),
      namespace: isCwmpNamespace(offer.namespace) ? ownText(offer.namespace) : namespaceOf("1.0"),
    };
  }
  const version = protocolVersions.findLast((known) => offered.some((one) => one.trim() === known));
  if (version === undefined) return undefined;
  const older = isStandardNamespace(offer.namespace) && namespaceOf(version) !== offer.namespace;
  const keep = isCwmpNamespace(offer.namespace) && !older;
  return { version, namespace: keep ? ownText(offer.namespace) : namespaceOf(version), useVersion: version };
}

/** The same text, but our own where we have it: a piece of the message would keep the whole message in memory. */
const ownText = (uri: string): string => Object.values(namespaces).find((known) => known === uri) ?? uri;

const isStandardNamespace = (uri: string): boolean => Object.values(namespaces).includes(uri);
