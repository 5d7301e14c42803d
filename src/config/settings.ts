import * as z from 'zod';
import { settingsSchema } from './schema/schema.ts';

/** A setting as it is shown to people. */
export interface SettingDescription {
  readonly name: string;
  readonly group: string;
  readonly description: string;
  readonly required: boolean;
  readonly fallback?: string;
}

interface PropertySchema {
  readonly description?: string;
  readonly group?: string;
  readonly default?: string;
}

/** Returns every setting in the order of the schema. The schema is the only place where settings are described. */
export function listSettings(): SettingDescription[] {
  const schema = z.toJSONSchema(settingsSchema, { io: 'input', unrepresentable: 'any' });
  const required = new Set(schema.required);
  return Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const { description = '', group = '', default: fallback } = property as PropertySchema;
    return {
      name,
      group,
      description,
      required: required.has(name),
      ...(fallback !== undefined && { fallback }),
    };
  });
}
