/** What `deploy` appends to the version in the tag of an image: the beginning of its digest. */
const digestInTag = /-[0-9a-f]{12}$/;
const version = /^v?(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?)$/;

/** Returns the version that tags of an image name, or `undefined` if none or several are named. */
export function versionInTags(tags: readonly string[]): string | undefined {
  const versions = new Set(tags.flatMap((tag) => version.exec(tag)?.[1]?.replace(digestInTag, '') ?? []));
  return versions.size === 1 ? [...versions][0] : undefined;
}

/** Returns the tag in the reference of an image. The port of a registry is no tag. */
export function tagOf(image: string): string | undefined {
  return /:([\w.-]+)$/.exec(image.split('@')[0]?.split('/').at(-1) ?? '')?.[1];
}
