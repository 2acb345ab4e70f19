// `npm run chaos [-- --seconds 200 --seed 7]`: the whole product under load while its processes are killed at random and its messages
// repeated, at most five minutes; then every book is compared with the provider's own log. Ends with 1 when one of them is wrong.
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { runChaos } from '../../e2e/chaos/run-chaos.js';
import { printReport } from './print-report.js';

const MOST_SECONDS = 200;
const { values } = parseArgs({ options: { seed: { type: 'string' }, seconds: { type: 'string' } } });
const seed = Number(values.seed ?? randomInt(2 ** 31));
const seconds = Math.min(Number(values.seconds ?? MOST_SECONDS), MOST_SECONDS);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

say(`Chaos for ${seconds} s with seed ${seed}; the same again: npm run chaos -- --seed ${seed} --seconds ${seconds}`);
const report = await runChaos({ seed, seconds, say });
process.exitCode = printReport(report, say) ? 0 : 1;
