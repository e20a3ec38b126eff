import type { CpeOptions } from "../../../../sim/cpe/cpe.ts";
import type { Misbehaviour } from "../../../../sim/cpe/misbehaviours.ts";
import type { Stage } from "../stage.ts";

/** Brings a CPE that misbehaves so on stage and expects to see what the misbehaviour's doc says. */
export type Show = (open: (options?: Partial<CpeOptions>) => Promise<Stage>) => Promise<void>;

export type Shows = Partial<Record<Misbehaviour, Show>>;
