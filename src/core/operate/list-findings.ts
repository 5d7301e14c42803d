/** Macie, as commands list its findings. Errors are passed on. */
export interface FindingsArchive {
  /**
   * Returns the ids of one page, oldest finding first: sensitive-data findings that are not archived, created
   * at `since` or later and before `until`.
   */
  ids(page: {
    readonly region: string;
    readonly since: Date;
    readonly until: Date;
    readonly token?: string;
  }): Promise<{ readonly ids: readonly string[]; readonly next?: string }>;
  /** Returns the findings by their ids, each in Macie's own JSON. An id that Macie does not know is left out. */
  get(region: string, ids: readonly string[]): Promise<ReadonlyMap<string, ListedFinding>>;
}

export interface ListedFinding {
  readonly id: string;
  readonly createdAt: Date;
  /** The finding as JSON, in the form that `parseFinding` and the findings queue take. */
  readonly body: string;
}

/**
 * Where a listing continues. A token of Macie would not outlive the process, and findings share their time of
 * creation: so the place is a time and the ids of that time that were given already.
 */
export interface ListingPlace {
  readonly region: string;
  readonly since: Date;
  readonly given: readonly string[];
}

export interface ListedPage {
  readonly region: string;
  readonly findings: readonly ListedFinding[];
  /** Ids that the page named and that Macie did not know when it was asked for them. */
  readonly unknown: readonly string[];
  /** The listing may be given up behind this page, and continued here. Absent behind the last page. */
  readonly place?: ListingPlace;
}

export interface Listing {
  readonly regions: readonly string[];
  readonly since: Date;
  readonly until: Date;
  /** The place behind the last page of an earlier listing of the same regions. */
  readonly from?: ListingPlace | undefined;
}

/**
 * Lists Macie's findings page by page, region by region, oldest first. A page has at most fifty findings and
 * costs two calls. The next page is asked for when it is wanted, so the caller bounds the calls.
 */
export async function* listFindings(
  archive: FindingsArchive,
  { from, regions, since, until }: Listing,
): AsyncGenerator<ListedPage> {
  const first = from === undefined ? 0 : regions.indexOf(from.region);
  if (first === -1) throw new RangeError(`the listing to continue was of another region: ${from?.region}`);
  for (const [index, region] of regions.slice(first).entries()) {
    const begin: ListingPlace = index === 0 && from !== undefined ? from : { region, since, given: [] };
    const next = regions[first + index + 1];
    const behind = next === undefined ? undefined : { region: next, since, given: [] };
    yield* listRegion(archive, begin, until, behind);
  }
}

async function* listRegion(
  archive: FindingsArchive,
  begin: ListingPlace,
  until: Date,
  behind: ListingPlace | undefined,
): AsyncGenerator<ListedPage> {
  const { region, since } = begin;
  let place = begin;
  let token: string | undefined;
  do {
    const page = await archive.ids({ region, since, until, ...(token !== undefined && { token }) });
    token = page.next;
    const ids = page.ids.filter((id) => !begin.given.includes(id));
    const found = ids.length === 0 ? new Map<string, ListedFinding>() : await archive.get(region, ids);
    const findings = ids.flatMap((id) => found.get(id) ?? []);
    place = placeBehind(place, findings);
    const to = token === undefined ? behind : place;
    yield {
      region,
      findings,
      unknown: ids.filter((id) => !found.has(id)),
      ...(to !== undefined && { place: to }),
    };
  } while (token !== undefined);
}

function placeBehind(place: ListingPlace, findings: readonly ListedFinding[]): ListingPlace {
  const latest = Math.max(place.since.getTime(), ...findings.map(({ createdAt }) => createdAt.getTime()));
  const given = findings.filter(({ createdAt }) => createdAt.getTime() === latest).map(({ id }) => id);
  return latest === place.since.getTime()
    ? { ...place, given: [...place.given, ...given] }
    : { region: place.region, since: new Date(latest), given };
}
