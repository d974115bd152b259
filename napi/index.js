// SPDX-License-Identifier: Apache-2.0
'use strict';

// The addon is built when the package is installed: see build.js.
const addon = require('./build/camera_session.node');
const colorSpaceManager = require('./kits/color-space-manager.js');

module.exports = { ...addon, colorSpaceManager };
