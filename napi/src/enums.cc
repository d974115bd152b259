/* SPDX-License-Identifier: Apache-2.0
 *
 * The enumerations of the modules camera and image, with Camera Kit's numbers. Members that only system
 * applications see are not here. */
#include "classes.h"

namespace bridge {

namespace {

struct Member {
    const char *name;
    int32_t value;
};

struct Enumeration {
    const char *name;
    std::initializer_list<Member> members;
};

/* Frozen: a program that writes into one has mistaken it for something else. */
void fill(napi_env env, napi_value module, const Enumeration &enumeration)
{
    napi_value object = make_object(env);
    for (const Member &member : enumeration.members)
        put(env, object, member.name, static_cast<int64_t>(member.value));
    napi_object_freeze(env, object);
    put(env, module, enumeration.name, object);
}

} // namespace

void fill_camera_enums(napi_env env, napi_value module)
{
    const Enumeration enumerations[] = {
        {"CameraStatus", {{"CAMERA_STATUS_APPEAR", 0}, {"CAMERA_STATUS_DISAPPEAR", 1}, {"CAMERA_STATUS_AVAILABLE", 2},
            {"CAMERA_STATUS_UNAVAILABLE", 3}}},
        {"FoldStatus", {{"NON_FOLDABLE", 0}, {"EXPANDED", 1}, {"FOLDED", 2}}},
        {"SensorColorFilterArrangement", {{"BGGR", 0}, {"GBRG", 1}, {"GRBG", 2}, {"RGGB", 3}}},
        {"CameraErrorCode", {{"INVALID_ARGUMENT", 7400101}, {"OPERATION_NOT_ALLOWED", 7400102},
            {"SESSION_NOT_CONFIG", 7400103}, {"SESSION_NOT_RUNNING", 7400104}, {"SESSION_CONFIG_LOCKED", 7400105},
            {"DEVICE_SETTING_LOCKED", 7400106}, {"CONFLICT_CAMERA", 7400107}, {"DEVICE_DISABLED", 7400108},
            {"DEVICE_PREEMPTED", 7400109}, {"UNRESOLVED_CONFLICTS_WITH_CURRENT_CONFIGURATIONS", 7400110},
            {"SERVICE_FATAL_ERROR", 7400201}}},
        {"TorchMode", {{"OFF", 0}, {"ON", 1}, {"AUTO", 2}}},
        {"CameraPosition", {{"CAMERA_POSITION_UNSPECIFIED", 0}, {"CAMERA_POSITION_BACK", 1}, {"CAMERA_POSITION_FRONT", 2},
            {"CAMERA_POSITION_FOLD_INNER", 3}}},
        {"CameraType", {{"CAMERA_TYPE_DEFAULT", 0}, {"CAMERA_TYPE_WIDE_ANGLE", 1}, {"CAMERA_TYPE_ULTRA_WIDE", 2},
            {"CAMERA_TYPE_TELEPHOTO", 3}, {"CAMERA_TYPE_TRUE_DEPTH", 4}}},
        {"ConnectionType", {{"CAMERA_CONNECTION_BUILT_IN", 0}, {"CAMERA_CONNECTION_USB_PLUGIN", 1},
            {"CAMERA_CONNECTION_REMOTE", 2}}},
        {"HostDeviceType", {{"UNKNOWN_TYPE", 0}, {"PHONE", 14}, {"TABLET", 17}}},
        {"SceneMode", {{"NORMAL_PHOTO", 1}, {"NORMAL_VIDEO", 2}, {"SECURE_PHOTO", 12}}},
        {"CameraFormat", {{"CAMERA_FORMAT_RGBA_8888", 3}, {"CAMERA_FORMAT_DNG", 4}, {"CAMERA_FORMAT_YUV_420_SP", 1003},
            {"CAMERA_FORMAT_JPEG", 2000}, {"CAMERA_FORMAT_YCBCR_P010", 2001}, {"CAMERA_FORMAT_YCRCB_P010", 2002},
            {"CAMERA_FORMAT_HEIC", 2003}, {"CAMERA_FORMAT_DNG_XDRAW", 5}}},
        {"FlashMode", {{"FLASH_MODE_CLOSE", 0}, {"FLASH_MODE_OPEN", 1}, {"FLASH_MODE_AUTO", 2},
            {"FLASH_MODE_ALWAYS_OPEN", 3}}},
        {"FlashState", {{"FLASH_STATE_UNAVAILABLE", 0}, {"FLASH_STATE_READY", 1}, {"FLASH_STATE_FLASHING", 2}}},
        {"ExposureMode", {{"EXPOSURE_MODE_UNSPECIFIED", -1}, {"EXPOSURE_MODE_LOCKED", 0}, {"EXPOSURE_MODE_AUTO", 1},
            {"EXPOSURE_MODE_CONTINUOUS_AUTO", 2}, {"EXPOSURE_MODE_MANUAL", 3}}},
        {"ExposureState", {{"EXPOSURE_STATE_SCAN", 0}, {"EXPOSURE_STATE_CONVERGED", 1}}},
        {"ExposureMeteringMode", {{"MATRIX", 0}, {"CENTER", 1}, {"SPOT", 2}}},
        {"FocusMode", {{"FOCUS_MODE_MANUAL", 0}, {"FOCUS_MODE_CONTINUOUS_AUTO", 1}, {"FOCUS_MODE_AUTO", 2},
            {"FOCUS_MODE_LOCKED", 3}}},
        {"FocusState", {{"FOCUS_STATE_SCAN", 0}, {"FOCUS_STATE_FOCUSED", 1}, {"FOCUS_STATE_UNFOCUSED", 2}}},
        {"WhiteBalanceMode", {{"AUTO", 0}, {"CLOUDY", 1}, {"INCANDESCENT", 2}, {"FLUORESCENT", 3}, {"DAYLIGHT", 4},
            {"MANUAL", 5}, {"LOCKED", 6}}},
        {"SmoothZoomMode", {{"NORMAL", 0}}},
        {"VideoStabilizationMode", {{"OFF", 0}, {"LOW", 1}, {"MIDDLE", 2}, {"HIGH", 3}, {"AUTO", 4}}},
        {"ControlCenterEffectType", {{"BEAUTY", 0}, {"PORTRAIT", 1}, {"AUTO_FRAMING", 2}, {"COLOR_EFFECT", 3}}},
        {"PreconfigType", {{"PRECONFIG_720P", 0}, {"PRECONFIG_1080P", 1}, {"PRECONFIG_4K", 2},
            {"PRECONFIG_HIGH_QUALITY", 3}, {"PRECONFIG_HIGH_QUALITY_PHOTOSESSION_BT2020", 4}}},
        {"PreconfigRatio", {{"PRECONFIG_RATIO_1_1", 0}, {"PRECONFIG_RATIO_4_3", 1}, {"PRECONFIG_RATIO_16_9", 2}}},
        {"PhotoQualityPrioritization", {{"HIGH_QUALITY", 0}, {"SPEED", 1}}},
        {"QualityPrioritization", {{"HIGH_QUALITY", 0}, {"POWER_BALANCE", 1}}},
        {"SystemPressureLevel", {{"SYSTEM_PRESSURE_NORMAL", 0}, {"SYSTEM_PRESSURE_MILD", 1},
            {"SYSTEM_PRESSURE_SEVERE", 2}, {"SYSTEM_PRESSURE_CRITICAL", 3}, {"SYSTEM_PRESSURE_SHUTDOWN", 4}}},
        {"ImageRotation", {{"ROTATION_0", 0}, {"ROTATION_90", 90}, {"ROTATION_180", 180}, {"ROTATION_270", 270}}},
        {"QualityLevel", {{"QUALITY_LEVEL_HIGH", 0}, {"QUALITY_LEVEL_MEDIUM", 1}, {"QUALITY_LEVEL_LOW", 2}}},
        {"VideoCodecType", {{"AVC", 0}, {"HEVC", 1}}},
        {"MetadataObjectType", {{"FACE_DETECTION", 0}, {"HUMAN_BODY", 1}, {"CAT_FACE", 2}, {"CAT_BODY", 3},
            {"DOG_FACE", 4}, {"DOG_BODY", 5}, {"SALIENT_DETECTION", 6}, {"BAR_CODE_DETECTION", 7},
            {"BASIC_FACE_DETECTION", 8}}},
        {"Emotion", {{"NEUTRAL", 0}, {"SADNESS", 1}, {"SMILE", 2}, {"SURPRISE", 3}}},
        {"CameraConcurrentType", {{"CAMERA_FULL_CAPABILITY", 1}, {"CAMERA_LIMITED_CAPABILITY", 0}}},
        {"OISMode", {{"OFF", 0}, {"AUTO", 1}, {"CUSTOM", 2}}},
        {"OISAxes", {{"PITCH", 0}, {"YAW", 1}}},
        {"AutomotiveCameraPosition", {{"EXTERIOR_OTHER", 0}, {"EXTERIOR_FRONT", 1}, {"EXTERIOR_REAR", 2},
            {"EXTERIOR_LEFT", 3}, {"EXTERIOR_RIGHT", 4}, {"INTERIOR_OTHER", 5}, {"INTERIOR_ROW_1_LEFT", 6},
            {"INTERIOR_ROW_1_CENTER", 7}, {"INTERIOR_ROW_1_RIGHT", 8}, {"INTERIOR_ROW_2_LEFT", 9},
            {"INTERIOR_ROW_2_CENTER", 10}, {"INTERIOR_ROW_2_RIGHT", 11}, {"INTERIOR_ROW_3_LEFT", 12},
            {"INTERIOR_ROW_3_CENTER", 13}, {"INTERIOR_ROW_3_RIGHT", 14}}},
    };
    for (const Enumeration &each : enumerations)
        fill(env, module, each);
}

void fill_image_enums(napi_env env, napi_value module)
{
    const Enumeration enumerations[] = {
        {"ImageFormat", {{"YCBCR_422_SP", 1000}, {"JPEG", 2000}}},
        {"ComponentType", {{"YUV_Y", 1}, {"YUV_U", 2}, {"YUV_V", 3}, {"JPEG", 4}}},
    };
    for (const Enumeration &each : enumerations)
        fill(env, module, each);
}

} // namespace bridge
