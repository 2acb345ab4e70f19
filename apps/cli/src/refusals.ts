/** The command line was not understood. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** Understood, and not done: the sentence says why. */
export class Refused extends Error {
  override name = 'Refused';
}
