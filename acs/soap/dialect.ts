/** How envelopes are spelt for a model of CPE. Everything else is fixed by the standard. */
export interface Dialect {
  /** Begins with `<?xml version="1.0" encoding="UTF-8"?>`. */
  readonly xmlDeclaration: boolean;
  readonly prefixes: {
    readonly envelope: string;
    readonly encoding: string;
    readonly schema: string;
    readonly instance: string;
    readonly cwmp: string;
  };
  /** Of RPC arguments such as NextLevel. */
  readonly booleans: "1/0" | "true/false";
  /** Of boolean parameter values; `asGiven` keeps the lexical form. */
  readonly booleanValues: "asGiven" | "1/0" | "true/false";
  /** `array`: `<Operations arrayType><InstallOpStruct>`; `elements`: `<Operations xsi:type>` repeated, as the schema has it. */
  readonly changeDuState: "array" | "elements";
  /** For a base64 value whose CPE never told how it spells the type. */
  readonly base64Type: "xsd:base64" | "xsd:base64Binary" | "SOAP-ENC:base64";
}

/** What every CPE stack that was tried understands: two C stacks refuse an XML declaration, one matches literal prefixes. */
export const defaultDialect: Dialect = {
  xmlDeclaration: false,
  prefixes: { envelope: "SOAP-ENV", encoding: "SOAP-ENC", schema: "xsd", instance: "xsi", cwmp: "cwmp" },
  booleans: "1/0",
  booleanValues: "asGiven",
  changeDuState: "array",
  base64Type: "xsd:base64",
};
