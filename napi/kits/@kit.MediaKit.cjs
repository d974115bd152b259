// SPDX-License-Identifier: Apache-2.0
'use strict';

const { media } = require('camera-session');

module.exports = { media, default: { media } };
