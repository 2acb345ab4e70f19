const AUTO = /^auto(?::([a-z][a-z0-9_-]{0,31}))?$/;

/** What `auto` and `auto:<task>` ask for; null for every other name. */
export function readAuto(model: string): { task: string | null } | null {
  const match = model.startsWith('auto') ? AUTO.exec(model) : null;
  return match && { task: match[1] ?? null };
}
