import { describe, expect, it } from 'vitest';
import {
  type FindingsArchive,
  type ListedFinding,
  type ListedPage,
  type Listing,
  listFindings,
} from '../../../../src/core/operate/list-findings.ts';

const since = new Date('2026-11-01T00:00:00Z');
const until = new Date('2026-12-01T00:00:00Z');
const at = (second: number) => new Date(since.getTime() + second * 1000);

function finding(id: string, createdAt: Date): ListedFinding {
  return { id, createdAt, body: JSON.stringify({ id, createdAt }) };
}

/** Pages of two findings, in the order of their times, as Macie gives them. */
function archiveOf(byRegion: Readonly<Record<string, readonly ListedFinding[]>>) {
  const calls: string[] = [];
  const gone = new Set<string>();
  const archive: FindingsArchive = {
    async ids({ region, since: from, token = '0' }) {
      calls.push(`ids ${region} ${token}`);
      const all = (byRegion[region] ?? []).filter(({ createdAt }) => createdAt >= from);
      const start = Number(token);
      const ids = all.slice(start, start + 2).map(({ id }) => id);
      return { ids, ...(start + 2 < all.length && { next: String(start + 2) }) };
    },
    async get(region, ids) {
      calls.push(`get ${region} ${ids.join()}`);
      const all = (byRegion[region] ?? []).filter(({ id }) => ids.includes(id) && !gone.has(id));
      return new Map(all.toReversed().map((each) => [each.id, each]));
    },
  };
  return { archive, calls, gone };
}

async function pagesOf(archive: FindingsArchive, listing: Partial<Listing> = {}): Promise<ListedPage[]> {
  const pages: ListedPage[] = [];
  const listed = listFindings(archive, { regions: ['us-east-1'], since, until, ...listing });
  for await (const page of listed) pages.push(page);
  return pages;
}
const idsOf = (pages: readonly ListedPage[]) => pages.flatMap(({ findings }) => findings.map(({ id }) => id));

describe('the listing of the findings of Macie', () => {
  const five = ['a', 'b', 'c', 'd', 'e'].map((id, second) => finding(id, at(second)));

  it('gives every page of every region, oldest first', async () => {
    const { archive } = archiveOf({ 'us-east-1': five, 'eu-central-1': [finding('z', at(1))] });

    const pages = await pagesOf(archive, { regions: ['us-east-1', 'eu-central-1'] });

    expect(idsOf(pages)).toStrictEqual(['a', 'b', 'c', 'd', 'e', 'z']);
    expect(pages.map(({ region }) => region)).toStrictEqual([
      'us-east-1',
      'us-east-1',
      'us-east-1',
      'eu-central-1',
    ]);
    expect(pages.at(-1)).not.toHaveProperty('place');
  });

  it('asks for a page only when it is wanted', async () => {
    const { archive, calls } = archiveOf({ 'us-east-1': five });

    for await (const _ of listFindings(archive, { regions: ['us-east-1'], since, until })) break;

    expect(calls).toStrictEqual(['ids us-east-1 0', 'get us-east-1 a,b']);
  });

  it.each([
    ['each has a time of its own', [0, 1, 2, 3, 4]],
    ['many share the second of a job', [0, 1, 1, 1, 1]],
    ['all share one', [0, 0, 0, 0, 0]],
  ])('continues behind any page, no finding twice and none left out, where %s', async (_, seconds) => {
    const findings = seconds.map((second, index) => finding(`f${index}`, at(second)));
    const { archive } = archiveOf({ 'us-east-1': findings, 'eu-central-1': five });
    const regions = ['us-east-1', 'eu-central-1'];
    const whole = await pagesOf(archive, { regions });

    for (const [index, { place }] of whole.slice(0, -1).entries()) {
      const rest = await pagesOf(archive, { regions, from: place });
      expect([...idsOf(whole.slice(0, index + 1)), ...idsOf(rest)]).toStrictEqual(idsOf(whole));
    }
  });

  it('continues a continued listing', async () => {
    const { archive } = archiveOf({ 'us-east-1': five.map(({ id }) => finding(id, at(0))) });
    const seen: string[] = [];
    let from: ListedPage['place'];
    do {
      for await (const page of listFindings(archive, { regions: ['us-east-1'], since, until, from })) {
        seen.push(...idsOf([page]));
        from = page.place;
        if (page.findings.length > 0) break;
      }
    } while (from !== undefined);

    expect(seen).toStrictEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('names what Macie no longer knows', async () => {
    const { archive, gone } = archiveOf({ 'us-east-1': five.slice(0, 2) });
    gone.add('b');

    const [page] = await pagesOf(archive);

    expect(page).toMatchObject({ findings: [{ id: 'a' }], unknown: ['b'] });
  });

  it('does not continue in a region that it does not list', async () => {
    const { archive } = archiveOf({});
    const from = { region: 'eu-west-1', since, given: [] };

    await expect(pagesOf(archive, { from })).rejects.toThrow('another region');
  });
});
