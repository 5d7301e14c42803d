import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { type Column, type OutputFlags, openOutput } from '../../../../src/cli/frame/output.ts';
import { visible } from '../../../../src/cli/frame/terminal.ts';
import { hardKeys } from '../../../support/hard-keys.ts';

interface Row {
  readonly id: string;
  readonly key: string;
}

const columns: readonly Column<Row>[] = [
  { name: 'finding_id', title: 'FINDING', value: ({ id }) => id },
  { name: 'key', title: 'KEY', value: ({ key }) => key },
  { name: 'note', title: 'NOTE', value: () => null, isDetail: true },
];

function written(
  rows: readonly Row[],
  flags: OutputFlags = {},
  width?: number,
  of: readonly Column<Row>[] = columns,
): string {
  const out = new PassThrough();
  const terminal = { out, err: out, input: out, env: {}, isInteractive: false, showsProgress: false };
  openOutput({ ...terminal, ...(width !== undefined && { columns: width }) }, of, flags).write(rows);
  return String(out.read() ?? '');
}

describe('rows', () => {
  it('stand in a table, details left out', () => {
    expect(written([{ id: 'a1', key: 'in/a.csv' }])).toBe('FINDING  KEY\na1       in/a.csv\n');
  });

  it('fit a terminal of 60 columns, the widest column going on in further lines', () => {
    const lines = written([{ id: 'f'.repeat(32), key: 'k'.repeat(90) }], {}, 60).split('\n');

    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(60);
    expect(lines.join('').replaceAll(/[^k]/g, '')).toHaveLength(90);
  });

  it('break sentences between words, and a word that is longer than a line where the line ends', () => {
    const prose: readonly Column<Row>[] = [
      { name: 'text', title: 'TEXT', value: ({ key }) => key, isProse: true },
    ];

    expect(written([{ id: 'a', key: `Only CloudWatch knows ${'x'.repeat(25)} it.` }], {}, 20, prose)).toBe(
      `TEXT\nOnly CloudWatch\nknows\n${'x'.repeat(20)}\n${'x'.repeat(5)} it.\n`,
    );
  });

  it('are blocks of lines where a table does not fit, so that no id is broken', () => {
    const wholeId = {
      name: 'finding_id',
      title: 'FINDING',
      value: ({ id }: Row) => id,
      isWhole: true,
    } as const;
    const narrow = written(
      [
        { id: 'f'.repeat(32), key: 'k'.repeat(40) },
        { id: 'b', key: 'c' },
      ],
      {},
      41,
      [wholeId, ...columns.slice(1)],
    );

    expect(narrow.split('\n')).toEqual([
      `FINDING  ${'f'.repeat(32)}`,
      `KEY      ${'k'.repeat(32)}`,
      `         ${'k'.repeat(8)}`,
      '',
      'FINDING  b',
      'KEY      c',
      '',
    ]);
  });

  it.each(hardKeys.map((key) => [visible(key), key]))(
    'show the whole of a key, whatever its characters: %s',
    (shown, key) => {
      for (const width of [undefined, 20, 60]) {
        const lines = written([{ id: 'a', key }], { fields: 'key' }, width)
          .split('\n')
          .slice(1);

        expect(lines.join('').replaceAll(' ', '')).toBe(shown.replaceAll(' ', ''));
      }
    },
  );

  it('are aligned by the columns that characters take, and no character is taken apart', () => {
    const rows = [
      { id: '顧客', key: 'k' },
      { id: 'e\u0301', key: 'k' },
    ];

    expect(written(rows)).toBe('FINDING  KEY\n顧客     k\ne\u0301        k\n');
    expect(written([{ id: 'a', key: '👩‍⚕️'.repeat(9) }], { fields: 'key' }, 9)).toBe(
      `KEY\n${'👩‍⚕️'.repeat(4)}\n${'👩‍⚕️'.repeat(4)}\n👩‍⚕️\n`,
    );
  });

  it('show what could steer a terminal escaped', () => {
    expect(written([{ id: 'a', key: '\u001b[2J\u202e\n' }])).toContain(String.raw`\u001b[2J\u202e\n`);
  });

  it('show the same in JSON, which parses to what it was', () => {
    const key = '\u009b2J\u007f\u061c\u2066\n';

    for (const flags of [{ json: true }, { jsonl: true }]) {
      const text = written([{ id: 'a', key }], flags);
      expect(text).toContain(String.raw`\u009b2J\u007f\u061c\u2066\n`);
      expect(text).toMatch(/^[\n -~]*$/);
      expect(JSON.parse(text)).toMatchObject(flags.json ? { items: [{ key }] } : { key });
    }
  });

  it('are one JSON document with every field, or one a line', () => {
    const row = { id: 'a', key: 'k' };

    expect(JSON.parse(written([row], { json: true }))).toEqual({
      items: [{ finding_id: 'a', key: 'k', note: null }],
    });
    expect(written([row, row], { jsonl: true, fields: 'key' })).toBe('{"key":"k"}\n{"key":"k"}\n');
  });

  it('that there are none of are an empty document, and no table', () => {
    expect(JSON.parse(written([], { json: true }))).toEqual({ items: [] });
    expect(written([])).toBe('');
  });
});
