import { StewardError } from "../../../kernel/errors.ts";
import { noContent, ok, route } from "../../http/route.ts";
import { requireDevice } from "../devices/find.ts";
import { presentFinding } from "../operations/finding.ts";
import { modelPolicy } from "./policy.ts";
import { dryRunOf, requireModels } from "./routes.ts";
import { deviceModelQuery, findingsSchema, followedSchema, modeRule, modeRules, validateBody } from "./schema.ts";

const followed = route({
  method: "GET",
  path: "/devices/{deviceId}/data-models",
  id: "devices.dataModels",
  summary: "See which data models a device follows, why, and how its writes are validated",
  action: modelPolicy.followed,
  answers: { 200: { description: "The root model first, then services", schema: followedSchema } },
  async handle({ params, services }) {
    const device = await requireDevice(services, params.deviceId);
    const { following, modes } = requireModels(services);
    const [{ choices }, mode] = await Promise.all([following.of(device), modes.of(device)]);
    return ok({ mode, items: choices });
  },
});

const validate = route({
  method: "POST",
  path: "/devices/{deviceId}/validate",
  id: "devices.validate",
  summary: "Check an operation against a device's data models and what is known of it, without making it",
  action: modelPolicy.validateForDevice,
  body: validateBody,
  answers: { 200: { description: "What is wrong with it", schema: findingsSchema } },
  async handle({ params, body, services }) {
    const device = await requireDevice(services, params.deviceId);
    const { knowledge } = requireModels(services);
    const { request, mode } = dryRunOf(body);
    const findings = await knowledge.validate(device, request, mode);
    return ok({
      accepted: findings.every(({ severity }) => severity !== "error"),
      findings: findings.map(presentFinding),
    });
  },
});

const listModes = route({
  method: "GET",
  path: "/validation-modes",
  id: "validationModes.list",
  summary: "List how strictly the writes of each device model are validated, where that is not standard",
  action: modelPolicy.list,
  answers: { 200: { description: "One rule per device model", schema: modeRules } },
  async handle({ services }) {
    return ok({ items: await requireModels(services).modes.list() });
  },
});

const setMode = route({
  method: "PUT",
  path: "/validation-modes",
  id: "validationModes.set",
  summary: "Say how strictly the writes of a device model are validated",
  action: modelPolicy.setMode,
  body: modeRule,
  answers: { 200: { description: "The rule", schema: modeRule } },
  async handle({ body: { oui, productClass, mode }, services, note }) {
    await requireModels(services).modes.set({ oui, productClass }, mode);
    note(`${oui} ${productClass}`, { mode });
    return ok({ oui, productClass, mode });
  },
});

const clearMode = route({
  method: "DELETE",
  path: "/validation-modes",
  id: "validationModes.clear",
  summary: "Validate the writes of a device model in the standard mode again",
  action: modelPolicy.setMode,
  query: deviceModelQuery,
  answers: { 204: { description: "There is no rule any more" } },
  async handle({ query: { oui, productClass }, services, note }) {
    note(`${oui} ${productClass}`);
    if (!(await requireModels(services).modes.clear({ oui, productClass }))) {
      throw new StewardError("resource.notFound", "there is no rule for this device model");
    }
    return noContent;
  },
});

export const deviceModelRoutes = [followed, validate, listModes, setMode, clearMode];
