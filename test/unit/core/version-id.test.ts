import { describe, expect, it } from 'vitest';
import { isNullVersion, realVersionId } from '../../../src/core/version-id.ts';

describe('a version id', () => {
  it('identifies no bytes if it is null, because any PUT may replace that version', () => {
    expect(isNullVersion('null')).toBe(true);
    expect(realVersionId('null')).toBeUndefined();
  });

  it.each(['v1', '3HL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY'])('identifies bytes: %s', (versionId) => {
    expect(isNullVersion(versionId)).toBe(false);
    expect(realVersionId(versionId)).toBe(versionId);
  });

  it('is not invented for an object without a version id', () => {
    expect(realVersionId(undefined)).toBeUndefined();
  });
});
