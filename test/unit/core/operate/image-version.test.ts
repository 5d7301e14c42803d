import { describe, expect, it } from 'vitest';
import { tagOf, versionInTags } from '../../../../src/core/operate/image-version.ts';

describe('the version of an image', () => {
  it.each([
    ['0.1.0', '0.1.0'],
    ['v1.2.3', '1.2.3'],
    ['0.1.0-abcdef012345', '0.1.0'],
    ['0.2.0-rc.1-abcdef012345', '0.2.0-rc.1'],
    ['latest', undefined],
    ['1.2', undefined],
  ])('is in the tag %s: %s', (tag, version) => {
    expect(versionInTags([tag])).toBe(version);
  });

  it('is named by one of several tags, and unknown where they name two', () => {
    expect(versionInTags(['latest', '0.1.0', '0.1.0-abcdef012345'])).toBe('0.1.0');
    expect(versionInTags(['0.1.0', '0.2.0'])).toBeUndefined();
    expect(versionInTags([])).toBeUndefined();
  });

  it.each([
    ['localhost:5000/macie-isolator', undefined],
    ['localhost:5000/macie-isolator:0.1.0', '0.1.0'],
    ['ghcr.io/x/macie-isolator:0.1.0@sha256:ab', '0.1.0'],
    ['ghcr.io/x/macie-isolator@sha256:ab', undefined],
  ])('is looked for in the tag of the reference %s', (image, tag) => {
    expect(tagOf(image)).toBe(tag);
  });
});
