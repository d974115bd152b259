// SPDX-License-Identifier: Apache-2.0
'use strict';

/* The loader: with it a program imports the modules under the names that ArkTS programs use.
 *
 *   node --import camera-session/register program.mjs
 *   node --require camera-session/register program.js
 *
 * A name is resolved as if this package had imported `camera-session/kits/NAME` itself; which of the kit's two
 * files it is, for `import` or for `require`, is the package's "exports" to say. Other names are left to Node.js; where
 * it does not find one of OpenHarmony's, the error says which there are. */

const Module = require('node:module');
const { pathToFileURL } = require('node:url');
const { explained, kitOf } = require('./kits/names.js');

const here = pathToFileURL(__filename).href;

/* Node 22.15 and later: one synchronous hook for both module systems. */
function registerForBoth() {
  Module.registerHooks({
    resolve(specifier, context, nextResolve) {
      const kit = kitOf(specifier);
      if (kit !== null)
        return nextResolve(kit, { ...context, parentURL: here });
      try {
        return nextResolve(specifier, context);
      } catch (error) {
        throw explained(specifier, error);
      }
    },
  });
}

function registerForRequire() {
  const original = Module._resolveFilename;
  Module._resolveFilename = function resolveFilename(specifier, ...rest) {
    const kit = kitOf(specifier);
    if (kit !== null)
      return require.resolve(kit);
    try {
      return original.call(this, specifier, ...rest);
    } catch (error) {
      throw explained(specifier, error);
    }
  };
}

/* Node 18.19 and 20.6 and later. */
function registerForImport() {
  if (typeof Module.register !== 'function')
    throw new Error('camera-session/register needs Node.js 18.19, 20.6 or later');
  Module.register('./kits/hooks.mjs', here);
}

if (typeof Module.registerHooks === 'function') {
  registerForBoth();
} else {
  registerForRequire();
  registerForImport();
}
