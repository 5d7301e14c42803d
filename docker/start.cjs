'use strict';
// The image's entrypoint: runs dist/cli.cjs from the code that V8 compiled of it when the image was built.
// Node's compile cache takes what is compiled before a script runs, which leaves out all that is called in it;
// scripts/compile-bundle.ts takes the code after a whole start. It is only ever a matter of speed: V8 compiles
// anew where it was made by another V8 or of another bundle. NODE_DEBUG=start tells which.
const { readFileSync } = require('node:fs');
const { debuglog } = require('node:util');
const vm = require('node:vm');

const filename = `${__dirname}/dist/cli.cjs`;
const parameters = 'exports, require, module, __filename, __dirname';
const source = readFileSync(filename, 'utf8').replace(/^#!/, '//');
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

function compiledCode() {
  try {
    return readFileSync(`${__dirname}/dist/cli.cjs.code`);
  } catch {
    return undefined;
  }
}
