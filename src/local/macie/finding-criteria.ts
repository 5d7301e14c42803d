import type { FindingDetail } from './known-findings.ts';
import { invalid } from './macie-error.ts';

/** The fields that criteria and sorting know here; Macie knows more. */
const fields: ReadonlySet<string> = new Set([
  'id',
  'accountId',
  'archived',
  'category',
  'createdAt',
  'region',
  'resourcesAffected.s3Bucket.name',
  'resourcesAffected.s3Object.key',
  'sample',
  'severity.description',
  'type',
  'updatedAt',
]);
const times: ReadonlySet<string> = new Set(['createdAt', 'updatedAt']);

type Condition = (finding: FindingDetail) => boolean;

/** Reads `findingCriteria.criterion`: every field must satisfy each of its conditions. */
export function readCriteria(findingCriteria: unknown): Condition {
  const criterion = recordOf(recordOf(findingCriteria ?? {})['criterion'] ?? {});
  const conditions = Object.entries(criterion).flatMap(([field, given]) =>
    Object.entries(recordOf(given)).map(([operator, operand]) => condition(field, operator, operand)),
  );
  return (finding) => conditions.every((holds) => holds(finding));
}

function condition(field: string, operator: string, operand: unknown): Condition {
  known(field);
  switch (operator) {
    case 'eq':
    case 'eqExactMatch': {
      const wanted = texts(operand);
      return (finding) => wanted.includes(textOf(finding, field));
    }
    case 'neq': {
      const unwanted = texts(operand);
      return (finding) => !unwanted.includes(textOf(finding, field));
    }
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte': {
      if (!times.has(field) || typeof operand !== 'number') throw invalid(`${operator} needs a time`);
      const compare = comparisons[operator];
      return (finding) => compare(Date.parse(textOf(finding, field)), operand);
    }
    default:
      throw invalid(`unknown condition ${operator}`);
  }
}

const comparisons = {
  gt: (time: number, than: number) => time > than,
  gte: (time: number, than: number) => time >= than,
  lt: (time: number, than: number) => time < than,
  lte: (time: number, than: number) => time <= than,
} as const;

/** The value of a field as text, as criteria compare it. */
export function textOf(finding: FindingDetail, field: string): string {
  let value: unknown = finding;
  for (const name of known(field).split('.')) value = (value as Record<string, unknown> | null)?.[name];
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function known(field: string): string {
  if (!fields.has(field)) throw invalid(`unknown field ${field}`);
  return field;
}

function texts(operand: unknown): readonly string[] {
  if (!Array.isArray(operand) || operand.some((value) => typeof value !== 'string')) {
    throw invalid('a list of strings is needed');
  }
  return operand as string[];
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid('an object is needed');
  return value as Record<string, unknown>;
}
