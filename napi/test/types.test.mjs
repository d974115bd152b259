// SPDX-License-Identifier: Apache-2.0

/* The declarations say what is there at run time, neither more nor less; and the enumerations' numbers are those of
 * the library's header. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { complaintsOfDeclarations, declaredEvents, declaredMembers, declaredValues } from './declarations.mjs';
import { next, rig, SceneMode } from './rig.mjs';
import { root } from './typescript.mjs';

const package_ = createRequire(import.meta.url)('../index.js');
const { camera, image, media } = package_;

test('the declarations have no errors', () => {
  assert.deepEqual(complaintsOfDeclarations, []);
});

/* ---- values ---- */

for (const name of ['camera', 'image', 'media', 'colorSpaceManager'])
  test(`the functions and enumerations of ${name} are declared as they are`, () => {
    const found = Object.fromEntries(Object.entries(package_[name]).map(([key, value]) =>
      [key, typeof value === 'function' ? 'function' : { ...value }]));
    assert.deepEqual(found, declaredValues(name));
    assert.ok(Object.keys(found).length > 0);
  });

test('enumerations cannot be changed', () => {
  for (const name of ['camera', 'image', 'media', 'colorSpaceManager'])
    for (const [key, value] of Object.entries(package_[name]))
      if (typeof value === 'object')
        assert.ok(Object.isFrozen(value), `${name}.${key}`);
});

/* ---- the header's numbers ---- */

/* The header's text is where the library's own is: in the project's tree. */
function headerEnums() {
  const header = readFileSync(path.join(root, '..', 'include', 'camera_session.h'), 'utf8');
  return new Map([...header.matchAll(/^enum (camera_\w+)[^{;]*\{([^}]*)\}/gm)].map(([, name, body]) =>
    [name, new Map([...body.matchAll(/^\s*CAMERA_(\w+) = (-?\d+)/gm)].map(([, member, value]) => [member, Number(value)]))]));
}

const same = (name) => name;
/* Each of the header's enumerations that JavaScript has: its members' prefix behind CAMERA_, the enumeration, and the
 * name there. */
const pairs = {
  camera_code: ['ERROR_', camera.CameraErrorCode, same],
  camera_format: ['FORMAT_', camera.CameraFormat, (name) => `CAMERA_FORMAT_${name}`],
  camera_position: ['POSITION_', camera.CameraPosition, (name) => `CAMERA_POSITION_${name}`],
  camera_type: ['TYPE_', camera.CameraType, (name) => `CAMERA_TYPE_${name}`],
  camera_connection: ['CONNECTION_', camera.ConnectionType, (name) => `CAMERA_CONNECTION_${name}`],
  camera_scene_mode: ['SCENE_MODE_', camera.SceneMode, same],
  camera_quality_level: ['QUALITY_LEVEL_', camera.QualityLevel, (name) => `QUALITY_LEVEL_${name}`],
  camera_image_rotation: ['IMAGE_ROTATION_', camera.ImageRotation, (name) => `ROTATION_${name}`],
  camera_status: ['STATUS_', camera.CameraStatus, (name) => `CAMERA_STATUS_${name}`],
  camera_video_stabilization_mode: ['VIDEO_STABILIZATION_MODE_', camera.VideoStabilizationMode, same],
  camera_smooth_zoom_mode: ['SMOOTH_ZOOM_MODE_', camera.SmoothZoomMode, same],
  camera_focus_mode: ['FOCUS_MODE_', camera.FocusMode, (name) => `FOCUS_MODE_${name}`],
  camera_focus_state: ['FOCUS_STATE_', camera.FocusState, (name) => `FOCUS_STATE_${name}`],
  camera_flash_mode: ['FLASH_MODE_', camera.FlashMode, (name) => `FLASH_MODE_${name}`],
  camera_flash_state: ['FLASH_STATE_', camera.FlashState, (name) => `FLASH_STATE_${name}`],
  camera_exposure_state: ['EXPOSURE_STATE_', camera.ExposureState, (name) => `EXPOSURE_STATE_${name}`],
  camera_exposure_mode: ['EXPOSURE_MODE_', camera.ExposureMode, (name) => `EXPOSURE_MODE_${name}`],
  camera_exposure_metering_mode: ['EXPOSURE_METERING_MODE_', camera.ExposureMeteringMode, same],
  camera_white_balance_mode: ['WHITE_BALANCE_MODE_', camera.WhiteBalanceMode, same],
  camera_torch_mode: ['TORCH_MODE_', camera.TorchMode, same],
  camera_quality_prioritization: ['QUALITY_PRIORITIZATION_', camera.QualityPrioritization, same],
  camera_preconfig_type: ['PRECONFIG_TYPE_', camera.PreconfigType,
    (name) => `PRECONFIG_${name.replace(/^P(\d+)$/, '$1P').replace('P4K', '4K').replace('_BT2020', '_PHOTOSESSION_BT2020')}`],
  camera_preconfig_ratio: ['PRECONFIG_RATIO_', camera.PreconfigRatio,
    (name) => `PRECONFIG_RATIO_${name.slice(1).replace('X', '_')}`],
  camera_metadata_object_type: ['METADATA_OBJECT_TYPE_', camera.MetadataObjectType, same],
};

/* And those that it does not have: of the library's own ways, seen as events and methods, or with other numbers. */
const notInJavaScript = ['camera_dispatch', 'camera_log_level', 'camera_output_kind', 'camera_surface_policy',
  'camera_session_state', 'camera_color_matrix', 'camera_color_range', 'camera_output_event_type',
  'camera_manager_event_type', 'camera_input_event_type', 'camera_session_event_type', 'camera_control_type',
  'camera_container', 'camera_recorder_state', 'camera_recorder_event_type', 'camera_color_space'];

test('the header\'s enumerations are all known', () => {
  assert.deepEqual([...headerEnums().keys()].sort(), [...Object.keys(pairs), ...notInJavaScript].sort());
});

test('the numbers are the header\'s', () => {
  const header = headerEnums();
  for (const [name, [prefix, enumeration, named]] of Object.entries(pairs)) {
    const members = [...header.get(name)].filter(([member]) => member !== 'OK');
    assert.ok(members.length > 0, name);
    for (const [member, value] of members) {
      assert.ok(member.startsWith(prefix), `${name}: ${member}`);
      assert.equal(enumeration[named(member.slice(prefix.length))], value, `${name}: ${member}`);
    }
  }
});

/* ---- objects ---- */

/* One object of each interface that has a class. */
let objects;
let ends = [];

/* A photo and an image of a receiver, for what can be had no other way. */
async function takePhoto(made) {
  const photo = next(made.outputs.photo, 'photoAvailable');
  await made.outputs.photo.capture();
  return photo;
}

async function readImage(receiver) {
  await next(receiver, 'imageArrival');
  return receiver.readNextImage();
}

before(async () => {
  const video = await rig({ kinds: ['preview', 'photo', 'video'], state: 'started' });
  const photoSession = video.manager.createSession(SceneMode.NORMAL_PHOTO);
  const captureSession = video.manager.createCaptureSession();
  const metadata = video.manager.createMetadataOutput([camera.MetadataObjectType.FACE_DETECTION]);
  const recorder = await media.createAVRecorder();
  const photo = await takePhoto(video);
  const picture = await readImage(video.surfaces[0]);
  ends = [() => photo.release(), () => picture.release(), () => recorder.release(), () => metadata.release(),
    () => captureSession.release(),
    () => photoSession.release(), () => video.end()];
  objects = {
    camera: {
      CameraManager: video.manager, CameraInput: video.input, PreviewOutput: video.outputs.preview,
      PhotoOutput: video.outputs.photo, VideoOutput: video.outputs.video, MetadataOutput: metadata,
      VideoSession: video.session, PhotoSession: photoSession, CaptureSession: captureSession, Photo: photo,
    },
    image: { ImageReceiver: video.surfaces[0], Image: picture },
    media: { AVRecorder: recorder },
  };
});

after(async () => {
  for (const end of ends) await end();
});

const each = (visit) => {
  for (const [module, classes] of Object.entries(objects))
    for (const [name, object] of Object.entries(classes)) visit(module, name, object);
};

test('classes have the members that are declared, and no others', () => {
  const whole = ['AutoExposure', 'Flash', 'Focus', 'Stabilization', 'Zoom']
    .flatMap((name) => declaredMembers('camera', name).map((member) => member.name));
  each((module, name, object) => {
    const members = Object.getOwnPropertyNames(Object.getPrototypeOf(object)).filter((key) => key !== 'constructor');
    const declared = declaredMembers(module, name).map((member) => member.name);
    assert.deepEqual(declared.filter((member) => !members.includes(member)), [], `${module}.${name} has less`);
    /* The session of before API 11 has whole families of controls, of which its interface has a part. */
    const known = name === 'CaptureSession' ? [...declared, ...whole] : declared;
    assert.deepEqual(members.filter((member) => !known.includes(member)), [], `${module}.${name} has more`);
  });
});

test('every declared event can be registered, and no other', () => {
  each((module, name, object) => {
    const events = declaredEvents(module, name);
    for (const event of events) {
      const listener = () => {};
      object.on(event, listener);
      object.off(event, listener);
    }
    if (events.length > 0)
      assert.throws(() => object.on('noSuchEvent', () => {}), ({ code }) => code === 7400101 || code === 401, `${module}.${name}`);
  });
});

/* Plain values: what must be there is there, and nothing is that is not declared. */
function looksLike(value, module, name) {
  const members = declaredMembers(module, name);
  const keys = Object.keys(value);
  assert.deepEqual(keys.filter((key) => !members.some((member) => member.name === key)), [], `${module}.${name} has more`);
  assert.deepEqual(members.filter((member) => !member.optional && !keys.includes(member.name)), [], `${module}.${name} has less`);
}

test('plain values have the fields that are declared', async () => {
  const { CameraManager: manager, PreviewOutput: preview, VideoOutput: video, Image: picture } =
    { ...objects.camera, ...objects.image };
  const [device] = manager.getSupportedCameras();
  const capability = manager.getSupportedOutputCapability(device, SceneMode.NORMAL_VIDEO);
  looksLike(device, 'camera', 'CameraDevice');
  looksLike(capability, 'camera', 'CameraOutputCapability');
  looksLike(capability.previewProfiles[0], 'camera', 'Profile');
  looksLike(capability.previewProfiles[0].size, 'camera', 'Size');
  looksLike(capability.videoProfiles[0], 'camera', 'VideoProfile');
  looksLike(capability.videoProfiles[0].frameRateRange, 'camera', 'FrameRateRange');
  looksLike(manager.getCameraConcurrentInfos([device])[0], 'camera', 'CameraConcurrentInfo');
  looksLike(preview.getActiveProfile(), 'camera', 'Profile');
  looksLike(video.getActiveProfile(), 'camera', 'VideoProfile');
  looksLike(picture.clipRect, 'image', 'Region');
  looksLike(await picture.getComponent(image.ComponentType.JPEG), 'image', 'Component');
});
