import { seconds } from "../kernel/time.ts";
import { loadModel } from "../sim/cpe/model.ts";
import { SimulatedFleet } from "../sim/fleet.ts";
import { acsPart } from "./acs-part.ts";
import type { Foundation } from "./foundation.ts";
import { nbiPart } from "./nbi-part.ts";
import type { Part } from "./part.ts";
import { runProcess } from "./run-process.ts";
import { workerPart } from "./worker-part.ts";

const CPES = 4;
const INTERVAL = seconds(30);

/** A handful of simulated CPEs of two kinds that make contact with this very process. */
function simPart(acs: Part): (foundation: Foundation) => Part {
  return ({ log }) => {
    let fleets: SimulatedFleet[] = [];
    const stop = (): Promise<void> => {
      for (const fleet of fleets) fleet.stop();
      return Promise.resolve();
    };
    return {
      services: [
        {
          name: "demo.sim",
          async start() {
            const acsUrl = acs.endpoints?.()[0]?.[1] ?? "";
            fleets = (["tr181-gateway", "tr098-gateway"] as const).map(
              (name) =>
                new SimulatedFleet({
                  acsUrl,
                  count: CPES,
                  model: loadModel(name),
                  serialPrefix: name === "tr181-gateway" ? "DEMO181" : "DEMO098",
                  interval: INTERVAL,
                  connectionRequestHost: "127.0.0.1",
                }),
            );
            await Promise.all(fleets.map((fleet) => fleet.start()));
            log.info({ cpes: fleets.length * CPES }, "simulated CPEs have made contact");
          },
          drain: stop,
          stop,
        },
      ],
    };
  };
}

// A demo is a closed lab on this machine: its CPEs need no credentials.
process.env["STEWARD_ACS_LISTEN"] ??= "127.0.0.1:7547";
process.env["STEWARD_ACS_AUTHENTICATION"] ??= "none";
process.env["STEWARD_DATA_DIR"] ??= "./data/demo";

let acs: Part;
await runProcess("all", [
  (foundation) => {
    acs = acsPart(foundation);
    return acs;
  },
  workerPart,
  nbiPart,
  (foundation) => simPart(acs)(foundation),
]);
