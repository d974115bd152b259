// SPDX-License-Identifier: Apache-2.0

/* The controls of sessions: what each class has, what cameras with and without controls say, what is set and
 * read back, and the codes of what cannot be. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { SceneMode, cameras, codeOf, rig } from './rig.mjs';

const INVALID_ARGUMENT = 7400101;
const NOT_ALLOWED = 7400102;
const NOT_CONFIG = 7400103;

const FAMILIES = {
  Flash: ['hasFlash', 'isFlashModeSupported', 'getFlashMode', 'setFlashMode'],
  AutoExposure: ['isExposureModeSupported', 'getExposureBiasRange', 'isExposureMeteringModeSupported', 'getExposureMode',
    'setExposureMode', 'getMeteringPoint', 'setMeteringPoint', 'setExposureBias', 'getExposureValue',
    'getExposureMeteringMode', 'setExposureMeteringMode'],
  Focus: ['isFocusModeSupported', 'isLockFocusTrackingSupported', 'getFocusMode', 'setFocusMode', 'setFocusPoint',
    'getFocusPoint', 'getFocalLength', 'lockFocusTracking', 'unlockFocusTracking'],
  ManualFocus: ['isFocusDistanceSupported', 'getFocusDistance', 'setFocusDistance'],
  WhiteBalance: ['isWhiteBalanceModeSupported', 'getWhiteBalanceRange', 'getColorTintRange', 'getWhiteBalanceMode',
    'setWhiteBalanceMode', 'getWhiteBalance', 'setWhiteBalance', 'setColorTint', 'getColorTint'],
  ManualIso: ['getSupportedIsoRange', 'getIso', 'setIso'],
  Zoom: ['getZoomRatioRange', 'getZoomPointInfos', 'getRAWCaptureZoomRatioRange', 'getZoomRatio', 'setZoomRatio', 'setSmoothZoom'],
  Stabilization: ['isVideoStabilizationModeSupported', 'getActiveVideoStabilizationMode', 'setVideoStabilizationMode'],
  ColorManagement: ['getSupportedColorSpaces', 'getActiveColorSpace', 'setColorSpace'],
  ControlCenter: ['isControlCenterSupported', 'getSupportedEffectTypes', 'enableControlCenter'],
  AutoDeviceSwitch: ['isAutoDeviceSwitchSupported', 'enableAutoDeviceSwitch'],
  Macro: ['isMacroSupported', 'enableMacro'],
  Aperture: ['getSupportedPhysicalApertures', 'getPhysicalAperture', 'setPhysicalAperture'],
  ManualExposure: ['getSupportedExposureDurationRange', 'getExposureBiasStep', 'getExposureDuration', 'setExposureDuration'],
  OIS: ['isOISModeSupported', 'getSupportedOISBiasRange', 'getSupportedOISBiasStep', 'getCurrentOISMode',
    'getCurrentCustomOISBias', 'setOISMode', 'setOISModeCustom'],
  Preconfig: ['canPreconfig', 'preconfig'],
  Quality: ['setQualityPrioritization'],
};

const WITHOUT = {
  PhotoSession: ['Stabilization', 'ControlCenter', 'Quality'],
  VideoSession: [],
  CaptureSession: ['ManualFocus', 'WhiteBalance', 'ManualIso', 'ColorManagement', 'ControlCenter', 'AutoDeviceSwitch', 'Macro',
    'Aperture', 'ManualExposure', 'OIS', 'Preconfig', 'Quality'],
};

test('each class has the methods of its interfaces, and no others', async () => {
  const { manager } = cameras();
  const made = {
    PhotoSession: manager.createSession(SceneMode.NORMAL_PHOTO),
    VideoSession: manager.createSession(SceneMode.NORMAL_VIDEO),
    CaptureSession: manager.createCaptureSession(),
  };
  for (const [name, session] of Object.entries(made)) {
    assert.equal(session.constructor.name, name);
    for (const [family, methods] of Object.entries(FAMILIES))
      for (const method of methods) {
        const wanted = WITHOUT[name].includes(family) ? 'undefined' : 'function';
        assert.equal(typeof session[method], wanted, `${name}.${method}`);
      }
    await session.release();
  }
});

/* What calls answer, as [method, arguments..., answer]; a code when they throw, null for undefined. */
async function answers(session, rows) {
  const found = [];
  for (const [method, ...rest] of rows) {
    const args = rest.slice(0, -1);
    let answer;
    const code = await codeOf(() => { answer = session[method](...args); });
    found.push([method, ...args, code === 0 ? (answer ?? null) : code]);
  }
  return found;
}

async function check(session, rows) {
  assert.deepEqual(await answers(session, rows), rows);
}

function modes(method, supported) {
  return Object.entries(supported).map(([mode, answer]) => [method, Number(mode), answer]);
}

describe('a camera with controls', () => {
  let made;
  before(async () => { made = await rig(); });
  after(() => made.end());

  test('flash', () => check(made.session, [
    ['hasFlash', true],
    ...modes('isFlashModeSupported', { 0: true, 1: true, 2: false, 3: true }),
    ['getFlashMode', 0],
    ['setFlashMode', 1, null], ['getFlashMode', 1],
    ['setFlashMode', 2, NOT_ALLOWED], ['getFlashMode', 1],
    ['setFlashMode', 0, null], ['getFlashMode', 0],
  ]));

  test('exposure: modes, metering, bias in EV', () => check(made.session, [
    ...modes('isExposureModeSupported', { 0: true, 1: true, 2: true, 3: true, '-1': false }),
    ['getExposureMode', 2],
    ['setExposureMode', 0, null], ['getExposureMode', 0],
    ['setExposureMode', -1, NOT_ALLOWED],
    ['setExposureMode', 2, null],
    ...modes('isExposureMeteringModeSupported', { 0: true, 1: true, 2: true }),
    ['setExposureMeteringMode', 2, null], ['getExposureMeteringMode', 2],
    ['getMeteringPoint', NOT_ALLOWED],
    ['setMeteringPoint', { x: 0.5, y: 0.5 }, NOT_ALLOWED],
    ['getExposureBiasRange', [-2, 2]],
    ['getExposureBiasStep', 0.333],
    ['setExposureBias', 0.7, null], ['getExposureValue', 0.667],
    ['setExposureBias', 9, null], ['getExposureValue', 2],
    ['setExposureBias', 0, null], ['getExposureValue', 0],
  ]));

  test('manual exposure, in microseconds', () => check(made.session, [
    ['getSupportedExposureDurationRange', [100, 1000000]],
    ['setExposureDuration', 5000, null], ['getExposureDuration', 5000],
    ['getExposureMode', 3],
    ['setExposureDuration', 99, INVALID_ARGUMENT], ['getExposureDuration', 5000],
    ['setExposureMode', 2, null],
  ]));

  test('ISO speed', () => check(made.session, [
    ['getSupportedIsoRange', [50, 3200]],
    ['setIso', 400, null], ['getIso', 400],
    ['setIso', 49, INVALID_ARGUMENT], ['getIso', 400],
  ]));

  test('white balance, in kelvin', () => check(made.session, [
    ...modes('isWhiteBalanceModeSupported', { 0: true, 1: true, 2: true, 3: true, 4: true, 5: true, 6: true }),
    ['getWhiteBalanceMode', 0],
    ['getWhiteBalanceRange', [2800, 6500]],
    ['setWhiteBalance', 5000, null], ['getWhiteBalance', 5000], ['getWhiteBalanceMode', 5],
    ['setWhiteBalance', 2000, INVALID_ARGUMENT], ['getWhiteBalance', 5000],
    ['setWhiteBalanceMode', 1, null], ['getWhiteBalanceMode', 1],
    ['setWhiteBalanceMode', 0, null],
  ]));

  test('focus', () => check(made.session, [
    ...modes('isFocusModeSupported', { 0: true, 1: true, 2: true, 3: true }),
    ['getFocusMode', 1],
    ['isFocusDistanceSupported', true],
    ['setFocusDistance', 1, null], ['getFocusDistance', 1], ['getFocusMode', 0],
    ['setFocusDistance', 1.5, INVALID_ARGUMENT], ['getFocusDistance', 1],
    ['setFocusMode', 1, null], ['getFocusMode', 1],
    ['getFocusPoint', NOT_ALLOWED],
    ['setFocusPoint', { x: 0, y: 1 }, NOT_ALLOWED],
    ['getFocalLength', NOT_ALLOWED],
  ]));

  test('zoom', () => check(made.session, [
    ['getZoomRatioRange', [1, 4]],
    ['getZoomRatio', 1],
    ['setZoomRatio', 2, null], ['getZoomRatio', 2],
    ['setZoomRatio', 100, null], ['getZoomRatio', 4],
    ['setSmoothZoom', 2, 7, INVALID_ARGUMENT], ['getZoomRatio', 4],
    ['setZoomRatio', 1, null],
  ]));

  test('stabilization', () => check(made.session, [
    ...modes('isVideoStabilizationModeSupported', { 0: true, 1: false, 2: false, 3: false, 4: true }),
    ['setVideoStabilizationMode', 4, null], ['getActiveVideoStabilizationMode', 4],
    ['setVideoStabilizationMode', 1, NOT_ALLOWED], ['getActiveVideoStabilizationMode', 4],
    ['setVideoStabilizationMode', 0, null], ['getActiveVideoStabilizationMode', 0],
  ]));

  test('colour spaces: one that is supported can be set, one that is not cannot', async () => {
    const { session } = made;
    const spaces = session.getSupportedColorSpaces();
    assert.deepEqual([...spaces].sort((one, other) => one - other), [4, 6, 15, 16], 'colorSpaceManager numbers them so');
    assert.equal(session.getActiveColorSpace(), spaces[0], 'the first is what the camera gives');
    session.setColorSpace(spaces[1]);
    assert.equal(session.getActiveColorSpace(), spaces[1]);
    const other = Array.from({ length: 20 }, (_, number) => number + 1).find((number) => !spaces.includes(number));
    await check(session, [['setColorSpace', other, NOT_ALLOWED], ['setColorSpace', 999, INVALID_ARGUMENT], ['getActiveColorSpace', spaces[1]]]);
    session.setColorSpace(spaces[0]);
  });

  test('quality or power', () => check(made.session, [
    ['setQualityPrioritization', 1, null],
    ['setQualityPrioritization', 2, INVALID_ARGUMENT],
    ['setQualityPrioritization', 0, null],
  ]));
});

/* What no camera of V4L2 has. */
const MISSING = [
  ['isLockFocusTrackingSupported', false],
  ['lockFocusTracking', { x: 0.5, y: 0.5 }, NOT_ALLOWED],
  ['unlockFocusTracking', NOT_ALLOWED],
  ['getColorTintRange', []], ['getColorTint', NOT_ALLOWED], ['setColorTint', 3, NOT_ALLOWED],
  ['getZoomPointInfos', []], ['getRAWCaptureZoomRatioRange', []],
  ['isControlCenterSupported', false], ['getSupportedEffectTypes', []], ['enableControlCenter', true, NOT_ALLOWED],
  ['isAutoDeviceSwitchSupported', false], ['enableAutoDeviceSwitch', true, NOT_ALLOWED],
  ['isMacroSupported', false], ['enableMacro', true, NOT_ALLOWED],
  ['getSupportedPhysicalApertures', []], ['getPhysicalAperture', NOT_ALLOWED], ['setPhysicalAperture', 2.8, NOT_ALLOWED],
  ['isOISModeSupported', 1, false], ['getSupportedOISBiasRange', 0, []], ['getSupportedOISBiasStep', 0, NOT_ALLOWED],
  ['getCurrentOISMode', NOT_ALLOWED], ['getCurrentCustomOISBias', 1, NOT_ALLOWED], ['setOISMode', 1, NOT_ALLOWED],
  ['setOISModeCustom', 0.5, 0.5, NOT_ALLOWED],
];

/* The same before commit: questions are answered, the rest is refused because of the state. */
const MISSING_IN_CONFIG = MISSING.map((row) => (row.at(-1) === NOT_ALLOWED ? [...row.slice(0, -1), NOT_CONFIG] : row));

describe('a camera without controls', () => {
  let made;
  before(async () => { made = await rig({ list: 'virtual:1+plain' }); });
  after(() => made.end());

  test('questions say no, getters and setters refuse', () => check(made.session, [
    ['hasFlash', false],
    ...modes('isFlashModeSupported', { 0: true, 1: false, 2: false, 3: false }),
    ['getFlashMode', 0], ['setFlashMode', 0, null], ['setFlashMode', 1, NOT_ALLOWED],
    ...modes('isExposureModeSupported', { 0: false, 1: false, 2: false, 3: false }),
    ['getExposureMode', -1], ['setExposureMode', 2, NOT_ALLOWED],
    ...modes('isExposureMeteringModeSupported', { 0: false, 1: false, 2: false }),
    ['getExposureMeteringMode', NOT_ALLOWED], ['setExposureMeteringMode', 0, NOT_ALLOWED],
    ['getExposureBiasRange', []], ['getExposureBiasStep', NOT_ALLOWED], ['setExposureBias', 1, NOT_ALLOWED], ['getExposureValue', NOT_ALLOWED],
    ['getSupportedExposureDurationRange', []], ['getExposureDuration', NOT_ALLOWED], ['setExposureDuration', 5000, NOT_ALLOWED],
    ['getSupportedIsoRange', []], ['getIso', NOT_ALLOWED], ['setIso', 100, NOT_ALLOWED],
    ...modes('isWhiteBalanceModeSupported', { 0: false, 1: false, 2: false, 3: false, 4: false, 5: false, 6: false }),
    ['getWhiteBalanceMode', NOT_ALLOWED], ['setWhiteBalanceMode', 0, NOT_ALLOWED],
    ['getWhiteBalanceRange', []], ['getWhiteBalance', NOT_ALLOWED], ['setWhiteBalance', 5000, NOT_ALLOWED],
    ...modes('isFocusModeSupported', { 0: false, 1: false, 2: false, 3: false }),
    ['getFocusMode', NOT_ALLOWED], ['setFocusMode', 1, NOT_ALLOWED],
    ['isFocusDistanceSupported', false], ['getFocusDistance', NOT_ALLOWED], ['setFocusDistance', 0.5, NOT_ALLOWED],
    ...modes('isVideoStabilizationModeSupported', { 0: true, 4: false }),
    ['getActiveVideoStabilizationMode', 0], ['setVideoStabilizationMode', 4, NOT_ALLOWED],
  ]));

  test('it zooms all the same, by cutting out', () => check(made.session, [
    ['getZoomRatioRange', [1, 8]],
    ['setZoomRatio', 3, null], ['getZoomRatio', 3],
  ]));

  test('what no camera here has', () => check(made.session, MISSING));
});

test('before commit what is supported can be asked, and nothing read or set', async () => {
  const made = await rig({ state: 'config' });
  try {
    await check(made.session, [
      ...MISSING_IN_CONFIG,
      ['hasFlash', true], ['isFlashModeSupported', 1, true], ['getFlashMode', NOT_CONFIG], ['setFlashMode', 1, NOT_CONFIG],
      ['getExposureBiasRange', [-2, 2]], ['setExposureBias', 1, NOT_CONFIG], ['getExposureValue', NOT_CONFIG],
      ['getSupportedIsoRange', [50, 3200]], ['setIso', 400, NOT_CONFIG],
      ['getZoomRatioRange', [1, 4]], ['getZoomRatio', NOT_CONFIG], ['setSmoothZoom', 2, NOT_CONFIG],
      ['getActiveColorSpace', NOT_CONFIG], ['setColorSpace', 3, NOT_CONFIG],
    ]);
    assert.ok(made.session.getSupportedColorSpaces().length > 0);
  } finally {
    await made.end();
  }
});

test('what is set stays over stop, start and a new configuration', async () => {
  const made = await rig({ state: 'started' });
  try {
    const { session } = made;
    session.setZoomRatio(2);
    session.setExposureDuration(5000);
    await session.stop();
    await session.start();
    session.beginConfig();
    await session.commitConfig();
    await check(session, [['getZoomRatio', 2], ['getExposureDuration', 5000], ['getExposureMode', 3]]);
  } finally {
    await made.end();
  }
});

test('arguments of the wrong kind are refused at once, with what came', async () => {
  const made = await rig({ state: 'committed' });
  try {
    const { session } = made;
    for (const [method, args, detail] of [
      ['setFlashMode', ['open'], 'the flash mode must be an integer of 32 bits, not a string'],
      ['setFlashMode', [], 'setFlashMode() takes 1 argument, not 0'],
      ['setFlashMode', [1, 1], 'setFlashMode() takes 1 argument, not 2'],
      ['setFlashMode', [0.5], 'the flash mode must be an integer of 32 bits, not the number 0.5'],
      ['getFlashMode', [1], 'getFlashMode() takes 0 arguments, not 1'],
      ['getZoomRatioRange', [1], 'getZoomRatioRange() takes 0 arguments, not 1'],
      ['isFocusModeSupported', [null], 'the focus mode must be an integer of 32 bits, not null'],
      ['setZoomRatio', [NaN], 'the zoom ratio must be a number, not the number NaN'],
      ['setSmoothZoom', [2, 'fast'], 'the smooth zoom mode must be an integer of 32 bits, not a string'],
      ['setMeteringPoint', [0.5], 'the metering point must be an object, not the number 0.5'],
      ['setFocusPoint', [{ x: 0.5 }], "the focus point's y must be a number, not undefined"],
      ['enableMacro', [1], 'enabled must be a boolean, not the number 1'],
      ['setOISModeCustom', [0.5], 'setOISModeCustom() takes 2 arguments, not 1'],
      ['canPreconfig', ['720p'], 'the preconfig type must be an integer of 32 bits, not a string'],
    ]) {
      assert.throws(() => session[method](...args), { code: INVALID_ARGUMENT, detail }, `${method}(${args})`);
    }
    for (const [method, args] of [
      ['isFlashModeSupported', [9]], ['setExposureMode', [7]], ['setMeteringPoint', [{ x: 2, y: 0 }]],
      ['setExposureBias', [1e300]], ['setZoomRatio', [Infinity]], ['canPreconfig', [0, 9]],
    ])
      assert.equal(await codeOf(() => session[method](...args)), INVALID_ARGUMENT, `${method}(${args})`);
  } finally {
    await made.end();
  }
});

test('preconfiguration gives outputs without a profile theirs', async () => {
  const { manager, device } = cameras();
  const input = manager.createCameraInput(device);
  const session = manager.createSession(SceneMode.NORMAL_PHOTO);
  const photo = manager.createPhotoOutput();
  try {
    await input.open();
    // The camera has pictures of 16:9 alone, and 4:3 is what photo sessions take by themselves.
    assert.equal(session.canPreconfig(0), false);
    assert.equal(session.canPreconfig(0, undefined), false);
    assert.equal(await codeOf(() => session.preconfig(0)), 7400201);
    assert.equal(session.canPreconfig(0, 2), true);
    session.preconfig(0, 2);
    session.beginConfig();
    session.addInput(input);
    session.addOutput(photo);
    await session.commitConfig();
    const { width, height } = photo.getActiveProfile().size;
    assert.deepEqual([width, height], [1920, 1080], 'the largest photo of that shape');
  } finally {
    await session.release();
    await photo.release();
  }
});
