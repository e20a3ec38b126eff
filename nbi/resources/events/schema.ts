import {
  anything,
  choice,
  id,
  instant,
  list,
  object,
  page,
  paging,
  record,
  type Shape,
  text,
} from "../../http/schema.ts";

const type = text({
  min: 3,
  max: 64,
  pattern: "^[a-z][A-Za-z]*\\.[a-z][A-Za-z]*$",
  description: "What happened, in the past tense: device.booted",
});

export const eventSchema = object(
  { id, type, at: instant, severity: choice(["info", "warning", "error"]), data: record(anything) },
  { deviceId: id, operationId: id, sessionId: text() },
  "Event",
);
export type EventBody = Shape<typeof eventSchema>;
export const eventPage = page("EventPage", eventSchema);

const order = choice(["oldestFirst", "newestFirst"], "By default newestFirst; with after, oldestFirst");
export const deviceEventQuery = object({}, { ...paging, type: list(type, { max: 50 }), after: id, before: id, order });
export const eventQuery = object(
  {},
  { ...paging, type: list(type, { max: 50 }), after: id, before: id, order, deviceId: id },
);
