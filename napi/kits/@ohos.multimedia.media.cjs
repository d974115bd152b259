// SPDX-License-Identifier: Apache-2.0
'use strict';

const { media } = require('camera-session');

/* The module itself, and for compilers that ask for it as `default` also under that name. */
module.exports = Object.assign(Object.create({ default: media }), media);
