/** What `POLICY_FILE` names. */
export type PolicyPlace =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 's3'; readonly bucket: string; readonly key: string }
  | { readonly kind: 'ssm'; readonly name: string };

/** Reads `POLICY_FILE`. Returns `undefined` if the text begins as another place than a file, and is none. */
export function policyPlace(text: string): PolicyPlace | undefined {
  if (/^s3:/i.test(text)) {
    const [, bucket, key] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/(.+)$/s.exec(text) ?? [];
    return bucket === undefined || key === undefined ? undefined : { kind: 's3', bucket, key };
  }
  if (/^ssm:/i.test(text)) {
    const [, name] = /^ssm:((?:\/[\w.-]+)+)$/.exec(text) ?? [];
    return name === undefined ? undefined : { kind: 'ssm', name };
  }
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(text) ? undefined : { kind: 'file', path: text };
}
