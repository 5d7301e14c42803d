import {
  address,
  clinician,
  coded,
  day,
  type Ids,
  instant,
  money,
  period,
  phone,
  reason,
  timespan,
  visit,
} from './cells.ts';
import type { Random } from './random.ts';
import type { Row, TableName } from './tables.ts';
import * as words from './vocabulary.ts';

type RowMaker<T extends TableName> = (random: Random, ids: Ids, index: number) => Row<T>;

/** Makes a row of each table. Columns that a row leaves out are empty, as Synthea leaves unknown values empty. */
export const rowMakers: { readonly [T in TableName]: RowMaker<T> } = {
  allergies: (random, ids) => ({
    ...period(random),
    ...visit(random, ids),
    ...coded(random, words.allergens),
  }),

  careplans: (random, ids) => ({
    Id: random.uuid(),
    ...period(random),
    ...visit(random, ids),
    ...coded(random, words.plans),
    ...reason(random),
  }),

  conditions: (random, ids) => ({
    ...period(random),
    ...visit(random, ids),
    ...coded(random, words.disorders),
  }),

  devices: (random, ids) => ({
    ...period(random),
    ...visit(random, ids),
    ...coded(random, words.deviceKinds),
    UDI: `(01)${random.digits(14)}(11)${random.digits(6)}(17)${random.digits(6)}(10)${random.digits(8)}(21)${random.digits(12)}`,
  }),

  encounters(random, ids, index) {
    const [CODE, kind] = random.pick(words.encounterKinds);
    return {
      Id: ids.encounters[index] ?? '',
      ...timespan(random),
      PATIENT: random.pick(ids.patients),
      ORGANIZATION: random.pick(ids.organizations),
      PROVIDER: random.pick(ids.providers),
      PAYER: random.pick(ids.payers),
      ENCOUNTERCLASS: random.pick(words.encounterClasses),
      CODE,
      DESCRIPTION: `${kind}, seen by ${clinician(random)}`,
      BASE_ENCOUNTER_COST: money(random, 130),
      TOTAL_CLAIM_COST: money(random, 130),
      PAYER_COVERAGE: money(random, 90),
      ...reason(random),
    };
  },

  imaging_studies(random, ids) {
    const [BODYSITE_CODE, BODYSITE_DESCRIPTION] = random.pick(words.bodySites);
    return {
      Id: random.uuid(),
      DATE: instant(random),
      ...visit(random, ids),
      BODYSITE_CODE,
      BODYSITE_DESCRIPTION,
      MODALITY_CODE: 'DX',
      MODALITY_DESCRIPTION: 'Digital Radiography',
      SOP_CODE: '1.2.840.10008.5.1.4.1.1.1.1',
      SOP_DESCRIPTION: 'Digital X-Ray Image Storage',
    };
  },

  immunizations: (random, ids) => ({
    DATE: instant(random),
    ...visit(random, ids),
    ...coded(random, words.vaccines),
    BASE_COST: '140.52',
  }),

  medications: (random, ids) => ({
    ...timespan(random),
    ...visit(random, ids),
    PAYER: random.pick(ids.payers),
    ...coded(random, words.drugs),
    BASE_COST: money(random, 200),
    PAYER_COVERAGE: money(random, 100),
    DISPENSES: random.integer(1, 12),
    TOTALCOST: money(random, 2_000),
    ...reason(random),
  }),

  observations(random, ids, index) {
    const about = { DATE: instant(random), ...visit(random, ids) };
    if (index % 2 === 0) {
      const VALUE = `Asked and answered, noted by ${clinician(random)}`;
      return {
        ...about,
        CODE: '76504-0',
        DESCRIPTION: 'Housing status',
        VALUE,
        UNITS: '{nominal}',
        TYPE: 'text',
      };
    }
    const [CODE, DESCRIPTION, UNITS] = random.pick(words.measurements);
    return { ...about, CODE, DESCRIPTION, VALUE: money(random, 200), UNITS, TYPE: 'numeric' };
  },

  organizations(random, ids, index) {
    const place = address(random);
    return {
      Id: ids.organizations[index] ?? '',
      NAME: `${place.CITY.toUpperCase()} MEDICAL CENTER ${index + 1}`,
      ...place,
      PHONE: phone(random),
      REVENUE: money(random, 9_000),
      UTILIZATION: random.integer(1, 9_000),
    };
  },

  patients(random, ids, index) {
    const birth = random.date(1920, 2020);
    return {
      Id: ids.patients[index] ?? '',
      BIRTHDATE: day(birth),
      SSN: `999-${random.integer(10, 99)}-${random.digits(4)}`,
      DRIVERS: `S99${random.digits(6)}`,
      PASSPORT: `X${random.digits(8)}X`,
      PREFIX: random.pick(['Mr.', 'Mrs.', 'Ms.']),
      FIRST: random.pick(words.givenNames),
      LAST: random.pick(words.familyNames),
      MARITAL: random.pick(['M', 'S']),
      RACE: random.pick(['white', 'black', 'asian', 'native', 'other']),
      ETHNICITY: random.pick(['hispanic', 'nonhispanic']),
      GENDER: random.pick(['M', 'F']),
      BIRTHPLACE: `${random.pick(words.cities)}  Massachusetts  US`,
      ...address(random),
      COUNTY: random.pick(words.counties),
      HEALTHCARE_EXPENSES: money(random, 900_000),
      HEALTHCARE_COVERAGE: money(random, 90_000),
    };
  },

  payer_transitions(random, ids) {
    const year = random.integer(1950, 2019);
    return {
      PATIENT: random.pick(ids.patients),
      START_YEAR: year,
      END_YEAR: year + 1,
      PAYER: random.pick(ids.payers),
      OWNERSHIP: random.pick(['Self', 'Guardian', '']),
    };
  },

  payers(random, ids, index) {
    const { ADDRESS, CITY, STATE, ZIP } = address(random);
    return {
      Id: ids.payers[index] ?? '',
      NAME: words.payerNames[index % words.payerNames.length] ?? '',
      ADDRESS,
      CITY,
      STATE_HEADQUARTERED: STATE,
      ZIP,
      PHONE: phone(random),
      AMOUNT_COVERED: money(random, 9_000_000),
      UNIQUE_CUSTOMERS: random.integer(10, 900),
      QOLS_AVG: '0.87',
      MEMBER_MONTHS: random.integer(100, 9_000),
    };
  },

  procedures(random, ids) {
    const [CODE, kind] = random.pick(words.interventions);
    return {
      DATE: instant(random),
      ...visit(random, ids),
      CODE,
      DESCRIPTION: `${kind}, performed by ${clinician(random)}`,
      BASE_COST: money(random, 900),
      ...reason(random),
    };
  },

  providers: (random, ids, index) => ({
    Id: ids.providers[index] ?? '',
    ORGANIZATION: random.pick(ids.organizations),
    NAME: `${random.pick(words.givenNames)} ${random.pick(words.familyNames)}`,
    GENDER: random.pick(['M', 'F']),
    SPECIALITY: random.pick(words.specialities),
    ...address(random),
    UTILIZATION: random.integer(1, 900),
  }),

  supplies: () => ({}),
};
