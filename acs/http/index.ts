export { createFileUrls, type FileUrlOptions } from "./files/file-urls.ts";
export { type CwmpListener, createListener, type ListenerOptions } from "./listener.ts";
