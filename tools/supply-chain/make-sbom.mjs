// What the product is made of, as CycloneDX: dist/sbom.cdx.json, from the lock file, without what only builds and tests it.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';

const sbom = execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--omit', 'dev', '--package-lock-only'], { encoding: 'utf8', maxBuffer: 64 * 2 ** 20 });
mkdirSync('dist', { recursive: true });
writeFileSync('dist/sbom.cdx.json', sbom);
console.log(`dist/sbom.cdx.json names ${JSON.parse(sbom).components.length} components`);
