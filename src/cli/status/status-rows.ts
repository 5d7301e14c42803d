import type { Fact } from '../../core/operate/status/fact.ts';
import type { Column } from '../frame/output.ts';

export const statusColumns: readonly Column<Fact>[] = [
  { name: 'state', title: 'STATE', value: ({ state }) => state, isWhole: true },
  { name: 'what', title: 'WHAT', value: ({ name }) => name, isWhole: true },
  { name: 'value', title: 'NOW', value: ({ value }) => value ?? 'unknown', isWhole: true },
  { name: 'text', title: '', value: ({ text }) => text, isProse: true },
];
