/** The sections of the case table and how many rows each has. */
const ROWS = { A: 14, B: 18, C: 15, D: 13, E: 25, F: 24, G: 26, H: 25, I: 19 } as const;

export const SECTIONS: Record<keyof typeof ROWS, string> = {
  A: 'Tenancy and authorisation of objects',
  B: 'Egress and server-side request forgery',
  C: 'Input',
  D: 'Leakage',
  E: 'Cryptography and storage',
  F: 'Authentication, sessions, webhooks',
  G: 'Usage, budgets, billing',
  H: 'Availability and faults',
  I: 'Administration, audit, operations, supply chain',
};

/** `A01` … `I19`. */
export const CASES: readonly string[] = Object.entries(ROWS).flatMap(([section, rows]) => Array.from({ length: rows }, (_, index) => `${section}${String(index + 1).padStart(2, '0')}`));
export const ID = /\b[A-I]\d\d\b/g;
