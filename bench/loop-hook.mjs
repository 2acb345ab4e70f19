/**
 * Loaded into a Node proxy under test with --import. It does nothing until SIGUSR2, then obeys the command in its folder:
 * `spin-start`/`spin-stop` note every long turn of the event loop, `profile-start`/`profile-stop` take a CPU profile.
 * The supervisor's children inherit it; only the process that is written to gets commands.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { join } from 'node:path';

const LONG_TURN_MS = 0.02;
const folder = new URL(import.meta.url).searchParams.get('folder');
let turns = [];
let isSpinning = false;
let lastTurnAt = 0;
let session;

function turn() {
  const now = performance.now();
  if (now - lastTurnAt > LONG_TURN_MS) turns.push([performance.timeOrigin + now, now - lastTurnAt]);
  lastTurnAt = now;
  if (isSpinning) setImmediate(turn);
}

const commands = {
  'spin-start': () => {
    turns = [];
    isSpinning = true;
    lastTurnAt = performance.now();
    turn();
    return {};
  },
  'spin-stop': () => {
    isSpinning = false;
    return { turns };
  },
  'profile-start': async () => {
    session = new Session();
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: 200 });
    await session.post('Profiler.start');
    return {};
  },
  'profile-stop': async () => {
    const { profile } = await session.post('Profiler.stop');
    session.disconnect();
    return { profile };
  },
};

async function obey() {
  const path = join(folder, `${process.pid}`);
  const command = readFileSync(`${path}.command`, 'utf8');
  const answer = await commands[command]();
  writeFileSync(`${path}.new`, JSON.stringify({ command, ...answer }));
  renameSync(`${path}.new`, `${path}.answer`);
}

if (folder) process.on('SIGUSR2', () => void obey());
