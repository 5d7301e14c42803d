import { readFileSync } from 'node:fs';
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
 * The packages whose code is in a bundle, by its source map: dependencies that the bundler left out do not ship,
 * although they are installed.
 */
export function shippedPackages(bundle: string, root: string): ShippedPackage[] {
  const { sources } = JSON.parse(readFileSync(`${bundle}.map`, 'utf8')) as { sources: readonly string[] };
  const folders = new Set<string>();
  for (const source of sources) {
    // The innermost, where one package has another of its own.
    const [folder] = /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(source) ?? [];
    if (folder !== undefined) folders.add(resolve(root, 'dist', folder));
  }
  const packages = [...folders].map((folder) => manifestOf(folder));
  return packages.sort((a, b) => a.name.localeCompare(b.name) || a.version.localeCompare(b.version));
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
