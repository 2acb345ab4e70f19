/** Replaces every piece of 8 or more characters of `key` in `text` with `[redacted]`. */
export declare function redactKey(text: string, key: string): string;
