// Loaded before docker/start.cjs by compile-bundle.ts: at the end of the process, its code goes beside the bundle.
const { readFileSync, realpathSync, writeFileSync } = require('node:fs');
const { dirname } = require('node:path');
const { crc32 } = require('node:zlib');

process.on('exit', () => {
  const start = realpathSync(process.argv[1]);
  const bundle = `${dirname(start)}/dist/program.cjs`;
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32LE(crc32(readFileSync(bundle)));
  writeFileSync(`${bundle}.code`, Buffer.concat([checksum, require.cache[start].exports.createCachedData()]));
});
