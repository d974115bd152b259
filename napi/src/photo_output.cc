/* SPDX-License-Identifier: Apache-2.0
 *
 * PhotoOutput: captures, and what else can be asked of it; its factory. */
#include "photo_output.h"

namespace bridge {

namespace {

/* ---- captures ---- */

/* A field that may be left out: false with nothing pending when it is, else as Call's functions. */
enum class Field { Absent, There, Wrong };

Field field_of(Call &call, napi_value object, const char *name)
{
    napi_value value = get(call.env, object, name);
    if (value == nullptr)
        return Field::Wrong;
    return type_of(call.env, value) == napi_undefined ? Field::Absent : Field::There;
}

/* Reads a field with this function, unless it is left out. */
bool optional_field(Call &call, napi_value object, const char *name, const std::function<bool()> &read)
{
    Field field = field_of(call, object, name);
    return field == Field::Absent || (field == Field::There && read());
}

bool read_mirror(Call &call, napi_value setting, int32_t *mirror)
{
    napi_value value = get(call.env, setting, "mirror");
    bool mirrored;
    if (value == nullptr)
        return false;
    if (!read_bool(call.env, value, &mirrored)) {
        throw_argument(call.env, "the setting's mirror must be a boolean, not " + describe(call.env, value));
        return false;
    }
    *mirror = mirrored ? 1 : 0;
    return true;
}

/* The library compresses in three steps: the nearest one. */
bool read_compression(Call &call, napi_value setting, int32_t *quality)
{
    int32_t percent;
    if (!call.expect_field_int(setting, "the setting", "compressionQuality", &percent))
        return false;
    if (percent < 0 || percent > 100) {
        throw_argument(call.env, "the setting's compressionQuality must be from 0 to 100, not " + std::to_string(percent));
        return false;
    }
    const int32_t high = 95, medium = 85, low = 65;
    if (2 * percent >= high + medium)
        *quality = CAMERA_QUALITY_LEVEL_HIGH;
    else
        *quality = 2 * percent >= medium + low ? CAMERA_QUALITY_LEVEL_MEDIUM : CAMERA_QUALITY_LEVEL_LOW;
    return true;
}

/* What a setting says, with what belongs to it. */
struct Wish {
    camera_photo_settings settings = CAMERA_PHOTO_SETTINGS_INIT;
    camera_location location = {0, 0, 0};
    bool has_location = false;

    /* As the library wants it; for as long as this lives where it is. */
    const camera_photo_settings *made()
    {
        settings.location = has_location ? &location : nullptr;
        return &settings;
    }
};

/* A place needs latitude and longitude; without an altitude it is at sea level. One with no field at all is
 * none. */
bool read_location(Call &call, napi_value setting, Wish *wish)
{
    napi_value place = get(call.env, setting, "location");
    const char *what = "the setting's location";
    if (place == nullptr)
        return false;
    if (!is_object(call.env, place)) {
        throw_argument(call.env, std::string(what) + " must be an object, not " + describe(call.env, place));
        return false;
    }
    int there = 0;
    for (const char *name : {"latitude", "longitude", "altitude"}) {
        Field field = field_of(call, place, name);
        if (field == Field::Wrong)
            return false;
        there += field == Field::There ? 1 : 0;
    }
    if (there == 0)
        return true;
    wish->has_location = true;
    return call.expect_field_double(place, what, "latitude", &wish->location.latitude) &&
           call.expect_field_double(place, what, "longitude", &wish->location.longitude) &&
           optional_field(call, place, "altitude", [&] {
               return call.expect_field_double(place, what, "altitude", &wish->location.altitude);
           });
}

/* The setting that JavaScript gives; false: an exception is pending. Ranges are the library's to check. */
bool expect_setting(Call &call, Wish *wish)
{
    napi_value setting = call.argument(0);
    if (!call.expect_object(0, "the setting"))
        return false;
    return optional_field(call, setting, "quality",
                          [&] { return call.expect_field_int(setting, "the setting", "quality", &wish->settings.quality); }) &&
           optional_field(call, setting, "rotation",
                          [&] { return call.expect_field_int(setting, "the setting", "rotation", &wish->settings.rotation); }) &&
           optional_field(call, setting, "mirror", [&] { return read_mirror(call, setting, &wish->settings.mirror); }) &&
           optional_field(call, setting, "location", [&] { return read_location(call, setting, wish); }) &&
           optional_field(call, setting, "compressionQuality",
                          [&] { return read_compression(call, setting, &wish->settings.quality); });
}

/* capture(), capture(callback), capture(setting), capture(setting, callback) */
napi_value capture(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    auto *output = call.this_object<PhotoOutput>();
    auto wish = std::make_shared<Wish>();
    OperationPlan plan;
    if (output == nullptr)
        return nullptr;
    wish->settings.mirror = output->mirrored ? 1 : 0;
    plan.method = "capture";
    plan.arguments = call.count == 0 || call.has_function(0) ? 0 : 1;
    if (plan.arguments == 1 && !expect_setting(call, wish.get()))
        return nullptr;
    plan.begin = [output, wish](camera_completion_fn completion, void *user_data) {
        /* Of a released output no events come, and no capture is accepted. */
        keep_books(*output);
        return camera_output_capture_async(output->handle, wish->made(), completion, user_data);
    };
    plan.ended = [output](int32_t code) {
        if (code == CAMERA_OK)
            output->capture_accepted();
    };
    return run_operation(call, output, std::move(plan));
}

/* ---- the rest ---- */

napi_value get_photo_rotation(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    return get_rotation(call, call.this_object<PhotoOutput>(), "getPhotoRotation", Turning::Device);
}

/* Photos are mirrored one by one, whatever their profile. */
napi_value is_mirror_supported(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    auto *output = call.this_object<PhotoOutput>();
    return output != nullptr && expect_not_released(call, *output) ? make_bool(env, true) : nullptr;
}

napi_value enable_mirror(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    auto *output = call.this_object<PhotoOutput>();
    bool enabled;
    if (output == nullptr || !call.expect_count("enableMirror", 1, 1) || !call.expect_bool(0, "enabled", &enabled) ||
        !expect_committed(call, *output, "enableMirror"))
        return nullptr;
    output->mirrored = enabled;
    return undefined(env);
}

/* Features that no Linux camera has. */

napi_value get_moving_codecs(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    return call.this_object<PhotoOutput>() == nullptr ? nullptr : make_array(env);
}

const char *const no_moving_photos = "there are no moving photos here; isMovingPhotoSupported() says so";

napi_value set_moving_codec(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    int32_t codec;
    return call.this_object<PhotoOutput>() != nullptr && call.expect_count("setMovingPhotoVideoCodecType", 1, 1) &&
                   call.expect_int(0, "the codec", &codec)
               ? unsupported(call, "setMovingPhotoVideoCodecType", no_moving_photos)
               : nullptr;
}

napi_value enable_moving_photo(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    bool enabled;
    return call.this_object<PhotoOutput>() != nullptr && call.expect_count("enableMovingPhoto", 1, 1) &&
                   call.expect_bool(0, "enabled", &enabled)
               ? unsupported(call, "enableMovingPhoto", no_moving_photos)
               : nullptr;
}

/* A PhotoQualityPrioritization; false: an exception is pending. */
bool expect_prioritization(Call &call, const char *method)
{
    int32_t prioritization;
    if (!call.expect_count(method, 1, 1) || !call.expect_int(0, "the prioritization", &prioritization))
        return false;
    if (prioritization == 0 || prioritization == 1)
        return true;
    throw_argument(call.env, std::string(method) + "(): the prioritization must be HIGH_QUALITY (0) or SPEED (1), not " +
                                 std::to_string(prioritization));
    return false;
}

napi_value is_prioritization_supported(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    return call.this_object<PhotoOutput>() != nullptr && expect_prioritization(call, "isPhotoQualityPrioritizationSupported")
               ? make_bool(env, false)
               : nullptr;
}

napi_value set_prioritization(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    return call.this_object<PhotoOutput>() != nullptr && expect_prioritization(call, "setPhotoQualityPrioritization")
               ? unsupported(call, "setPhotoQualityPrioritization",
                             "photos are made in one way only; isPhotoQualityPrioritizationSupported() says so")
               : nullptr;
}

napi_value enable_gain_map(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    auto *output = call.this_object<PhotoOutput>();
    bool enabled;
    return output != nullptr && call.expect_count("enableAutoExtendedGainmapDelivery", 1, 1) &&
                   call.expect_bool(0, "enabled", &enabled) &&
                   expect_committed(call, *output, "enableAutoExtendedGainmapDelivery")
               ? unsupported(call, "enableAutoExtendedGainmapDelivery",
                             "photos have no gain map here; isAutoExtendedGainmapDeliverySupported() says so")
               : nullptr;
}

} // namespace

/* createPhotoOutput(); createPhotoOutput(profile); createPhotoOutput(profile, surfaceId), of before API 11.
 * Without a profile it is for a session that is preconfigured. */
napi_value create_photo_output(Call &call, camera_manager *manager)
{
    camera_profile profile = CAMERA_PROFILE_INIT;
    camera_surface *surface = nullptr;
    camera_output *output = nullptr;
    Object *owner = nullptr;
    if (!call.expect_count("createPhotoOutput", 0, 2))
        return nullptr;
    bool has_profile = call.count == 2 || (call.count == 1 && type_of(call.env, call.argument(0)) != napi_undefined);
    if ((has_profile && !expect_profile(call, 0, false, &profile)) ||
        (call.count == 2 && !expect_surface(call, 1, &surface, &owner)))
        return nullptr;
    int32_t code = camera_manager_create_photo_output(manager, has_profile ? &profile : nullptr, surface, &output);
    return finish_output<PhotoOutput>(call, code, output, owner);
}

bool define_photo_output(Env &env)
{
    Methods methods = event_methods(photo_events);
    for (const Methods &more :
         {release_methods(),
          Methods{method("capture", capture), method("getActiveProfile", get_active_profile),
                  method("getPhotoRotation", get_photo_rotation), method("isMirrorSupported", is_mirror_supported),
                  method("enableMirror", enable_mirror),
                  method("getSupportedMovingPhotoVideoCodecTypes", get_moving_codecs),
                  method("setMovingPhotoVideoCodecType", set_moving_codec),
                  method("isMovingPhotoSupported", answer_no<PhotoOutput>),
                  method("enableMovingPhoto", enable_moving_photo),
                  method("isPhotoQualityPrioritizationSupported", is_prioritization_supported),
                  method("setPhotoQualityPrioritization", set_prioritization),
                  method("isAutoExtendedGainmapDeliverySupported", answer_no<PhotoOutput>),
                  method("enableAutoExtendedGainmapDelivery", enable_gain_map)}})
        methods.insert(methods.end(), more.begin(), more.end());
    return define_class(env, Kind::PhotoOutput, "PhotoOutput", methods);
}

} // namespace bridge
