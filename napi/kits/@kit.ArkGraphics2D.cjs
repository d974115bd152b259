// SPDX-License-Identifier: Apache-2.0
'use strict';

const { colorSpaceManager } = require('camera-session');

module.exports = { colorSpaceManager, default: { colorSpaceManager } };
