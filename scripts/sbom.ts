import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { shippedPackages } from './shipped.ts';

interface Component {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
  readonly properties?: readonly { readonly name: string }[];
  readonly [other: string]: unknown;
}

interface Sbom {
  readonly metadata: { readonly component: Component; readonly [other: string]: unknown };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
  readonly [other: string]: unknown;
}

/**
 * Writes the bill of materials (CycloneDX) and the licences of what the image and the package hold. The bundle
 * must have been built before.
 */
const root = new URL('../', import.meta.url).pathname;
const { name: product } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { name: string };
const shipped = shippedPackages(`${root}dist`, root);
const isShipped = new Set(shipped.map(({ name, version }) => `${name}@${version}`));
const all = JSON.parse(
  execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 ** 2,
  }),
) as Sbom;

/** Every package is bundled, so npm lists even those that ship as packages for development. */
const packages = all.components
  .filter(({ name, version }) => isShipped.has(`${name}@${version}`))
  .map(({ properties = [], ...component }) => ({
    ...component,
    properties: properties.filter(({ name }) => name !== 'cdx:npm:package:development'),
  }));
const nodeVersion = readFileSync(`${root}.node-version`, 'utf8').trim();
const node = {
  'bom-ref': `node@${nodeVersion}`,
  type: 'platform',
  name: 'node',
  version: nodeVersion,
  description: 'The runtime in the image. The npm package brings none.',
  purl: `pkg:generic/node@${nodeVersion}`,
  cpe: `cpe:2.3:a:nodejs:node.js:${nodeVersion}:*:*:*:lts:*:*:*`,
  licenses: [{ license: { id: 'MIT' } }],
};
const component = { ...all.metadata.component, type: 'application', name: product };
const components = [node, ...packages];
const kept = new Set(components.map((one) => one['bom-ref']));
const between = all.dependencies
  .filter(({ ref }) => kept.has(ref))
  .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((other) => kept.has(other)) }));
const dependencies = [
  { ref: component['bom-ref'], dependsOn: [...kept] },
  { ref: node['bom-ref'] },
  ...between,
];

mkdirSync(`${root}sbom`, { recursive: true });
writeFileSync(
  `${root}sbom/macie-isolator.cdx.json`,
  `${JSON.stringify({ ...all, metadata: { ...all.metadata, component }, components, dependencies }, null, 2)}\n`,
);
const rows = shipped.map(({ name, version, licence }) => `| ${name} | ${version} | ${licence} |`);
writeFileSync(
  `${root}sbom/licences.md`,
  `${['| package | version | licence |', '|---|---|---|', ...rows].join('\n')}\n`,
);
process.stdout.write(`sbom/: ${components.length} components, ${shipped.length} packages\n`);
