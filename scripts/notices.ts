import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ShippedPackage } from './shipped.ts';

const rule = '-'.repeat(80);

/** Files that licences ask to travel with the code. */
const noticeFile = /^(licen[cs]e|notice|copying|third.?party)/i;

/**
 * The licences and notices of bundled packages, as their own files state them. Packages that share a text are
 * listed above it. A package without such a file is listed with the licence that its manifest names.
 */
export function noticesOf(packages: readonly ShippedPackage[]): string {
  const byText = new Map<string, string[]>();
  for (const shipped of packages) {
    const text =
      textOf(shipped.folder) ?? `Licence: ${shipped.licence}. The package has no file with its text.`;
    const name = `${shipped.name} ${shipped.version} (${shipped.licence})`;
    byText.set(text, [...(byText.get(text) ?? []), name]);
  }
  const head = `This software contains the packages below. Each licence follows the packages that it covers.\n`;
  const parts = [...byText].map(([text, names]) => `${rule}\n${names.join('\n')}\n\n${text}\n`);
  return `${head}\n${parts.join('\n')}`;
}

function textOf(folder: string): string | undefined {
  const files = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && noticeFile.test(entry.name))
    .map(({ name }) => name)
    .sort();
  if (files.length === 0) return undefined;
  return files
    .map((name) => readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n').trim())
    .join('\n\n');
}
