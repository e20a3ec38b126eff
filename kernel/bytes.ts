/** A size in bytes. */
export type ByteCount = number & { readonly __unit?: "bytes" };

export const kib = (n: number): ByteCount => n * 1024;
export const mib = (n: number): ByteCount => n * 1024 * 1024;
export const gib = (n: number): ByteCount => n * 1024 * 1024 * 1024;
