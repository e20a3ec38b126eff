import { leafName } from "../../kernel/path.ts";

const SECRET = /(?:password|passphrase|presharedkey|sharedsecret|secret|wepkey|privatekey|authkey|\bpin)$/i;

/** Parameters whose written values are secrets by their name, whatever the data model says. */
export const isSecretName = (path: string): boolean => SECRET.test(leafName(path));
