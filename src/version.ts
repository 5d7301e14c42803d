import manifest from '../package.json' with { type: 'json' };

/** Replaced by the bundler; the sources know no revision. */
declare const __SERVICE_REVISION__: string | undefined;

/** The version of package.json, in records, copies' provenance, logs and `isolator_build_info`. */
export const serviceVersion: string = manifest.version;

/** The commit that was built, where the build was told. */
export const serviceRevision: string =
  typeof __SERVICE_REVISION__ === 'string' ? __SERVICE_REVISION__ : 'unknown';
