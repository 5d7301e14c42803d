import { readFileSync, writeFileSync } from 'node:fs';
import { lintConfiguration } from './imports/configuration.ts';

const file = new URL('../.oxlintrc.json', import.meta.url);

writeFileSync(file, lintConfiguration(readFileSync(file, 'utf8')));
