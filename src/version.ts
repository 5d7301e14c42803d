import manifest from '../package.json' with { type: 'json' };

/** The bundler replaces this constant; the sources know no revision. */
declare const __SERVICE_REVISION__: string | undefined;

/**
 * The version in package.json. It appears in records, in the provenance of copies, in logs and in
 * `isolator_build_info`.
 */
export const serviceVersion: string = manifest.version;

/** The commit that was built, if the build knows it. */
export const serviceRevision: string =
  typeof __SERVICE_REVISION__ === 'string' ? __SERVICE_REVISION__ : 'unknown';

/** The image of this version by its digest. The release writes it into package.json; the sources know none. */
export const releasedImage: string | undefined = (manifest as { readonly releasedImage?: string })
  .releasedImage;
