import { describe, expect, it } from 'vitest';
import {
  isSettable,
  type Properties,
  pack,
  type Tag,
  withoutTransferCoding,
} from '../../../src/core/properties.ts';

const properties = (overrides: Partial<Properties>): Properties => ({
  metadata: {},
  contentHeaders: {},
  tags: [],
  ...overrides,
});

describe('the properties that travel in headers', () => {
  it('is everything that can be signed and fits', () => {
    const all = properties({
      metadata: { owner: 'hr', spaced: 'a  run   of spaces', empty: '' },
      contentHeaders: { contentType: 'text/csv', expires: 'Tue, 24 Nov 2026 08:00:00 GMT' },
      tags: [['team', 'h\u00e9']],
    });

    expect(pack(all)).toStrictEqual({ carried: all, left: [] });
  });

  it.each(['Zo\u00c3\u00ab', 'Zo\u00eb', 'tab\there', 'line\nend', '\u007f', '\u0000'])(
    'is no header value with other characters than printable ASCII: %j',
    (value) => {
      const all = properties({
        metadata: { bad: value, good: 'x' },
        contentHeaders: { contentDisposition: value, cacheControl: value, contentType: 'text/csv' },
      });

      expect(pack(all)).toStrictEqual({
        carried: properties({ metadata: { good: 'x' }, contentHeaders: { contentType: 'text/csv' } }),
        left: ['cache-control', 'content-disposition', 'metadata'],
      });
    },
  );

  it.each(['0', '-1', 'never', '2026-11-24T08:00:00Z'])(
    'is no Expires that S3 would write otherwise: %s',
    (expires) => {
      expect(pack(properties({ contentHeaders: { expires } })).left).toEqual(['expires']);
    },
  );

  it.each<[string, Tag, boolean]>([
    ['an ordinary one', ['team', 'hr'], true],
    ['an empty value', ['team', ''], true],
    ['a key with that word in it', ['x-aws:y', 'x'], true],
    ['an empty key', ['', 'x'], false],
    ['a key that S3 keeps for itself', ['aws:x', 'x'], false],
    ['the same in capitals', ['AWS:x', 'x'], false],
    ['128 characters of key and 256 of value', ['𝒌'.repeat(128), '𝒗'.repeat(256)], true],
    ['a longer key', ['k'.repeat(129), ''], false],
    ['a longer value', ['k', 'v'.repeat(257)], false],
  ])('is a tag that S3 lets anybody set: %s', (_, tag, settable) => {
    expect(isSettable(tag)).toBe(settable);
    expect(pack(properties({ tags: [tag, ['other', 'x']] }))).toStrictEqual({
      carried: properties({ tags: settable ? [tag, ['other', 'x']] : [['other', 'x']] }),
      left: settable ? [] : ['tags'],
    });
  });

  it('is 2,048 bytes of metadata, the required among them; the largest stays behind', () => {
    const metadata = { small: 'x', large: 'y'.repeat(1000) };
    const required = (bytes: number) => ({ ours: 'z'.repeat(bytes - 'ours'.length) });
    const own = 'small'.length + 1 + 'large'.length + 1000;

    expect(pack(properties({ metadata }), required(2048 - own)).left).toEqual([]);
    expect(pack(properties({ metadata }), required(2049 - own))).toStrictEqual({
      carried: properties({ metadata: { small: 'x' } }),
      left: ['metadata'],
    });
  });

  it('is what is left of 8 KB beside the headers of every call and the others of this one', () => {
    const all = properties({
      contentHeaders: { cacheControl: 'c'.repeat(1000), contentDisposition: 'd'.repeat(2000) },
      tags: [['t', 'x'.repeat(256)]],
    });

    expect(pack(all).left).toEqual([]);
    expect(pack(all, {}, 2000).left).toEqual(['content-disposition']);
    expect(pack(all, {}, 4000).left).toEqual(['cache-control', 'content-disposition']);
    expect(pack(all, {}, 8000).left).toEqual(['cache-control', 'content-disposition', 'tags']);
    expect(pack(all, { ours: 'x'.repeat(2000) }).left).toEqual(['content-disposition']);
  });

  it.each([
    // 8,192 bytes, less 3,072 that are reserved, and less 32 for each header.
    ['the only one', {}, 5120 - 32],
    ['one beside metadata of ours', { a: 'x' }, 5120 - 2 * 32 - 2],
    ['one beside two of ours', { a: 'x', b: 'y' }, 5120 - 3 * 32 - 4],
  ])('is a header that fits to the byte: %s', (_, required, bytes) => {
    const header = (length: number) =>
      properties({ contentHeaders: { contentType: 'x'.repeat(length - 'contentType'.length) } });

    expect(pack(header(bytes), required).left).toStrictEqual([]);
    expect(pack(header(bytes + 1), required).left).toStrictEqual(['content-type']);
  });

  it('is tags that fit to the byte, and no room for tags where there are none', () => {
    const room = 8192 - 3072 - 'x-amz-tagging'.length - 32;
    const tags: readonly Tag[] = [['t', 'x'.repeat(256)]];
    const encoded = 't='.length + 256;
    const header = properties({ contentHeaders: { contentType: 'x'.repeat(5088 - 'contentType'.length) } });

    expect(pack(properties({ tags }), {}, room - encoded).left).toStrictEqual([]);
    expect(pack(properties({ tags }), {}, room - encoded + 1).left).toStrictEqual(['tags']);
    expect(pack(header).left).toStrictEqual([]);
  });

  it.each([
    [undefined, undefined],
    ['aws-chunked', undefined],
    ['aws-chunked,gzip', 'gzip'],
    ['gzip , br', 'gzip,br'],
  ])('has no coding of the transfer: %s', (given, sent) => {
    expect(withoutTransferCoding(given)).toBe(sent);
  });
});
