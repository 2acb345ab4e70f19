/** `system:serviceaccount:prod:*` fits what begins so; a star stands for anything, and no pattern makes this slow. */
export function fitsPattern(pattern: string, text: string): boolean {
  const [first, ...rest] = pattern.split('*');
  if (rest.length === 0) return pattern === text;
  const last = rest.pop()!;
  if (!text.startsWith(first!) || text.length < first!.length + last.length) return false;
  const end = text.length - last.length;
  let at = first!.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return text.endsWith(last);
}
