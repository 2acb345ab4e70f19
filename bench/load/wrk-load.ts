import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CORES, onCore } from '../processes.js';
import type { LoadOptions, LoadResult } from './load.js';

/** wrk with a script that says what to send and answers with numbers instead of a table. */
export async function wrkLoad(options: LoadOptions): Promise<LoadResult> {
  const { url, headers, body, connections, seconds, folder } = options;
  const bodyFile = join(folder, 'wrk-body.json');
  const scriptFile = join(folder, 'wrk.lua');
  await writeFile(bodyFile, body);
  await writeFile(scriptFile, script(bodyFile, { 'content-type': 'application/json', ...headers }));
  const argumentList = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '30s', '-s', scriptFile, url];
  const { stdout } = await promisify(execFile)(...onCore(CORES.load, 'wrk', argumentList), { maxBuffer: 1 << 20 });
  const line = stdout.split('\n').find((each) => each.startsWith('RESULT '));
  if (line === undefined) throw new Error(`wrk gave no result:\n${stdout}`);
  const [requests, durationUs, p50Us, p99Us, failures] = line.split(' ').slice(1).map(Number) as [number, number, number, number, number];
  return { requests, seconds: durationUs / 1e6, p50Us, p99Us, failures };
}

function script(bodyFile: string, headers: Record<string, string>): string {
  const lines = Object.entries(headers).map(([name, value]) => `wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}`);
  return `wrk.method = "POST"
local file = io.open(${JSON.stringify(bodyFile)}, "rb")
wrk.body = file:read("*a")
file:close()
${lines.join('\n')}
function done(summary, latency)
  local errors = summary.errors
  print(string.format("RESULT %d %d %d %d %d", summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
`;
}
