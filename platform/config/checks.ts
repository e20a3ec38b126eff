import type { ProcessName } from "./setting.ts";
import type { Config } from "./table.ts";

/** What settings must be to each other: the text of the mistake, or nothing. */
type Check = (config: Config, process: ProcessName) => string | undefined;

const together = (config: Config, first: keyof Config, second: keyof Config, names: string): string | undefined =>
  (config[first] === undefined) === (config[second] === undefined)
    ? undefined
    : `${names} are given together or not at all`;

const checks: readonly Check[] = [
  (config) =>
    together(config, "acs.tls.certificate", "acs.tls.key", "STEWARD_ACS_TLS_CERTIFICATE and STEWARD_ACS_TLS_KEY"),
  (config) =>
    together(config, "api.tls.certificate", "api.tls.key", "STEWARD_API_TLS_CERTIFICATE and STEWARD_API_TLS_KEY"),
  (config) =>
    config["acs.tls.listen"] && !config["acs.tls.certificate"]
      ? "STEWARD_ACS_TLS_LISTEN needs STEWARD_ACS_TLS_CERTIFICATE and STEWARD_ACS_TLS_KEY"
      : undefined,
  (config) =>
    config["acs.tls.clientCertificate"] === "required" && !config["acs.tls.clientCa"]
      ? "STEWARD_ACS_TLS_CLIENT_CERTIFICATE=required needs STEWARD_ACS_TLS_CLIENT_CA"
      : undefined,
  (config) =>
    config["acs.maxInflatedBody"] < config["acs.maxBody"]
      ? "STEWARD_ACS_MAX_INFLATED_BODY is smaller than STEWARD_ACS_MAX_BODY"
      : undefined,
  (config) =>
    config["acs.nonceLifetime"] < config["acs.sessionCap"]
      ? "STEWARD_ACS_NONCE_LIFETIME is shorter than STEWARD_ACS_SESSION_CAP; a session would have to prove itself twice"
      : undefined,
  (config) =>
    config["acs.sessionCap"] < config["acs.sessionTimeout"]
      ? "STEWARD_ACS_SESSION_CAP is shorter than STEWARD_ACS_SESSION_TIMEOUT"
      : undefined,
  (config, process) =>
    config["store.mongodbUrl"] && process !== "all" && !config["secrets.key"]
      ? "STEWARD_SECRET_KEY is needed when several processes share a MongoDB server"
      : undefined,
];

/** The mistakes between settings; what rests on one of `unread`, whose value is not known, is not judged. */
export const checkTogether = (config: Config, process: ProcessName, unread: ReadonlySet<string>): string[] =>
  checks
    .map((check) => {
      let isSure = true;
      const watched = new Proxy(config, {
        get(values, key) {
          if (unread.has(String(key))) isSure = false;
          return values[key as keyof Config];
        },
      });
      const mistake = check(watched, process);
      return isSure ? mistake : undefined;
    })
    .filter((mistake) => mistake !== undefined);
