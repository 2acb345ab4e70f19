// After `npm ci --ignore-scripts`: runs the install scripts of the packages that package.json allows by name, and of no other.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const { allowScripts } = JSON.parse(readFileSync('package.json', 'utf8'));
const allowed = Object.keys(allowScripts).filter((name) => allowScripts[name] && existsSync(`node_modules/${name}`));
console.log(`install scripts run for: ${allowed.join(', ')}`);
process.exit(spawnSync('npm', ['rebuild', ...allowed], { stdio: 'inherit' }).status ?? 1);
