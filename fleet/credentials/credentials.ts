import { isDuplicateKey, StewardError } from "../../kernel/errors.ts";
import { newId } from "../../kernel/ids.ts";
import { type Clock, type Instant, seconds } from "../../kernel/time.ts";
import type { Secrets } from "../../platform/secrets/secrets.ts";
import type { Collection, Document, GatheredQuery } from "../../platform/store/port.ts";
import type { DeviceIdentity } from "../devices/model.ts";
import type { StoredDevice } from "../devices/stored.ts";
import type { Credential, Credentials } from "../door.ts";

export interface CredentialDocument extends Document {
  scope: Credential["scope"];
  purpose: Credential["purpose"];
  username: string;
  /** Whom it is for and for what; unique: there is one secret for each. */
  slot: string;
  /** Set for a device's own. */
  endpointKey?: string;
  /** Set for a group's. */
  group?: string;
  /** Sealed: the secret itself is needed, for Digest and for waking. */
  sealed: string;
  changedAt: Instant;
}

export interface CredentialStore {
  readonly credentials: Collection<CredentialDocument>;
  readonly devices: Collection<StoredDevice>;
  readonly secrets: Pick<Secrets, "seal" | "open">;
  readonly clock: Clock;
}

const forAuthentication: GatheredQuery = { where: { purpose: "authentication" } };
const forWaking: GatheredQuery = { where: { purpose: "connectionRequest" } };
/** How long a change of a group's credential may take to reach every process. */
const GROUPS_FOR = seconds(5);
const TRIES = 4;

const contextOf = (id: string): string => `credential:${id}`;

const slotOf = ({ scope, purpose }: Pick<Credential, "scope" | "purpose">): string =>
  JSON.stringify("endpointKey" in scope ? [purpose, "endpoint", scope.endpointKey] : [purpose, "group", scope.group]);

const shown = ({ _id, scope, purpose, username }: CredentialDocument): Credential => ({
  id: _id,
  scope,
  purpose,
  username,
});

export class StoredCredentials implements Credentials {
  readonly #store: CredentialStore;
  #groups: { loadedAt: Instant; waking: CredentialDocument[] } | undefined;

  constructor(store: CredentialStore) {
    this.#store = store;
  }

  async findForAuthentication(username: string): Promise<{ credential: Credential; secret: string }[]> {
    const found = await this.#store.credentials.gathered.findAllByKey(username, "username", forAuthentication);
    return found.map((document) => ({ credential: shown(document), secret: this.#open(document) }));
  }

  async findForWaking(
    endpointKey: string,
    spelling = endpointKey,
  ): Promise<{ username: string; secret: string } | undefined> {
    const { gathered } = this.#store.credentials;
    const keys = [...new Set([endpointKey, spelling])];
    const own = await Promise.all(keys.map((key) => gathered.findAllByKey(key, "endpointKey", forWaking)));
    const document = own.flat()[0] ?? (await this.#groupFor(endpointKey));
    return document && { username: document.username, secret: this.#open(document) };
  }

  /** Replaces what was there for the same scope and purpose. */
  async put(credential: Omit<Credential, "id">, secret: string): Promise<Credential> {
    const { credentials, clock } = this.#store;
    const slot = slotOf(credential);
    this.#groups = undefined;
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const earlier = await credentials.findOne({ slot });
      const document = this.#document(earlier?._id ?? newId(clock.now()), slot, credential, secret);
      try {
        if (earlier === undefined) await credentials.insertOne(document);
        else if ((await credentials.replaceOne({ _id: earlier._id }, document)).matchedCount === 0) continue;
        return shown(document);
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
      }
    }
    throw new StewardError("state.conflict", "the credential is being changed by others");
  }

  /**
   * What was set for a device before anybody knew its protocol's own id stays with it. A secret that is there under the
   * known id already is the later word.
   */
  async rebind(from: string, to: string): Promise<void> {
    const { credentials } = this.#store;
    for (const { _id, purpose } of await credentials.find({ endpointKey: from }).toArray()) {
      const scope = { endpointKey: to };
      try {
        await credentials.updateOne({ _id }, { $set: { scope, endpointKey: to, slot: slotOf({ scope, purpose }) } });
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
        await credentials.deleteOne({ _id });
      }
    }
  }

  async list({ endpointKey }: { endpointKey?: string }): Promise<Credential[]> {
    const filter = endpointKey === undefined ? {} : { endpointKey };
    return (await this.#store.credentials.find(filter, { sort: { _id: 1 }, projection: { sealed: 0 } }).toArray()).map(
      shown,
    );
  }

  async remove(id: string): Promise<boolean> {
    this.#groups = undefined;
    return (await this.#store.credentials.deleteOne({ _id: id })) > 0;
  }

  #document(
    _id: string,
    slot: string,
    { scope, purpose, username }: Omit<Credential, "id">,
    secret: string,
  ): CredentialDocument {
    const { secrets, clock } = this.#store;
    const sealed = secrets.seal(secret, contextOf(_id));
    const own = "endpointKey" in scope ? { endpointKey: scope.endpointKey } : { group: scope.group };
    return { _id, scope, purpose, username, slot, ...own, sealed, changedAt: clock.now() };
  }

  #open({ _id, sealed }: CredentialDocument): string {
    return this.#store.secrets.open(sealed, contextOf(_id));
  }

  /** The most specific group that fits the device. */
  async #groupFor(endpointKey: string): Promise<CredentialDocument | undefined> {
    const groups = await this.#wakingGroups();
    if (groups.length === 0) return undefined;
    const device = await this.#store.devices.gathered.findByKey(endpointKey, "endpoints.key");
    return device && groups.find(({ scope }) => "group" in scope && fits(scope.identity, device.identity));
  }

  async #wakingGroups(): Promise<CredentialDocument[]> {
    const now = this.#store.clock.now();
    if (this.#groups === undefined || now - this.#groups.loadedAt >= GROUPS_FOR) {
      const found = await this.#store.credentials
        .find({ group: { $exists: true }, purpose: "connectionRequest" })
        .toArray();
      this.#groups = { loadedAt: now, waking: found.sort((a, b) => width(a) - width(b) || (a._id < b._id ? -1 : 1)) };
    }
    return this.#groups.waking;
  }
}

const fits = (wanted: Partial<Pick<DeviceIdentity, "oui" | "productClass">>, identity: DeviceIdentity): boolean =>
  (wanted.oui === undefined || wanted.oui.toUpperCase() === identity.oui) &&
  (wanted.productClass === undefined || wanted.productClass === identity.productClass);

/** The more of the identity a group names, the sooner it is asked. */
const width = ({ scope }: CredentialDocument): number => ("group" in scope ? -Object.keys(scope.identity).length : 0);
