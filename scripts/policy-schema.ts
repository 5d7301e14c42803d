import * as z from 'zod';
import { policySchema } from '../src/core/policy/schema.ts';

/** The JSON Schema of a policy, for editors. What a schema cannot say, `policy check` says. */
export function policyJsonSchema(): string {
  const schema = z.toJSONSchema(policySchema, { io: 'input', unrepresentable: 'any', target: 'draft-7' });
  return `${JSON.stringify({ title: 'Policy of macie-isolator', ...schema }, null, 2)}\n`;
}
