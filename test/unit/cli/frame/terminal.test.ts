import { expect, it } from 'vitest';
import { columnsOf } from '../../../../src/cli/frame/terminal.ts';

it('has the width of the terminal, and none where nobody has set the size or there is no terminal', () => {
  expect(columnsOf({ isTTY: true, columns: 100 })).toEqual({ columns: 100 });
  expect(columnsOf({ isTTY: true, columns: 0 })).toEqual({});
  expect(columnsOf({ isTTY: true })).toEqual({});
  expect(columnsOf({ columns: 100 })).toEqual({});
});
