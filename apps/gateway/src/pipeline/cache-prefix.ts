/** Where a request's conversation begins, in the dialects that callers speak. */
const BEGINNINGS = ['"system"', '"instructions"', '"messages"', '"input"', '"contents"', '"systemInstruction"', '"system_instruction"', '"prompt"'];
/** Enough to tell one conversation's beginning from another's, and short enough not to reach what changes with every turn. */
const PREFIX_BYTES = 1_024;

/** The beginning of the conversation, by which a provider's prompt cache would know it; parameters that stand before it do not count. */
export function cachePrefix(body: Buffer): string {
  const starts = BEGINNINGS.map((name) => body.indexOf(name)).filter((start) => start !== -1);
  const start = starts.length > 0 ? Math.min(...starts) : 0;
  return body.toString('latin1', start, start + PREFIX_BYTES);
}
