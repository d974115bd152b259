// SPDX-License-Identifier: Apache-2.0

/* What the addon needs of the runtime is what Node-API and Ark's NAPI both have, and what it needs of the library
 * is what the public header declares. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const addon = path.join(here, '..', 'build', 'camera_session.node');

/* Those names of Ark's NAPI that the bridge uses or may well use, as OpenHarmony's NDK exports them from
 * libace_napi.z.so: openharmony/interface_sdk_c, arkui/napi/libnapi.ndk.json. All of them are functions of
 * Node-API. Not here, although both have them, because they do not behave alike: napi_add_finalizer,
 * napi_create_external, napi_remove_wrap. */
const ark = new Set(`
  napi_module_register napi_get_last_error_info
  napi_throw napi_throw_error napi_is_error napi_create_error
  napi_get_and_clear_last_exception napi_is_exception_pending napi_fatal_exception
  napi_open_handle_scope napi_close_handle_scope
  napi_open_escapable_handle_scope napi_close_escapable_handle_scope napi_escape_handle
  napi_create_reference napi_delete_reference napi_reference_ref napi_reference_unref napi_get_reference_value
  napi_create_array napi_create_array_with_length napi_create_arraybuffer napi_create_external_arraybuffer
  napi_create_object napi_create_symbol napi_create_typedarray
  napi_create_int32 napi_create_uint32 napi_create_int64 napi_create_double napi_create_string_utf8
  napi_create_bigint_int64 napi_create_bigint_uint64
  napi_get_array_length napi_get_arraybuffer_info napi_detach_arraybuffer napi_is_detached_arraybuffer
  napi_get_value_bool napi_get_value_double napi_get_value_int32 napi_get_value_int64 napi_get_value_uint32
  napi_get_value_string_utf8 napi_get_value_bigint_int64 napi_get_value_bigint_uint64
  napi_get_boolean napi_get_global napi_get_null napi_get_undefined
  napi_typeof napi_instanceof napi_is_array napi_is_arraybuffer napi_strict_equals
  napi_set_property napi_get_property napi_has_property napi_delete_property napi_has_own_property
  napi_set_named_property napi_get_named_property napi_has_named_property napi_get_property_names
  napi_set_element napi_get_element napi_has_element napi_delete_element
  napi_define_properties napi_define_class napi_object_freeze
  napi_call_function napi_create_function napi_get_cb_info napi_get_new_target napi_new_instance
  napi_wrap napi_unwrap napi_type_tag_object napi_check_object_type_tag
  napi_create_promise napi_resolve_deferred napi_reject_deferred
  napi_create_threadsafe_function napi_get_threadsafe_function_context napi_call_threadsafe_function
  napi_acquire_threadsafe_function napi_release_threadsafe_function
  napi_ref_threadsafe_function napi_unref_threadsafe_function
  napi_set_instance_data napi_get_instance_data
  napi_add_env_cleanup_hook napi_remove_env_cleanup_hook
`.trim().split(/\s+/));

/* The symbols that the addon takes from elsewhere, without their versions. */
function undefinedSymbols() {
  return execFileSync('nm', ['-D', '--undefined-only', addon], { encoding: 'utf8' })
    .split('\n').map((line) => line.trim().split(/\s+/).pop().replace(/@.*/, '')).filter((name) => name !== '');
}

/* The functions of Node-API up to a version, by the preprocessor: what its header declares then. */
function nodeApi(version) {
  const include = createRequire(import.meta.url)('node-api-headers').include_dir;
  const declared = execFileSync(process.env.CC ?? 'cc', ['-E', '-P', `-DNAPI_VERSION=${version}`, '-I', include, '-x', 'c', '-'],
    { encoding: 'utf8', input: '#include <node_api.h>\n' });
  return new Set(declared.match(/\bnapi_\w+(?=\s*\()/g));
}

test('every function of the runtime that is used is also exported by Ark', () => {
  const used = undefinedSymbols().filter((name) => /^(napi|node_api)_/.test(name));
  assert.ok(used.includes('napi_define_class'), 'the list of symbols can be read');
  assert.deepEqual(used.filter((name) => !ark.has(name)), []);
});

test('every function of the runtime that is used is of Node-API version 8 or older', () => {
  const known = nodeApi(8);
  assert.ok(known.has('napi_object_freeze'), 'the header can be read');
  assert.ok(!known.has('node_api_symbol_for'), 'what is newer is not in it');
  assert.deepEqual(undefinedSymbols().filter((name) => name.startsWith('napi_') && !known.has(name)), []);
  /* The table above has no misspelt name in it either. */
  assert.deepEqual([...ark].filter((name) => !known.has(name)), []);
});

test('nothing of libuv or V8 is used', () => {
  assert.deepEqual(undefinedSymbols().filter((name) => /^uv_|^_ZN2v8|^_ZNK2v8|^_ZN4node/.test(name)), []);
});

test('of the library only what the public header declares is used', () => {
  const installed = () => execFileSync('pkg-config', ['--variable=includedir', 'camera-session'], { encoding: 'utf8' }).trim();
  const folder = process.env.CAMERA_SESSION_INCLUDE ?? path.join(here, '..', '..', 'include');
  let header;
  try {
    header = readFileSync(path.join(folder, 'camera_session.h'), 'utf8');
  } catch {
    header = readFileSync(path.join(installed(), 'camera_session.h'), 'utf8');
  }
  const declared = new Set(header.match(/\bcamera_\w+(?=\()/g));
  const used = undefinedSymbols().filter((name) => name.startsWith('camera_'));
  assert.ok(used.includes('camera_manager_create'), 'the list of symbols can be read');
  assert.deepEqual(used.filter((name) => !declared.has(name)), []);
  /* Rust's own names would mean that the addon is linked against the library's inside. */
  assert.deepEqual(undefinedSymbols().filter((name) => /^_R|rust_/.test(name)), []);
});

test('nothing but the module\'s entry is exported', () => {
  const exported = execFileSync('nm', ['-D', '--defined-only', addon], { encoding: 'utf8' })
    .split('\n').map((line) => line.trim().split(/\s+/).pop()).filter((name) => name !== '');
  assert.ok(exported.includes('napi_register_module_v1'), 'the list of symbols can be read');
  /* The standard library's templates are weak symbols that no flag hides. */
  const ours = exported.filter((name) => !name.startsWith('_Z') || name.includes('6bridge'));
  assert.deepEqual(ours.filter((name) => !/^(napi|node_api)_\w*module\w*_v\d+$/.test(name)), []);
});
