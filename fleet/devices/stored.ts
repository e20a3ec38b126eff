import type { Instant } from "../../kernel/time.ts";
import type { DeviceDocument } from "./model.ts";

/** One change of a device's remote address. */
export interface AddressSwitch {
  address: string;
  at: Instant;
  /** Another conversation held the device then. */
  superseded: boolean;
}

/** The device document with what only the fleet itself reads. */
export interface StoredDevice extends DeviceDocument {
  /** Grows with every contact and every change of `recent`; guards their writes against each other. */
  revision: number;
  /** The segment that holds the compacted tree; see parameters/compaction. */
  parameterBase?: string;
  /** Lower-case words by which a person finds the device. */
  words: string[];
  /** See parameters/searchable: the entries of the index, and the values from which they are made. */
  searchable?: string[];
  searchableValues?: string;
  /** The latest changes of address; see contacts/cloned-identity. */
  addressSwitches?: AddressSwitch[];
  clonedReportedAt?: Instant;
}
