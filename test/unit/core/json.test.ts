import { describe, expect, it } from 'vitest';
import { jsonOf } from '../../../src/core/json.ts';

describe('a text', () => {
  it.each<[string | undefined, unknown]>([
    ['{"a":[1]}', { a: [1] }],
    ['null', null],
    ['{', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%j is as JSON %j', (text, value) => {
    expect(jsonOf(text)).toStrictEqual(value);
  });
});
