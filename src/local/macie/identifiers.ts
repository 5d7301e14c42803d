/** A kind of data that the scanner looks for in the cells of a CSV file. */
export interface Identifier {
  /** The name in findings: the type of a managed identifier, or the name of a custom identifier. */
  readonly name: string;
  readonly kind: 'managed' | 'custom';
  /** The id of a custom identifier, which findings write as a bare UUID. */
  readonly id?: string;
  /**
   * The scanner looks at columns whose name holds one of these words, in any case. Without keywords it looks
   * at every column.
   */
  readonly keywords?: readonly string[];
  /** The pattern may match anywhere in a cell. */
  readonly pattern: RegExp;
  readonly severity: (count: number) => Severity;
}

export type Severity = 'Low' | 'Medium' | 'High';

/** The severity that Macie gives to findings of a custom identifier without severity levels. */
const custom = (): Severity => 'Medium';
/** A single occurrence can already harm somebody. */
const secret = (): Severity => 'High';
const contact = (count: number): Severity => (count >= 1_000 ? 'High' : 'Medium');

/** The three custom data identifiers of the original demo, with regular expressions that match a whole value. */
export const customIdentifiers: readonly Identifier[] = [
  {
    name: 'Patient ID',
    kind: 'custom',
    id: '6f2c9b0e-7d53-4c1e-9a40-1f6f1f0a9c01',
    keywords: ['patient'],
    pattern: /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/i,
    severity: custom,
  },
  {
    name: 'US Driver License',
    kind: 'custom',
    id: '6f2c9b0e-7d53-4c1e-9a40-1f6f1f0a9c02',
    keywords: ['driver', 'license'],
    pattern: /\b[A-Z]\d{8}\b/,
    severity: custom,
  },
  {
    name: 'US Passport',
    kind: 'custom',
    id: '6f2c9b0e-7d53-4c1e-9a40-1f6f1f0a9c03',
    keywords: ['passport'],
    pattern: /\bX\d{8}X\b/,
    severity: custom,
  },
];

/**
 * The managed identifiers that these tables need. They are approximations: Macie finds names and addresses
 * with trained models, and here regular expressions find them. Macie's table of severities by count is
 * rounded to two levels.
 */
export const managedIdentifiers: readonly Identifier[] = [
  {
    name: 'NAME',
    kind: 'managed',
    keywords: ['first', 'last', 'name'],
    pattern: /^[A-Z][a-z]+( [A-Z][a-z]+)?$/,
    severity: contact,
  },
  // In free text, a title distinguishes a person's name from other capitalised words.
  {
    name: 'NAME',
    kind: 'managed',
    keywords: ['description', 'value'],
    pattern: /\b(Dr|Mr|Mrs|Ms)\. [A-Z][a-z]+ [A-Z][a-z]+\b/,
    severity: contact,
  },
  {
    name: 'ADDRESS',
    kind: 'managed',
    pattern: /\b\d{1,5} [A-Z][a-z]+ (Street|Avenue|Road|Lane|Drive)\b/,
    severity: contact,
  },
  {
    name: 'PHONE_NUMBER',
    kind: 'managed',
    keywords: ['phone'],
    pattern: /\b\d{3}-\d{3}-\d{4}\b/,
    severity: contact,
  },
  {
    name: 'DATE_OF_BIRTH',
    kind: 'managed',
    keywords: ['birthdate', 'birth date', 'dob'],
    pattern: /\b\d{4}-\d{2}-\d{2}\b/,
    severity: contact,
  },
  {
    name: 'USA_SOCIAL_SECURITY_NUMBER',
    kind: 'managed',
    keywords: ['ssn', 'social security'],
    pattern: /\b\d{3}-\d{2}-\d{4}\b/,
    severity: secret,
  },
  {
    name: 'MEDICAL_DEVICE_UDI',
    kind: 'managed',
    keywords: ['udi', 'device identifier'],
    pattern: /\(01\)\d{14}/,
    severity: contact,
  },
];
