// Loaded before docker/start.cjs by compile-bundle.ts: at the end of the process, its code goes beside the bundle.
const { writeFileSync } = require('node:fs');
const { dirname } = require('node:path');

process.on('exit', () => {
  const start = process.argv[1];
  writeFileSync(`${dirname(start)}/dist/cli.cjs.code`, require.cache[start].exports.createCachedData());
});
