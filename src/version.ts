import { readFileSync } from 'node:fs';

/** Replaced by the bundler; from sources they come from package.json and the environment. */
declare const __SERVICE_VERSION__: string | undefined;
declare const __SERVICE_REVISION__: string | undefined;

/** The version of package.json, in records, copies' provenance, logs and `isolator_build_info`. */
export const serviceVersion: string =
  typeof __SERVICE_VERSION__ === 'string' ? __SERVICE_VERSION__ : versionOfPackage();

/** The commit that was built, where the build was told. */
export const serviceRevision: string =
  typeof __SERVICE_REVISION__ === 'string' ? __SERVICE_REVISION__ : 'unknown';

function versionOfPackage(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
