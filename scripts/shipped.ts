import { globSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

export interface ShippedPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX, as the package itself says. */
  readonly licence: string;
  /** Where the package is installed. */
  readonly folder: string;
}

/**
 * The packages whose code is in the bundles of a folder, by their source maps: dependencies that the bundler left out
 * do not ship, although they are installed. The bundles were built in `dist` of `root`: the paths in their maps begin
 * there.
 */
export function shippedPackages(bundles: string, root: string): ShippedPackage[] {
  const folders = new Set<string>();
  for (const source of globSync(`${bundles}/*.cjs.map`).flatMap(sourcesOf)) {
    // The innermost, where one package has another of its own.
    const [folder] = /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(source) ?? [];
    if (folder !== undefined) folders.add(resolve(root, 'dist', folder));
  }
  const packages = [...folders].map((folder) => manifestOf(folder));
  return packages.sort((a, b) => a.name.localeCompare(b.name) || a.version.localeCompare(b.version));
}

function sourcesOf(map: string): readonly string[] {
  const { sources } = JSON.parse(readFileSync(map, 'utf8')) as { sources: readonly string[] };
  return sources;
}

function manifestOf(folder: string): ShippedPackage {
  const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as Record<
    string,
    string | undefined
  >;
  // A folder inside a package may have a manifest of its own, without a name.
  if (name === undefined || version === undefined) return manifestOf(dirname(folder));
  return { name, version, licence: license ?? 'none', folder };
}
