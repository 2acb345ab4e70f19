/** Stops the PostgreSQL of this Jest run and waits until it is gone. */
export default async function teardown(): Promise<void> {
  const child = globalThis.byokTestDatabase;
  if (!child || child.exitCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.disconnect();
  await gone;
}
