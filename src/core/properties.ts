export interface ContentHeaders {
  readonly cacheControl?: string;
  readonly contentDisposition?: string;
  readonly contentEncoding?: string;
  readonly contentLanguage?: string;
  readonly contentType?: string;
  readonly expires?: string;
}

export type Tag = readonly [key: string, value: string];

/**
 * The properties that S3 keeps beside the bytes of an object, and that a copy can do without. Header values
 * have one character for each byte (Latin-1), as the HTTP client gives them.
 */
export interface Properties {
  readonly metadata: Readonly<Record<string, string>>;
  readonly contentHeaders: ContentHeaders;
  readonly tags: readonly Tag[];
}

/** The names of content headers in records and alerts. */
export const propertyNames = {
  cacheControl: 'cache-control',
  contentDisposition: 'content-disposition',
  contentEncoding: 'content-encoding',
  contentLanguage: 'content-language',
  contentType: 'content-type',
  expires: 'expires',
} as const satisfies Record<keyof ContentHeaders, string>;

/** The names of properties in records and alerts. */
export type PropertyName =
  | (typeof propertyNames)[keyof ContentHeaders]
  | 'metadata'
  | 'storage-class'
  | 'tags'
  | 'website-redirect-location';

/** The properties that the headers of a call can carry, and those that they cannot. */
export interface Packed {
  readonly carried: Properties;
  readonly left: readonly PropertyName[];
}

/** S3's limits (aws-facts 2 and 13). */
export const maximumTags = 10;
const maximumTagKey = 128;
const maximumTagValue = 256;
const maximumMetadataBytes = 2048;
const maximumHeaderBytes = 8192;
/**
 * Reserved for signature, session token, owners and encryption. A call that needs more is refused, and
 * repeated with fewer properties.
 */
const reservedBytes = 3072;
/** `x-amz-meta-`, separators, and the name once more in the list of signed headers. */
const bytesPerHeader = 32;

/** Header values beyond printable ASCII are signed in one encoding and sent in another. */
export function isPlainAscii(value: string): boolean {
  return /^[\u0020-\u007e]*$/.test(value);
}

/** S3 reserves tags that begin with `aws:`. */
export function isSettable([key, value]: Tag): boolean {
  const length = (text: string) => [...text].length;
  return (
    !/^aws:/i.test(key) && key !== '' && length(key) <= maximumTagKey && length(value) <= maximumTagValue
  );
}

/** Encodes tags as the header of a write needs them. */
export function encodeTags(tags: readonly Tag[]): string {
  return new URLSearchParams(tags.map(([key, value]): [string, string] => [key, value])).toString();
}

/**
 * Chooses the properties that travel in the headers of a call: those that can be signed and that fit. If all
 * properties together are too large for S3, the largest are left behind first. `required` is metadata that
 * travels in any case. `otherBytes` is the size of the headers that only this call has.
 */
export function pack(
  { metadata, contentHeaders, tags }: Properties,
  required: Readonly<Record<string, string>> = {},
  otherBytes = 0,
): Packed {
  const settable = tags.filter(isSettable);
  const entries = Object.entries(metadata).map(([name, value]) => headerOf('metadata', name, value));
  const headers = Object.entries(contentHeaders).map(([name, value]) =>
    headerOf('contentHeaders', name, value),
  );
  const tagging = headerOf('tags', 'x-amz-tagging', encodeTags(settable));
  const sendable = [...entries, ...headers, ...(settable.length > 0 ? [tagging] : [])].filter(isSendable);

  const requiredBytes = sum(Object.entries(required).map(([name, value]) => name.length + value.length));
  const isMetadata = ({ kind }: Header) => kind === 'metadata';
  const tooMuch = leaveLargest(sendable.filter(isMetadata), maximumMetadataBytes - requiredBytes);
  const fit = sendable.filter((header) => !tooMuch.has(header));
  const overhead = (fit.length + Object.keys(required).length) * bytesPerHeader;
  const room = maximumHeaderBytes - reservedBytes - otherBytes - requiredBytes - overhead;
  const tooLarge = leaveLargest(fit, room);

  const carried = fit.filter((header) => !tooLarge.has(header));
  const tagsTravel = carried.includes(tagging);
  const tagsLeft = tagsTravel ? settable.length < tags.length : tags.length > 0;
  const left = [...entries, ...headers].filter((header) => !carried.includes(header)).map(propertyName);
  return {
    carried: {
      metadata: valuesOf(carried, 'metadata'),
      contentHeaders: valuesOf(carried, 'contentHeaders'),
      tags: tagsTravel ? settable : [],
    },
    left: namesOf([...left, ...(tagsLeft ? (['tags'] as const) : [])]),
  };
}

/** The value describes how the bytes were transferred once. A store that gets it again would look for chunks. */
export function withoutTransferCoding(contentEncoding: string | undefined): string | undefined {
  const codings = contentEncoding?.split(/ *, */).filter((coding) => coding !== 'aws-chunked');
  return codings?.join(',') || undefined;
}

/** Each name once, in alphabetical order. */
export function namesOf(names: readonly PropertyName[]): readonly PropertyName[] {
  return [...new Set(names)].sort();
}

interface Header {
  readonly kind: keyof Properties;
  /** The name of the metadata entry or content header. */
  readonly name: string;
  readonly value: string;
}

function headerOf(kind: Header['kind'], name: string, value: string): Header {
  return { kind, name, value };
}

/** Whether S3 would show the value again as it was. */
function isSendable({ kind, name, value }: Header): boolean {
  const isDate = () => new Date(value).toUTCString() === value;
  return isPlainAscii(value) && (kind !== 'contentHeaders' || name !== 'expires' || isDate());
}

function leaveLargest(headers: readonly Header[], maximumBytes: number): ReadonlySet<Header> {
  const left = new Set<Header>();
  const bytesOf = ({ name, value }: Header) => name.length + value.length;
  let bytes = sum(headers.map(bytesOf));
  for (const header of headers.toSorted((a, b) => bytesOf(b) - bytesOf(a))) {
    if (bytes <= maximumBytes) break;
    left.add(header);
    bytes -= bytesOf(header);
  }
  return left;
}

function propertyName({ kind, name }: Header): PropertyName {
  return kind === 'contentHeaders' ? propertyNames[name as keyof ContentHeaders] : kind;
}

function valuesOf(headers: readonly Header[], kind: Header['kind']): Record<string, string> {
  return Object.fromEntries(
    headers.filter((header) => header.kind === kind).map(({ name, value }) => [name, value]),
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
