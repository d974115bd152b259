// SPDX-License-Identifier: Apache-2.0
'use strict';

const fs = require('node:fs');
const path = require('node:path');

// The addon is built when the package is installed: see build.js.
const file = path.join(__dirname, 'build', 'camera_session.node');

function load() {
  try {
    return require(file);
  } catch (error) {
    if (fs.existsSync(file))
      throw error;
    throw Object.assign(new Error(`camera-session: there is no ${file}: the package's install script, which compiles it, did ` +
      'not run or failed. Run `npm rebuild camera-session` where the package was installed (allow its install script where npm ' +
      `asks), or \`node build.js\` in ${__dirname}; both say what is missing.`, { cause: error }), { code: error.code });
  }
}

const addon = load();
const colorSpaceManager = require('./kits/color-space-manager.js');

module.exports = { ...addon, colorSpaceManager };
