import { listSettings } from '../config/settings.ts';

/** Every setting with its meaning, for a terminal. */
export function describeSettings(): string {
  return listSettings()
    .map(({ name, description, fallback }) => {
      const presence = fallback === undefined ? '' : ` (default ${fallback})`;
      return `${name}${presence}\n    ${description}\n`;
    })
    .join('');
}
