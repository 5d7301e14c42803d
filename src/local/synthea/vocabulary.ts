/** A code as Synthea's modules use it, with its description. */
export type Coded = readonly [code: string, description: string];

export const givenNames = [
  'Abel',
  'Ana',
  'Basil',
  'Carla',
  'Damon',
  'Edda',
  'Felix',
  'Gilda',
  'Hugo',
  'Irene',
  'Jonas',
  'Kira',
  'Leon',
  'Maria',
  'Nolan',
  'Olga',
  'Paul',
  'Rosa',
  'Simon',
  'Tilda',
  'Ulric',
  'Vera',
  'Wade',
  'Yvonne',
] as const;

export const familyNames = [
  'Abbott',
  'Bauch',
  'Corwin',
  'Deckow',
  'Ebert',
  'Feest',
  'Grady',
  'Hickle',
  'Jacobs',
  'Kemmer',
  'Lind',
  'Mertz',
  'Nader',
  'Oberbrunner',
  'Pfeffer',
  'Quigley',
  'Rath',
  'Senger',
  'Treutel',
  'Upton',
  'Volkman',
] as const;

export const streets = ['Maple', 'Bauch', 'Harbor', 'Lower', 'Mill', 'Orchard', 'Quarry', 'Station'] as const;
export const streetKinds = ['Street', 'Avenue', 'Road', 'Lane', 'Drive'] as const;

export const cities = [
  'Boston',
  'Worcester',
  'Springfield',
  'Lowell',
  'Cambridge',
  'Quincy',
  'Lynn',
] as const;
export const counties = ['Suffolk County', 'Worcester County', 'Hampden County', 'Essex County'] as const;
export const payerNames = [
  'Medicare',
  'Medicaid',
  'Dual Eligible',
  'Humana',
  'Blue Cross Blue Shield',
  'UnitedHealthcare',
  'Aetna',
  'Cigna Health',
  'Anthem',
  'NO_INSURANCE',
] as const;
export const specialities = ['GENERAL PRACTICE', 'INTERNAL MEDICINE', 'CARDIOLOGY', 'PEDIATRICS'] as const;
export const encounterClasses = ['ambulatory', 'wellness', 'outpatient', 'urgentcare', 'emergency'] as const;

export const allergens: readonly Coded[] = [
  ['300913006', 'Shellfish allergy'],
  ['300916003', 'Latex allergy'],
  ['232350006', 'House dust mite allergy'],
  ['418689008', 'Allergy to grass pollen'],
];

export const disorders: readonly Coded[] = [
  ['444814009', 'Viral sinusitis (disorder)'],
  ['10509002', 'Acute bronchitis (disorder)'],
  ['15777000', 'Prediabetes'],
  ['38341003', 'Hypertension'],
  ['162864005', 'Body mass index 30+ - obesity (finding)'],
  ['55822004', 'Hyperlipidemia'],
];

export const plans: readonly Coded[] = [
  ['53950000', 'Respiratory therapy'],
  ['698360004', 'Diabetes self management plan'],
  ['443402002', 'Lifestyle education regarding hypertension'],
];

export const deviceKinds: readonly Coded[] = [
  ['72506001', 'Implantable defibrillator device (physical object)'],
  ['706004007', 'Implantable cardiac pacemaker (physical object)'],
  ['702127004', 'Hemodialysis machine (physical object)'],
];

export const encounterKinds: readonly Coded[] = [
  ['185345009', 'Encounter for symptom'],
  ['162673000', 'General examination of patient (procedure)'],
  ['410620009', 'Well child visit (procedure)'],
  ['185347001', 'Encounter for problem'],
];

export const vaccines: readonly Coded[] = [
  ['140', 'Influenza  seasonal  injectable  preservative free'],
  ['113', 'Td (adult) preservative free'],
  ['08', 'Hep B  adolescent or pediatric'],
];

export const drugs: readonly Coded[] = [
  ['860975', '24 HR Metformin hydrochloride 500 MG Extended Release Oral Tablet'],
  ['314076', 'lisinopril 10 MG Oral Tablet'],
  ['834061', 'Penicillin V Potassium 250 MG Oral Tablet'],
  ['313782', 'Acetaminophen 325 MG Oral Tablet'],
];

export const measurements: readonly (readonly [...Coded, units: string])[] = [
  ['8302-2', 'Body Height', 'cm'],
  ['29463-7', 'Body Weight', 'kg'],
  ['8462-4', 'Diastolic Blood Pressure', 'mm[Hg]'],
  ['2093-3', 'Total Cholesterol', 'mg/dL'],
];

export const interventions: readonly Coded[] = [
  ['428191000124101', 'Documentation of current medications'],
  ['76601001', 'Intramuscular injection'],
  ['73761001', 'Colonoscopy'],
  ['399208008', 'Plain chest X-ray (procedure)'],
];

export const bodySites: readonly Coded[] = [
  ['40983000', 'Arm'],
  ['51185008', 'Thoracic structure (body structure)'],
  ['72696002', 'Knee'],
];
