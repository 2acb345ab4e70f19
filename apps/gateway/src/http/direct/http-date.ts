let told = '';
let toldUntil = 0;

/** The time for a `date` header; it says whole seconds, so it is made once for each. */
export function httpDate(): string {
  const now = Date.now();
  if (now >= toldUntil) {
    told = new Date(now).toUTCString();
    toldUntil = now - (now % 1_000) + 1_000;
  }
  return told;
}
