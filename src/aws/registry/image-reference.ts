/** An image in a registry, by its digest. */
export interface ImageReference {
  /** Host with port: `ghcr.io`, `localhost:5000`. */
  readonly host: string;
  readonly repository: string;
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest: string;
}

const form = /^([a-z0-9.-]+(?::\d+)?)\/([a-z0-9]+(?:[._/-]+[a-z0-9]+)*)@(sha256:[0-9a-f]{64})$/;

/** Returns `undefined` if the text is no image by digest with its registry. */
export function parseImage(text: string): ImageReference | undefined {
  const [, host, repository, digest] = form.exec(text) ?? [];
  if (host === undefined || repository === undefined || digest === undefined) return undefined;
  return { host, repository, digest };
}

/** The origin of a registry. As Docker does it, only a registry on this machine is asked without TLS. */
export function originOf(host: string): string {
  const isLocal = /^(localhost|127\.0\.0\.1)(:\d+)?$/.test(host);
  return `${isLocal ? 'http' : 'https'}://${host}`;
}
