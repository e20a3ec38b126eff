import type { EventDocument } from "../../../fleet/events/model.ts";
import { defined } from "../../http/defined.ts";
import { toIso } from "../../http/instant.ts";
import type { EventBody } from "./schema.ts";

export const presentEvent = ({
  _id,
  type,
  at,
  severity,
  data,
  deviceId,
  operationId,
  sessionId,
}: EventDocument): EventBody =>
  defined({ id: _id, type, at: toIso(at), severity, data, deviceId, operationId, sessionId });
