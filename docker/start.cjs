'use strict';
// The image's entrypoint: runs dist/program.cjs from the code that V8 compiled of it when the image was built.
// Node's compile cache takes what is compiled before a script runs, which leaves out all that is called in it;
// scripts/compile-bundle.ts takes the code after a whole start. It is only ever a matter of speed: what was made
// of another bundle is left alone, and V8 compiles anew what another V8 or other flags made. NODE_DEBUG=start tells.
// Compiling and running the bundle takes a moment, in which a signal may come; the bundle listens from its first line on.
const signals = process.argv[2] === 'worker' ? ['SIGTERM', 'SIGINT'] : [];
const stop = () => process.exit(0);
for (const signal of signals) process.on(signal, stop);

const { readFileSync } = require('node:fs');
const { debuglog } = require('node:util');
const vm = require('node:vm');
const { crc32 } = require('node:zlib');

const filename = `${__dirname}/dist/program.cjs`;
const parameters = 'exports, require, module, __filename, __dirname';
const bytes = readFileSync(filename);
const source = bytes.toString().replace(/^#!/, '//');
const script = new vm.Script(`(function (${parameters}) {${source}\n})`, {
  filename,
  cachedData: compiledCode(),
  importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
});
debuglog('start')('compiled code was %s', script.cachedDataRejected === false ? 'accepted' : 'not accepted');

// For scripts/compile-bundle.ts.
module.exports = script;
const bundle = { exports: {} };
script.runInThisContext()(bundle.exports, require, bundle, filename, `${__dirname}/dist`);
for (const signal of signals) process.off(signal, stop);

/** Begins with the checksum of its bundle: V8 compares no more than the length. */
function compiledCode() {
  try {
    const code = readFileSync(`${filename}.code`);
    return code.readUInt32LE() === crc32(bytes) ? code.subarray(4) : undefined;
  } catch {
    return undefined;
  }
}
