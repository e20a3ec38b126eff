import { StewardError } from "../../kernel/errors.ts";
import { randomToken } from "../../kernel/ids.ts";
import { type Clock, delayOn, type Instant, milliseconds, minutes } from "../../kernel/time.ts";
import type { Collection, Document, Store } from "./port.ts";

/**
 * One step of the data's schema. `up` may run again after it was interrupted (a process died, the engine went away),
 * so it must be repeatable: createIndex, guarded updates, upserts.
 */
export interface Migration {
  /** 1, 2, 3 … without gaps; never renumbered, never removed. */
  readonly version: number;
  readonly name: string;
  up(store: Store): Promise<void>;
}

interface SchemaDocument extends Document {
  version: number;
  /** Which process migrates, and until when the others believe it. */
  holder?: string;
  heldUntil?: Instant;
  history: { version: number; name: string; at: Instant }[];
}

const SCHEMA = "schema";
const HOLD = minutes(2);
const POLL = milliseconds(100);

/**
 * Brings the data to the version of the last migration; resolves to that version. Of several processes that start at
 * once one migrates and the others wait. Data of a newer version rejects with `schema.newer` and stays untouched.
 */
export async function migrate(store: Store, migrations: readonly Migration[], clock: Clock): Promise<number> {
  const target = latest(migrations);
  const meta = store.collection<SchemaDocument>("meta");
  const holder = randomToken(12);
  await meta.updateOne({ _id: SCHEMA }, { $setOnInsert: { version: 0, history: [] } }, { upsert: true });
  for (;;) {
    const current = (await meta.findOne({ _id: SCHEMA }))?.version ?? 0;
    if (current > target) throw newer(current, target);
    if (current === target) return target;
    if (await hold(meta, holder, clock.now())) break;
    await delayOn(clock, POLL);
  }
  try {
    await runPending(store, meta, migrations, { holder, clock });
  } finally {
    await meta.updateOne({ _id: SCHEMA, holder }, { $unset: { holder: true, heldUntil: true } });
  }
  return target;
}

function latest(migrations: readonly Migration[]): number {
  migrations.forEach(({ version, name }, i) => {
    if (version !== i + 1)
      throw new StewardError("internal", `the migration ${name} has version ${version}, not ${i + 1}`);
  });
  return migrations.length;
}

const newer = (current: number, known: number): StewardError =>
  new StewardError(
    "schema.newer",
    `the data has schema version ${current}, this Steward knows ${known}: start the Steward that wrote it, or restore a backup`,
    { details: { current, known } },
  );

async function hold(meta: Collection<SchemaDocument>, holder: string, now: Instant): Promise<boolean> {
  const free = { $or: [{ holder: { $exists: false } }, { heldUntil: { $lt: now } }] };
  const { matchedCount } = await meta.updateOne({ _id: SCHEMA, ...free }, { $set: { holder, heldUntil: now + HOLD } });
  return matchedCount === 1;
}

async function runPending(
  store: Store,
  meta: Collection<SchemaDocument>,
  migrations: readonly Migration[],
  { holder, clock }: { holder: string; clock: Clock },
): Promise<void> {
  const done = (await meta.findOne({ _id: SCHEMA }))?.version ?? 0;
  if (done > migrations.length) throw newer(done, migrations.length);
  for (const migration of migrations.slice(done)) {
    const { version, name } = migration;
    await migration.up(store);
    const at = clock.now();
    const { matchedCount } = await meta.updateOne(
      { _id: SCHEMA, holder },
      { $set: { version, heldUntil: at + HOLD }, $push: { history: { version, name, at } } },
    );
    if (matchedCount === 0)
      throw new StewardError("engine.unavailable", "another process took over the migration; start again");
  }
}
