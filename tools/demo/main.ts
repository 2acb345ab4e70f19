// `npm run demo`: the whole product on this machine against a fake provider, twenty calls with the official openai package,
// and the bill. Needs no account and no network. Ends with exit code 1 when the bill and the provider's own log disagree.
import { startFakeUpstream, type FakeUpstream } from '@byok/testing';
import { startStandalone, type Standalone } from '../../e2e/support/start-standalone.js';
import { printBill } from './bill.js';
import { buildCompany } from './company.js';
import { disagreements } from './compare.js';
import { makeTwentyCalls } from './twenty-calls.js';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

say('Starting a fake provider and byok (embedded PostgreSQL, key-vault, usage-billing, admin API, gateway) …');
const upstream = await startFakeUpstream();
let standalone: Standalone | undefined;
try {
  standalone = await startStandalone({ upstream });
  say(`  up after ${(standalone.startedInMs / 1000).toFixed(1)} s: gateway ${standalone.gatewayUrl}, admin API ${standalone.adminUrl}`);
  process.exitCode = await run(standalone, upstream);
} finally {
  say('Stopping everything …');
  await standalone?.stop();
  await upstream.close();
}

async function run(started: Standalone, provider: FakeUpstream): Promise<number> {
  const company = await buildCompany(started);
  say('  made an org, two groups, three users, a key shared with each group, and a service token');
  await makeTwentyCalls(started.gatewayUrl, company.callers);
  say('  made 20 calls with the official openai package, half of them streamed, two models');
  const lines = await company.world.usage('user,token,owner,model', 20);
  printBill(lines, company.callers);

  const wrong = disagreements(lines, company.callers, provider.witness());
  for (const line of wrong) say(`✘ ${line}`);
  if (wrong.length === 0) say("✔ Every token agrees with the provider's own log.");
  return wrong.length === 0 ? 0 : 1;
}
