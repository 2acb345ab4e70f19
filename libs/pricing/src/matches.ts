import type { MatchClause } from './price.js';

/** True when the clause covers the model name. The name is expected in lower case. */
export function matches(clause: MatchClause, model: string): boolean {
  if ('equals' in clause) return model === clause.equals.toLowerCase();
  if ('startsWith' in clause) return model.startsWith(clause.startsWith.toLowerCase());
  if ('endsWith' in clause) return model.endsWith(clause.endsWith.toLowerCase());
  if ('contains' in clause) return model.includes(clause.contains.toLowerCase());
  if ('pattern' in clause) return matchesPattern(clause.pattern.toLowerCase(), model);
  if ('or' in clause) return clause.or.some((each) => matches(each, model));
  if ('and' in clause) return clause.and.every((each) => matches(each, model));
  return !matches(clause.not, model);
}

function matchesPattern(pattern: string, model: string): boolean {
  const isOpen = pattern.endsWith('*');
  const fixed = isOpen ? pattern.slice(0, -1) : pattern;
  if (isOpen ? model.length < fixed.length : model.length !== fixed.length) return false;
  for (let index = 0; index < fixed.length; index++) {
    if (fixed[index] === '#' ? !isDigit(model.charCodeAt(index)) : fixed[index] !== model[index]) return false;
  }
  return true;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
