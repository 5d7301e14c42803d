import { type FindingsArchive, type Listing, type ListingPlace, listFindings } from '../list-findings.ts';
import { type Policies, type SimulatedObject, simulateFinding } from './simulate-policy.ts';
import type { SimulationTally } from './simulation-tally.ts';

/** The totals after a page of findings, since the simulation began. */
export interface Simulated {
  readonly findings: number;
  /** Findings about which the worker asks no policy. */
  readonly leftOut: number;
  /** Findings that Macie listed and did not give, so that no policy was asked about them. */
  readonly notGiven: number;
  /** Calls of Macie by this process. */
  readonly calls: number;
  /** The objects of this page that were not counted before. */
  readonly objects: readonly SimulatedObject[];
  readonly region: string;
  /** The time of the last finding. */
  readonly last?: Date;
  /** Where the simulation can go on; absent if it is complete. */
  readonly place?: ListingPlace;
}

/** Asks both policies about page after page of Macie's findings, and counts what they decide. */
export async function* simulateFindings(
  archive: FindingsArchive,
  listing: Listing,
  policies: Policies,
  tally: SimulationTally,
  before: Pick<Simulated, 'findings' | 'leftOut' | 'notGiven'>,
): AsyncGenerator<Simulated> {
  let { findings, leftOut, notGiven } = before;
  let calls = 0;
  for await (const page of listFindings(archive, listing)) {
    const asked = page.findings.map(({ body }) => simulateFinding(body, policies));
    const decided = asked.filter((each): each is SimulatedObject => typeof each !== 'string');
    findings += asked.length;
    leftOut += asked.length - decided.length;
    notGiven += page.unknown.length;
    // An empty page is not asked for its findings.
    calls += page.findings.length + page.unknown.length > 0 ? 2 : 1;
    const last = page.findings.at(-1)?.createdAt;
    yield {
      findings,
      leftOut,
      notGiven,
      calls,
      objects: decided.filter((object) => tally.add(object)),
      region: page.region,
      ...(last && { last }),
      ...(page.place && { place: page.place }),
    };
  }
}
