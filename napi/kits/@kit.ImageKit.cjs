// SPDX-License-Identifier: Apache-2.0
'use strict';

const { image } = require('camera-session');

module.exports = { image, default: { image } };
