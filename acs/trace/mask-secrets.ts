import { isSecretName } from "../../fleet/parameters/secret-names.ts";

const MASK = "********";

// Every run is bounded: a text made to be slow is as quick as any other.

/** Arguments of RPCs that are secrets wherever they stand. */
const SECRET_ELEMENTS = /(<(?:[\w-]{1,64}:)?(Password|Vouchers?|base64)\b[^<>]{0,300}>)[^<]+(<\/)/g;
/** A name and its value, in this order, as every message has them. */
const NAMED_VALUE =
  /(<(?:[\w-]{1,64}:)?Name\b[^<>]{0,300}>)([^<]{0,600})(<\/(?:[\w-]{1,64}:)?Name\s{0,9}>\s{0,99}<(?:[\w-]{1,64}:)?Value\b[^<>]{0,300}>)([^<]+)(<\/)/g;
/** `https://user:password@host`. */
const URL_PASSWORD = /(\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s/:@<]{0,256}:)[^\s/@<]{1,256}(@)/gi;
/** A signature that opens a file: of ours, in the path, or of somebody else's, in the query. */
const PATH_SIGNATURE = /(\/\d{9,12}-)[\w-]{43}(?![\w-])/g;
const URL_SIGNATURE = /([?&](?:amp;)?(?:signature|sig|token)=)[^&<\s]+/gi;

/** The message without passwords, keys and vouchers. Works on the text, since a trace also keeps what is not well-formed. */
export const maskSecrets = (text: string): string =>
  text
    .replace(SECRET_ELEMENTS, (_all, open: string, _name: string, close: string) => `${open}${MASK}${close}`)
    .replace(NAMED_VALUE, (all, open: string, name: string, between: string, _value: string, close: string) =>
      isSecretName(name.trim()) ? `${open}${name}${between}${MASK}${close}` : all,
    )
    .replace(URL_PASSWORD, `$1${MASK}$2`)
    .replace(PATH_SIGNATURE, `$1${MASK}`)
    .replace(URL_SIGNATURE, `$1${MASK}`);
