import { writeFileSync } from 'node:fs';
import { dashboards } from './dashboards/dashboards.ts';

for (const [path, json] of Object.entries(dashboards())) {
  writeFileSync(new URL(`../${path}`, import.meta.url), json);
}
