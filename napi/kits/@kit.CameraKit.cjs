// SPDX-License-Identifier: Apache-2.0
'use strict';

const { camera } = require('camera-session');

module.exports = { camera, default: { camera } };
