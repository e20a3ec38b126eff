import { object, text } from "../../http/schema.ts";

export const setupSchema = object(
  { setupToken: text({ min: 1, max: 256, description: "Printed at the first start" }) },
  { name: text({ min: 1, max: 64, description: "Of the administrator's token" }) },
  "Setup",
);
