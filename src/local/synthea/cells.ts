import type { Random } from './random.ts';
import * as words from './vocabulary.ts';

/** The ids by which the tables refer to each other. */
export interface Ids {
  readonly patients: readonly string[];
  readonly encounters: readonly string[];
  readonly organizations: readonly string[];
  readonly providers: readonly string[];
  readonly payers: readonly string[];
}

export const day = (date: Date) => date.toISOString().slice(0, 10);
export const instant = (random: Random) => random.date(2010, 2020).toISOString().replace('.000Z', 'Z');
export const money = (random: Random, most: number) => (random.next() * most).toFixed(2);
export const phone = (random: Random) => `617-555-${random.digits(4)}`;
export const clinician = (random: Random) =>
  `Dr. ${random.pick(words.givenNames)} ${random.pick(words.familyNames)}`;

export function period(random: Random) {
  const start = random.date(2000, 2020);
  const stop = new Date(start.getTime() + random.integer(1, 400) * 86_400_000);
  return { START: day(start), STOP: random.chance(0.6) ? day(stop) : '' };
}

export function timespan(random: Random) {
  const start = random.date(2010, 2020);
  const end = new Date(start.getTime() + random.integer(15, 90) * 60_000);
  const text = (date: Date) => date.toISOString().replace('.000Z', 'Z');
  return { START: text(start), STOP: text(end) };
}

export function visit(random: Random, ids: Ids) {
  return { PATIENT: random.pick(ids.patients), ENCOUNTER: random.pick(ids.encounters) };
}

export function coded(random: Random, list: readonly words.Coded[]) {
  const [CODE, DESCRIPTION] = random.pick(list);
  return { CODE, DESCRIPTION };
}

export function reason(random: Random) {
  if (random.chance(0.5)) return {};
  const [REASONCODE, REASONDESCRIPTION] = random.pick(words.disorders);
  return { REASONCODE, REASONDESCRIPTION };
}

export function address(random: Random) {
  return {
    ADDRESS: `${random.integer(1, 999)} ${random.pick(words.streets)} ${random.pick(words.streetKinds)}`,
    CITY: random.pick(words.cities),
    STATE: 'MA',
    ZIP: `02${random.digits(3)}`,
    LAT: `42.${random.digits(6)}`,
    LON: `-71.${random.digits(6)}`,
  };
}
