import type { IdentifierDefinition } from './identifiers.ts';

const uuid = '5b3d6f9e-1c2a-4e47-9a0d-2f6c7b8e9a10';

/** The identifiers of `deploy/ecs/macie.yaml`, with the texts that they must and must not match. */
export const demoIdentifiers: readonly IdentifierDefinition[] = [
  {
    name: 'Patient ID',
    description: 'UUID of a patient, near the word patient.',
    regex: String.raw`\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b`,
    keywords: ['patient'],
    ignoreWords: [],
    maximumMatchDistance: 50,
    tests: [
      { text: `Patient: ${uuid}`, matches: 1 },
      { text: `Order: ${uuid}`, matches: 0 },
      { text: `Patient: ${uuid}0`, matches: 0 },
      { text: `patient${' '.repeat(20)}${uuid}`, matches: 0 },
    ],
  },
  {
    name: 'US Driver License',
    description: 'A letter and eight digits, near the words driver or license.',
    regex: String.raw`\b[A-Z][0-9]{8}\b`,
    keywords: ['driver', 'license'],
    ignoreWords: [],
    maximumMatchDistance: 50,
    tests: [
      { text: 'License S99912345', matches: 1 },
      { text: 'driver S99912345 and S99912346', matches: 2 },
      { text: 'License S999123456', matches: 0 },
      { text: 'Part S99912345', matches: 0 },
    ],
  },
  {
    name: 'US Passport',
    description: 'Eight digits between two X, near the word passport.',
    regex: String.raw`\bX[0-9]{8}X\b`,
    keywords: ['passport'],
    ignoreWords: [],
    maximumMatchDistance: 50,
    tests: [
      { text: 'PASSPORT X12345678X', matches: 1 },
      { text: 'X12345678X is the passport', matches: 0 },
      { text: 'passport X1234567X', matches: 0 },
    ],
  },
];
