/* SPDX-License-Identifier: Apache-2.0
 *
 * MetadataOutput, and its factory. */
#include "outputs.h"

namespace bridge {

namespace {

enum MetadataEvent : unsigned { OBJECTS_AVAILABLE, METADATA_ERROR };

void added(Object &object, unsigned event, napi_value entry);

const EventTable metadata_events = {
    "a metadata output", {{"metadataObjectsAvailable", Shape::ErrorAndData}, {"error", Shape::Error}}, added};

struct MetadataOutput : CameraOutput {
    MetadataOutput(Env &env, camera_output *made) : CameraOutput(env, Kind::MetadataOutput, &metadata_events, made) {}
    static bool is(Kind kind) { return kind == Kind::MetadataOutput; }
};

napi_value make_found(napi_env env, const camera_metadata_object &object)
{
    napi_value made = make_object(env), box = make_object(env);
    put(env, box, "topLeftX", make_double(env, object.x));
    put(env, box, "topLeftY", make_double(env, object.y));
    put(env, box, "width", make_double(env, object.width));
    put(env, box, "height", make_double(env, object.height));
    put(env, made, "type", static_cast<int64_t>(object.type));
    put(env, made, "timestamp", object.timestamp_ns);
    put(env, made, "boundingBox", box);
    return made;
}

void on_event(camera_output *, const camera_output_event *event, void *user_data)
{
    const std::shared_ptr<Endpoint> &endpoint = shared(user_data);
    if (event->type == CAMERA_OUTPUT_EVENT_TYPE_METADATA_OBJECTS_AVAILABLE) {
        std::vector<camera_metadata_object> found(event->objects, event->objects + event->object_count);
        post_event(endpoint, OBJECTS_AVAILABLE, [found](napi_env env) {
            napi_value list = make_array(env);
            for (const camera_metadata_object &object : found)
                push(env, list, make_found(env, object));
            return list;
        });
    } else if (event->type == CAMERA_OUTPUT_EVENT_TYPE_ERROR) {
        int32_t code = event->code;
        std::string detail = event->detail;
        post_event(endpoint, METADATA_ERROR, [code, detail](napi_env env) { return make_error(env, code, detail); });
    }
}

void added(Object &object, unsigned, napi_value)
{
    succeeded(object.bridge->env, listen(static_cast<CameraOutput &>(object), on_event, unshare));
}

napi_value start(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    return run_output(call, call.this_object<MetadataOutput>(), "start", camera_output_start_async);
}

napi_value stop(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    return run_output(call, call.this_object<MetadataOutput>(), "stop", camera_output_stop_async);
}

/* The types that JavaScript gives; false: an exception is pending. */
bool expect_types(Call &call, std::vector<int32_t> *types)
{
    uint32_t length;
    if (!call.expect_array(0, "the types of objects", &length))
        return false;
    for (uint32_t i = 0; i < length; i++) {
        napi_value element = nullptr;
        int32_t type;
        if (napi_get_element(call.env, call.argument(0), i, &element) != napi_ok)
            return false;
        if (!read_int32(call.env, element, &type)) {
            throw_argument(call.env, "the types of objects must be numbers of MetadataObjectType, not " +
                                         describe(call.env, element));
            return false;
        }
        types->push_back(type);
    }
    return true;
}

using ChangeTypes = int32_t (*)(camera_output *, const int32_t *, uint32_t);

napi_value change_types(napi_env env, napi_callback_info info, const char *method, ChangeTypes change)
{
    Call call(env, info);
    auto *output = call.this_object<MetadataOutput>();
    std::vector<int32_t> types;
    return output != nullptr && call.expect_count(method, 1, 1) && expect_types(call, &types) &&
                   succeeded(env, change(output->handle, types.data(), static_cast<uint32_t>(types.size())))
               ? undefined(env)
               : nullptr;
}

napi_value add_types(napi_env env, napi_callback_info info)
{
    return change_types(env, info, "addMetadataObjectTypes", camera_output_add_metadata_types);
}

napi_value remove_types(napi_env env, napi_callback_info info)
{
    return change_types(env, info, "removeMetadataObjectTypes", camera_output_remove_metadata_types);
}

const char *const no_tracking = "nothing here tracks an object; isLockMetadataObjectTrackingSupported() says so";

napi_value lock_tracking(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    auto *output = call.this_object<MetadataOutput>();
    double x, y;
    return output != nullptr && call.expect_count("lockMetadataObjectTracking", 1, 1) && call.expect_object(0, "the point") &&
                   call.expect_field_double(call.argument(0), "the point", "x", &x) &&
                   call.expect_field_double(call.argument(0), "the point", "y", &y) &&
                   expect_committed(call, *output, "lockMetadataObjectTracking")
               ? unsupported(call, "lockMetadataObjectTracking", no_tracking)
               : nullptr;
}

napi_value unlock_tracking(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    auto *output = call.this_object<MetadataOutput>();
    return output != nullptr && call.expect_count("unlockMetadataObjectTracking", 0, 0) &&
                   expect_committed(call, *output, "unlockMetadataObjectTracking")
               ? unsupported(call, "unlockMetadataObjectTracking", no_tracking)
               : nullptr;
}

} // namespace

/* createMetadataOutput(types) */
napi_value create_metadata_output(Call &call, camera_manager *manager)
{
    std::vector<int32_t> types;
    camera_output *output = nullptr;
    if (!call.expect_count("createMetadataOutput", 1, 1) || !expect_types(call, &types))
        return nullptr;
    if (types.empty())
        return throw_argument(call.env, "createMetadataOutput(): the types are empty: a camera here offers those that "
                                        "its supportedMetadataObjectTypes lists");
    int32_t code =
        camera_manager_create_metadata_output(manager, types.data(), static_cast<uint32_t>(types.size()), &output);
    return finish_output<MetadataOutput>(call, code, output, nullptr);
}

bool define_metadata_output(Env &env)
{
    Methods methods = event_methods(metadata_events);
    for (const Methods &more :
         {release_methods(),
          Methods{method("start", start), method("stop", stop), method("addMetadataObjectTypes", add_types), method("removeMetadataObjectTypes", remove_types),
                  method("isLockMetadataObjectTrackingSupported", answer_no<MetadataOutput>),
                  method("lockMetadataObjectTracking", lock_tracking),
                  method("unlockMetadataObjectTracking", unlock_tracking)}})
        methods.insert(methods.end(), more.begin(), more.end());
    return define_class(env, Kind::MetadataOutput, "MetadataOutput", methods);
}

} // namespace bridge
