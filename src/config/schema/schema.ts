import * as z from 'zod';
import { awsSettings } from './aws.ts';
import { isolationSettings } from './isolation.ts';
import { queueSettings } from './queue.ts';
import { serviceSettings } from './service.ts';

/**
 * Every setting of the worker, as an environment variable. The documentation is generated from this schema,
 * in this order.
 */
export const settingsSchema = z.object({
  ...queueSettings,
  ...isolationSettings,
  ...serviceSettings,
  ...awsSettings,
});

export type ParsedSettings = z.output<typeof settingsSchema>;
export type SettingName = keyof ParsedSettings;
export const settingNames = Object.keys(settingsSchema.shape) as SettingName[];
