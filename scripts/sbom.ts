import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { shippedPackages } from './shipped.ts';

interface Sbom {
  readonly components: readonly {
    readonly 'bom-ref': string;
    readonly name: string;
    readonly version: string;
  }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
  readonly [other: string]: unknown;
}

/** The bill of materials and the licences of what the image and the package hold; `npm run build` comes before. */
const root = new URL('../', import.meta.url).pathname;
const shipped = shippedPackages(`${root}dist/cli.cjs`, root);
const isShipped = new Set(shipped.map(({ name, version }) => `${name}@${version}`));
const all = JSON.parse(
  execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 ** 2,
  }),
) as Sbom;
const components = all.components.filter(({ name, version }) => isShipped.has(`${name}@${version}`));
const kept = new Set(components.map((component) => component['bom-ref']));
const dependencies = all.dependencies
  .filter(({ ref }) => kept.has(ref))
  .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((other) => kept.has(other)) }));

mkdirSync(`${root}sbom`, { recursive: true });
writeFileSync(
  `${root}sbom/macie-isolator.cdx.json`,
  `${JSON.stringify({ ...all, components, dependencies }, null, 2)}\n`,
);
const rows = shipped.map(({ name, version, licence }) => `| ${name} | ${version} | ${licence} |`);
writeFileSync(
  `${root}sbom/licences.md`,
  `${['| package | version | licence |', '|---|---|---|', ...rows].join('\n')}\n`,
);
process.stdout.write(`sbom/: ${components.length} components, ${shipped.length} packages\n`);
