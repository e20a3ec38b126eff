import { Command, InvalidArgumentError, Option } from "commander";
import { rpcs } from "../acs/rpc/index.ts";
import { type ProtocolVersion, protocolVersions } from "../acs/rpc/versions.ts";
import { seconds } from "../kernel/time.ts";
import { nearest } from "../platform/config/nearest.ts";
import type { SessionReport } from "../sim/cpe/cpe.ts";
import { loadDataModel, rootModelNames } from "../sim/cpe/data-model.ts";
import { type Misbehaviour, misbehaviourNames, misbehaviours } from "../sim/cpe/misbehaviours.ts";
import { type CpeModel, loadModel, loadModelFile, type ModelName, modelNames } from "../sim/cpe/model.ts";
import type { OrderedFault } from "../sim/cpe/ordered-faults.ts";
import { SimulatedFleet } from "../sim/fleet.ts";

interface Options {
  acs: string;
  count: number;
  /** A name, or the path of a file. */
  model: string;
  dataModel?: string;
  parameters: number;
  interval: number;
  ramp: number;
  serial: string;
  username?: string;
  password: string;
  protocol: ProtocolVersion;
  listen: string;
  misbehave: Misbehaviour[];
  fault: Record<string, OrderedFault>;
  latency: number;
  retryScale: number;
  verbose?: boolean;
}

function number(text: string, least: number): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < least)
    throw new InvalidArgumentError(`Expected a number of at least ${least}.`);
  return value;
}

function whole(text: string): number {
  const value = number(text, 0);
  if (!Number.isInteger(value)) throw new InvalidArgumentError("Expected a whole number.");
  return value;
}

const notNegative = (text: string): number => number(text, 0);

function acsUrl(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new InvalidArgumentError("Expected a URL like http://127.0.0.1:7547/.");
  return text;
}

function oneOf<T extends string>(kind: string, names: readonly T[], text: string): T {
  const found = names.find((name) => name === text);
  if (found !== undefined) return found;
  const meant = nearest(text, names);
  throw new InvalidArgumentError(
    `No ${kind} is called "${text}"${meant === undefined ? "" : `: did you mean "${meant}"?`}`,
  );
}

const namesIn = (text: string, before: Misbehaviour[]): Misbehaviour[] => [
  ...before,
  ...text.split(",").map((name) => oneOf("misbehaviour", misbehaviourNames, name.trim())),
];

const isFile = (model: string): boolean => model.endsWith(".json");
const modelName = (text: string): string => (isFile(text) ? text : oneOf("model", modelNames, text));

/** `Download=9010`, or with a number of times `Download=9010*3`. */
function orderedFault(text: string, before: Record<string, OrderedFault>): Record<string, OrderedFault> {
  const [, key, code, times] = /^([\w.-]+)=(\d{4})(?:\*(\d{1,9}))?$/.exec(text) ?? [];
  if (key === undefined)
    throw new InvalidArgumentError("Expected METHOD=CODE, as in Download=9010 or Download=9010*3.");
  if (!key.includes(".")) oneOf("method", Object.keys(rpcs), key);
  return {
    ...before,
    [key]: { code: Number(code), times: times === undefined ? Number.POSITIVE_INFINITY : Number(times) },
  };
}

const command = new Command("sim")
  .description("Simulated CPEs that speak CWMP with an ACS, until they are interrupted.")
  .addOption(new Option("--acs <url>", "the ACS").argParser(acsUrl).default("http://127.0.0.1:7547/"))
  .option("--count <n>", "how many CPEs", whole, 5)
  .option("--serial <prefix>", "what their serial numbers start with; six digits follow", "SIM")
  .addOption(
    new Option("--model <name>", `what they are: ${modelNames.join(" or ")}, or a .json file of the same form`)
      .argParser(modelName)
      .default("tr181-gateway" satisfies ModelName)
      .conflicts("dataModel"),
  )
  .option(
    "--data-model <name>",
    `or: everything that a data model describes (${rootModelNames().join(", ")})`,
    (text) => oneOf("data model", rootModelNames(), text),
  )
  .option("--parameters <n>", "cut or grow the model to so many parameters (0: as it is)", whole, 0)
  .addOption(new Option("--protocol <version>", "CWMP version").choices(protocolVersions).default("1.2"))
  .option("--interval <seconds>", "periodic Inform interval", notNegative, 60)
  .option("--ramp <seconds>", "over how long they start", notNegative, 0)
  .option("--username <name>", '{serial} stands for the serial number: "00D0FF-{serial}"')
  .option("--password <password>", "of all of them", "")
  .option("--listen <host>", "where connection requests are listened for", "127.0.0.1")
  .option("--latency <milliseconds>", "before each answer", notNegative, 0)
  .option("--retry-scale <factor>", "scales the waits after a failed session", (text) => number(text, 0.001), 1)
  .addOption(
    new Option("--fault <method=code[*times]>", "a fault instead of carrying a method out; repeatable")
      .argParser(orderedFault)
      .default({}, "none"),
  )
  .addOption(
    new Option("--misbehave <names>", "comma-separated, from the list below; repeatable")
      .argParser(namesIn)
      .default([], "not at all"),
  )
  .option("--verbose", "print every session, not only those that fail")
  .addHelpText(
    "after",
    `\nMisbehaviours:\n${Object.entries(misbehaviours)
      .map(([name, { doc }]) => `  ${name.padEnd(32)}${doc}`)
      .join("\n")}\n`,
  )
  .showSuggestionAfterError()
  .parse();

const options = command.opts<Options>();
if (options.password !== "" && options.username === undefined)
  command.error("error: option '--password <password>' needs '--username <name>'");

function print({ serialNumber, outcome, events, rpcs, took, error }: SessionReport): void {
  if (options.verbose !== true && outcome !== "failed") return;
  const reason = error === undefined ? "" : `: ${error}`;
  console.log(`${serialNumber} ${outcome} [${events.join(", ")}] ${rpcs} RPCs, ${took} ms${reason}`);
}

function chosenModel({ model, dataModel, parameters }: Options): CpeModel {
  if (dataModel !== undefined) return loadDataModel(dataModel, parameters);
  if (!isFile(model)) return loadModel(model as ModelName, parameters);
  try {
    return loadModelFile(model, parameters);
  } catch (error) {
    return command.error(`error: ${error instanceof Error ? error.message : `${model} cannot be read`}`);
  }
}

const fleet = new SimulatedFleet({
  acsUrl: options.acs,
  count: options.count,
  model: chosenModel(options),
  protocol: options.protocol,
  serialPrefix: options.serial,
  interval: seconds(Math.max(1, options.interval)),
  ramp: seconds(options.ramp),
  connectionRequestHost: options.listen,
  misbehave: options.misbehave,
  faults: options.fault,
  latency: options.latency,
  retryScale: options.retryScale,
  ...(options.username === undefined
    ? {}
    : { credentials: { username: options.username, password: options.password } }),
  onSession: print,
});
// The timers of the CPEs do not keep a process alive; this one does, until it is told to stop.
const counting = setInterval(() => console.log(JSON.stringify(fleet.counts)), 60_000);
let stopped = false;
function stop(): void {
  if (stopped) return;
  stopped = true;
  clearInterval(counting);
  fleet.stop();
  console.log(JSON.stringify(fleet.counts));
}
// The reader of a pipe may go before the end, as `head` does.
process.stdout.on("error", stop);
process.once("SIGINT", stop);
process.once("SIGTERM", stop);
try {
  await fleet.start();
} catch (error) {
  stop();
  command.error(`error: ${error instanceof Error ? error.message : "the CPEs cannot start"}`);
}
if (!stopped)
  console.log(`${options.count} CPEs had their first session with ${options.acs}: ${JSON.stringify(fleet.counts)}`);
