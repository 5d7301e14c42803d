import { listSettings } from '../config/settings.ts';

/** Describes every setting, for a terminal. */
export function describeSettings(): string {
  return listSettings()
    .map(({ name, description, fallback }) => {
      const presence = fallback === undefined ? '' : ` (default ${fallback})`;
      return `${name}${presence}\n    ${description}\n`;
    })
    .join('');
}
