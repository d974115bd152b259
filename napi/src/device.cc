/* SPDX-License-Identifier: Apache-2.0
 *
 * Cameras and what they offer, as plain JavaScript objects. */
#include "classes.h"

namespace bridge {

napi_value make_device(napi_env env, const camera_description &camera)
{
    napi_value device = make_object(env);
    put(env, device, "cameraId", std::string(camera.id));
    put(env, device, "cameraPosition", static_cast<int64_t>(camera.position));
    put(env, device, "cameraType", static_cast<int64_t>(camera.camera_type));
    put(env, device, "connectionType", static_cast<int64_t>(camera.connection));
    put(env, device, "hostDeviceName", std::string());
    put(env, device, "hostDeviceType", static_cast<int64_t>(0));
    put(env, device, "cameraOrientation", static_cast<int64_t>(camera.orientation));
    /* What Linux does not know of a camera that is not open: empty, zero, or -1 where 0 has a meaning. */
    for (const char *name : {"lensEquivalentFocalLength", "constituentCameraDevices", "lensDistortion",
                             "lensIntrinsicCalibration", "sensorPhysicalSize", "sensorPixelArraySize"})
        put(env, device, name, make_array(env));
    put(env, device, "isLogicalCamera", make_bool(env, false));
    put(env, device, "lensFocalLength", static_cast<int64_t>(0));
    put(env, device, "minimumFocusDistance", static_cast<int64_t>(0));
    put(env, device, "sensorColorFilterArrangement", static_cast<int64_t>(-1));
    put(env, device, "automotiveCameraPosition", static_cast<int64_t>(-1));
    /* Beside Camera Kit's: how people call it. */
    put(env, device, "name", std::string(camera.name));
    return device;
}

bool expect_device(Call &call, size_t index, std::string *id)
{
    return call.expect_object(index, "the camera") &&
           call.expect_field_string(call.argument(index), "the camera", "cameraId", id);
}

napi_value make_profile(napi_env env, const camera_profile &profile, bool with_rates)
{
    napi_value made = make_object(env), size = make_object(env);
    put(env, size, "width", static_cast<int64_t>(profile.width));
    put(env, size, "height", static_cast<int64_t>(profile.height));
    put(env, made, "format", static_cast<int64_t>(profile.format));
    put(env, made, "size", size);
    if (with_rates) {
        napi_value rates = make_object(env);
        put(env, rates, "min", static_cast<int64_t>(profile.min_frame_rate));
        put(env, rates, "max", static_cast<int64_t>(profile.max_frame_rate));
        put(env, made, "frameRateRange", rates);
    }
    return made;
}

bool expect_profile(Call &call, size_t index, bool with_rates, camera_profile *profile)
{
    napi_value given = call.argument(index), size, rates;
    if (!call.expect_object(index, "the profile") ||
        !call.expect_field_uint(given, "the profile", "format", &profile->format) ||
        (size = get(call.env, given, "size")) == nullptr)
        return false;
    if (!is_object(call.env, size)) {
        throw_argument(call.env, "the profile's size must be an object, not " + describe(call.env, size));
        return false;
    }
    if (!call.expect_field_uint(size, "the profile's size", "width", &profile->width) ||
        !call.expect_field_uint(size, "the profile's size", "height", &profile->height))
        return false;
    if (!with_rates)
        return true;
    if ((rates = get(call.env, given, "frameRateRange")) == nullptr)
        return false;
    if (!is_object(call.env, rates)) {
        throw_argument(call.env, "the profile's frameRateRange must be an object, not " + describe(call.env, rates));
        return false;
    }
    return call.expect_field_uint(rates, "the profile's frameRateRange", "min", &profile->min_frame_rate) &&
           call.expect_field_uint(rates, "the profile's frameRateRange", "max", &profile->max_frame_rate);
}

/* The profiles of one kind of output. Camera Kit's formats come first, so that a program which takes the
 * first profile gets one that it knows; behind them the camera's own (FourCC), which need no conversion. */
static napi_value make_profiles(napi_env env, camera_capability *capability, int32_t kind)
{
    napi_value list = make_array(env);
    uint32_t count = 0;
    if (camera_capability_get_profile_count(capability, kind, &count) != CAMERA_OK)
        return list;
    for (int pass = 0; pass < 2; pass++)
        for (uint32_t i = 0; i < count; i++) {
            camera_profile profile = CAMERA_PROFILE_INIT;
            const uint32_t greatest_kit_format = 0xffff; /* a FourCC's four letters make a greater number */
            if (camera_capability_get_profile(capability, kind, i, &profile) == CAMERA_OK &&
                (profile.format <= greatest_kit_format) == (pass == 0))
                push(env, list, make_profile(env, profile, kind == CAMERA_OUTPUT_KIND_VIDEO));
        }
    return list;
}

napi_value make_capability(Call &call, camera_manager *manager, const std::string &camera, int32_t mode)
{
    napi_env env = call.env;
    camera_capability *capability;
    if (!succeeded(env, camera_manager_get_capability(manager, camera.c_str(), mode, &capability)))
        return nullptr;
    napi_value made = make_object(env), types = make_array(env);
    uint32_t count = 0;
    put(env, made, "previewProfiles", make_profiles(env, capability, CAMERA_OUTPUT_KIND_PREVIEW));
    put(env, made, "photoProfiles", make_profiles(env, capability, CAMERA_OUTPUT_KIND_PHOTO));
    put(env, made, "videoProfiles", make_profiles(env, capability, CAMERA_OUTPUT_KIND_VIDEO));
    if (camera_capability_get_metadata_type_count(capability, &count) == CAMERA_OK)
        for (uint32_t i = 0; i < count; i++) {
            int32_t type;
            if (camera_capability_get_metadata_type(capability, i, &type) == CAMERA_OK)
                push(env, types, make_int(env, type));
        }
    put(env, made, "supportedMetadataObjectTypes", types);
    camera_capability_release(capability);
    return made;
}

} // namespace bridge
