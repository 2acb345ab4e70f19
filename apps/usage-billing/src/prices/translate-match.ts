import type { MatchClause } from '@byok/pricing';
import type { MatchLogic } from '@pydantic/genai-prices';

/** The one lookahead that the data uses: any name without `-tts` as a part. */
const NO_TTS = '^(?!.*-[tT][tT][sS](?:$|-))';
const PATTERN_SYNTAX = /[()[\]{}|+*?.^$#]/;

/**
 * A clause of genai-prices as one of ours.
 * @throws Error on a regular expression that has no linear translation: the release that brings it fails our tests, not a bill
 */
export function translateMatch(logic: MatchLogic): MatchClause {
  if ('equals' in logic) return { equals: logic.equals };
  if ('starts_with' in logic) return { startsWith: logic.starts_with };
  if ('ends_with' in logic) return { endsWith: logic.ends_with };
  if ('contains' in logic) return { contains: logic.contains };
  if ('or' in logic) return { or: logic.or.map(translateMatch) };
  if ('and' in logic) return { and: logic.and.map(translateMatch) };
  return translatePattern(logic.regex);
}

function translatePattern(regex: string): MatchClause {
  if (regex === NO_TTS) return { not: { or: [{ endsWith: '-tts' }, { contains: '-tts-' }] } };
  const isWhole = regex.endsWith('$');
  const body = regex.slice(1, isWhole ? -1 : undefined);
  const parts = body.match(/\\d\{\d{1,2}\}|\\d|\\[^A-Za-z0-9]|[^\\]/g) ?? [];
  if (!regex.startsWith('^') || parts.join('') !== body) throw new Error(`No translation for the pattern ${regex}`);
  return { pattern: parts.map((part) => translatePart(part, regex)).join('') + (isWhole ? '' : '*') };
}

function translatePart(part: string, regex: string): string {
  if (part.startsWith('\\d')) return '#'.repeat(Number(part.slice(3, -1) || 1));
  const literal = part.startsWith('\\') ? part.slice(1) : part;
  const isSyntax = part.length === 1 && PATTERN_SYNTAX.test(part);
  if (isSyntax || literal === '#' || literal === '*') throw new Error(`No translation for the pattern ${regex}`);
  return literal;
}
