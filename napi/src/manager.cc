/* SPDX-License-Identifier: Apache-2.0
 *
 * CameraManager: cameras, what they offer, the factories, camera and torch status. */
#include "classes.h"

#include <algorithm>

#include <cstdlib>

namespace bridge {

namespace {

enum ManagerEvent : unsigned { CAMERA_STATUS, FOLD_STATUS, TORCH_STATUS };

void added(Object &object, unsigned event, napi_value entry);
void removed(Object &object, unsigned event, napi_value entry);

const EventTable manager_events = {"a camera manager",
                                   {{"cameraStatus", Shape::ErrorAndData},
                                    {"foldStatusChange", Shape::ErrorAndData},
                                    {"torchStatusChange", Shape::ErrorAndData}},
                                   added,
                                   removed};

/* ---- events ---- */

/* Each function that JavaScript registers is a listener of the library's own: the library tells a new one
 * of the cameras that there are, and only that one. */
struct Registration {
    std::shared_ptr<Endpoint> endpoint;
    unsigned event;
    napi_ref entry = nullptr; /* weak; JavaScript thread only */
};

struct CameraManager : Object {
    CameraManager(Env &env, camera_manager *made) : Object(env, Kind::CameraManager, &manager_events), handle(made) {}
    static bool is(Kind kind) { return kind == Kind::CameraManager; }
    void forget() override
    {
        for (const std::shared_ptr<Registration> &registration : listening)
            bridge->drop(&registration->entry);
        Object::forget();
    }

    camera_manager *const handle; /* the environment's, which ends it */
    std::vector<std::shared_ptr<Registration>> listening; /* and some that are over */
};

void free_registration(void *user_data)
{
    auto *registration = static_cast<std::shared_ptr<Registration> *>(user_data);
    std::shared_ptr<Registration> last = *registration;
    delete registration;
    /* The reference belongs to the JavaScript thread. */
    last->endpoint->mailbox->post([last](Env &bridge) {
        bridge.drop(&last->entry);
    });
}

Data status_data(const camera_manager_event &event)
{
    if (event.type == CAMERA_MANAGER_EVENT_TYPE_CAMERA_STATUS) {
        camera_description camera = *event.camera;
        int32_t status = event.status;
        return [camera, status](napi_env env) {
            napi_value info = make_object(env);
            put(env, info, "camera", make_device(env, camera));
            put(env, info, "status", static_cast<int64_t>(status));
            return info;
        };
    }
    camera_torch_status torch = *event.torch;
    return [torch](napi_env env) {
        napi_value info = make_object(env);
        put(env, info, "isTorchAvailable", make_bool(env, torch.available != 0));
        put(env, info, "isTorchActive", make_bool(env, torch.active != 0));
        put(env, info, "torchLevel", make_double(env, torch.level));
        return info;
    };
}

void on_event(camera_manager *, const camera_manager_event *event, void *user_data)
{
    std::shared_ptr<Registration> registration = *static_cast<std::shared_ptr<Registration> *>(user_data);
    unsigned kind;
    if (event->type == CAMERA_MANAGER_EVENT_TYPE_CAMERA_STATUS)
        kind = CAMERA_STATUS;
    else if (event->type == CAMERA_MANAGER_EVENT_TYPE_TORCH_STATUS)
        kind = TORCH_STATUS;
    else
        return;
    if (kind != registration->event || !registration->endpoint->wants(kind))
        return;
    Data data = status_data(*event);
    registration->endpoint->mailbox->post([registration, kind, data](Env &bridge) {
        napi_value entry = bridge.kept(registration->entry);
        if (registration->endpoint->object != nullptr && entry != nullptr)
            emit(*registration->endpoint->object, kind, data, entry);
    });
}

/* The library's number of a listener is kept in the entry, as a string: it may have 64 bits. */
void added(Object &object, unsigned event, napi_value entry)
{
    auto &manager = static_cast<CameraManager &>(object);
    napi_env env = object.bridge->env;
    uint64_t listener;
    bool supported;
    if (event == FOLD_STATUS)
        return;
    auto *registration = new std::shared_ptr<Registration>(std::make_shared<Registration>());
    (*registration)->endpoint = object.endpoint;
    (*registration)->event = event;
    napi_create_reference(env, entry, 0, &(*registration)->entry);
    if (event == TORCH_STATUS) /* from its first call on the library tells of the torch */
        camera_manager_is_torch_supported(manager.handle, &supported);
    int32_t code = camera_manager_add_listener(manager.handle, on_event, registration, free_registration, &listener);
    if (code == CAMERA_OK) {
        auto over = [](const std::shared_ptr<Registration> &known) { return known->entry == nullptr; };
        manager.listening.erase(std::remove_if(manager.listening.begin(), manager.listening.end(), over),
                                manager.listening.end());
        manager.listening.push_back(*registration);
        put(env, entry, "listener", std::to_string(listener));
        return;
    }
    throw_error(env, code, camera_error_detail());
    free_registration(registration);
}

void removed(Object &object, unsigned, napi_value entry)
{
    std::string listener;
    /* What is no number becomes one that no listener has. */
    if (read_string(object.bridge->env, get(object.bridge->env, entry, "listener"), &listener))
        camera_manager_remove_listener(static_cast<CameraManager &>(object).handle, strtoull(listener.c_str(), nullptr, 10));
}

/* ---- cameras ---- */

/* Calls a function for each camera that there is, until it answers false. */
bool each_camera(Call &call, camera_manager *manager, const std::function<bool(const camera_description &)> &visit)
{
    camera_list *list;
    uint32_t count = 0;
    if (!succeeded(call.env, camera_manager_list_cameras(manager, &list)))
        return false;
    camera_list_get_count(list, &count);
    for (uint32_t i = 0; i < count; i++) {
        camera_description camera = CAMERA_DESCRIPTION_INIT;
        if (camera_list_get(list, i, &camera) == CAMERA_OK && !visit(camera))
            break;
    }
    camera_list_release(list);
    return true;
}

napi_value get_supported_cameras(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    auto *manager = call.this_object<CameraManager>();
    if (manager == nullptr)
        return nullptr;
    napi_value cameras = make_array(env);
    return each_camera(call, manager->handle,
                       [&](const camera_description &camera) {
                           push(env, cameras, make_device(env, camera));
                           return true;
                       })
               ? cameras
               : nullptr;
}

/* getCameraDevice(position, type) */
napi_value get_camera_device(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    auto *manager = call.this_object<CameraManager>();
    int32_t position, type;
    napi_value found = nullptr;
    if (manager == nullptr || !call.expect_count("getCameraDevice", 2, 2) ||
        !call.expect_int(0, "the position", &position) || !call.expect_int(1, "the type", &type) ||
        !each_camera(call, manager->handle, [&](const camera_description &camera) {
            if (camera.position == position && camera.camera_type == type)
                found = make_device(env, camera);
            return found == nullptr;
        }))
        return nullptr;
    return found != nullptr ? found
                            : throw_error(env, CAMERA_ERROR_SERVICE_FATAL_ERROR,
                                          "getCameraDevice(): there is no camera of position " + std::to_string(position) +
                                              " and type " + std::to_string(type));
}

/* getCameraDevices(position, types, connection) */
napi_value get_camera_devices(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    auto *manager = call.this_object<CameraManager>();
    int32_t position, connection;
    uint32_t count;
    std::vector<int32_t> types;
    napi_value found = make_array(env);
    if (manager == nullptr || !call.expect_count("getCameraDevices", 3, 3) ||
        !call.expect_int(0, "the position", &position) || !call.expect_array(1, "the types", &count) ||
        !call.expect_int(2, "the connection", &connection))
        return nullptr;
    for (uint32_t i = 0; i < count; i++) {
        napi_value element = nullptr;
        int32_t type;
        if (napi_get_element(env, call.argument(1), i, &element) != napi_ok)
            return nullptr;
        if (!read_int32(env, element, &type))
            return throw_argument(env, "the types must be integers, not " + describe(env, element));
        types.push_back(type);
    }
    if (!each_camera(call, manager->handle, [&](const camera_description &camera) {
            for (int32_t type : types)
                if (camera.position == position && camera.connection == connection && camera.camera_type == type)
                    push(env, found, make_device(env, camera));
            return true;
        }))
        return nullptr;
    return found;
}

/* Cameras that are there as descriptions say, for the methods that take one; false: an exception is
 * pending. */
napi_value get_supported_scene_modes(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    std::string camera;
    if (call.this_object<CameraManager>() == nullptr || !call.expect_count("getSupportedSceneModes", 1, 1) ||
        !expect_device(call, 0, &camera))
        return nullptr;
    napi_value modes = make_array(env);
    push(env, modes, make_int(env, CAMERA_SCENE_MODE_NORMAL_PHOTO));
    push(env, modes, make_int(env, CAMERA_SCENE_MODE_NORMAL_VIDEO));
    return modes;
}

/* getSupportedOutputCapability(camera[, mode]); without a mode, as before API 11, it is what a photo
 * session offers. */
napi_value get_output_capability(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    auto *manager = call.this_object<CameraManager>();
    std::string camera;
    int32_t mode = CAMERA_SCENE_MODE_NORMAL_PHOTO;
    if (manager == nullptr || !call.expect_count("getSupportedOutputCapability", 1, 2) ||
        !expect_device(call, 0, &camera) || (call.count > 1 && !call.expect_int(1, "the mode", &mode)))
        return nullptr;
    return make_capability(call, manager->handle, camera, mode);
}

/* getCameraConcurrentInfos(cameras): on Linux cameras do not hinder each other. */
napi_value get_concurrent_infos(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    auto *manager = call.this_object<CameraManager>();
    uint32_t count;
    if (manager == nullptr || !call.expect_count("getCameraConcurrentInfos", 1, 1) ||
        !call.expect_array(0, "the cameras", &count))
        return nullptr;
    napi_value infos = make_array(env);
    for (uint32_t i = 0; i < count; i++) {
        napi_value device = nullptr, one = make_object(env), modes = make_array(env), offers = make_array(env);
        std::string camera;
        if (napi_get_element(env, call.argument(0), i, &device) != napi_ok)
            return nullptr;
        if (!is_object(env, device))
            return throw_argument(env, "each camera must be an object, not " + describe(env, device));
        if (!call.expect_field_string(device, "the camera", "cameraId", &camera))
            return nullptr;
        for (int32_t mode : {CAMERA_SCENE_MODE_NORMAL_PHOTO, CAMERA_SCENE_MODE_NORMAL_VIDEO}) {
            napi_value offer = make_capability(call, manager->handle, camera, mode);
            if (offer == nullptr)
                return nullptr;
            push(env, modes, make_int(env, mode));
            push(env, offers, offer);
        }
        put(env, one, "device", device);
        put(env, one, "type", static_cast<int64_t>(1)); /* CAMERA_FULL_CAPABILITY */
        put(env, one, "modes", modes);
        put(env, one, "outputCapabilities", offers);
        push(env, infos, one);
    }
    return infos;
}

napi_value is_camera_muted(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    return call.this_object<CameraManager>() == nullptr ? nullptr : make_bool(env, false);
}

/* ---- factories ---- */

/* createCameraInput(camera), createCameraInput(position, type) */
napi_value create_camera_input(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    auto *manager = call.this_object<CameraManager>();
    camera_input *input = nullptr;
    int32_t position = 0, type = 0, code;
    std::string camera;
    camera_description found = CAMERA_DESCRIPTION_INIT;
    if (manager == nullptr || !call.expect_count("createCameraInput", 1, 2))
        return nullptr;
    if (call.count == 1) {
        if (!expect_device(call, 0, &camera))
            return nullptr;
        code = camera_manager_create_input(manager->handle, camera.c_str(), &input);
    } else {
        if (!call.expect_int(0, "the position", &position) || !call.expect_int(1, "the type", &type))
            return nullptr;
        code = camera_manager_create_input_by_position(manager->handle, position, type, &input);
    }
    if (!succeeded(env, code))
        return nullptr;
    /* The same choice as the library's: the first camera that fits. */
    if (!each_camera(call, manager->handle, [&](const camera_description &each) {
            bool fits = call.count == 1 ? camera == each.id : each.position == position && each.camera_type == type;
            if (fits)
                found = each;
            return !fits;
        })) {
        camera_input_release(input);
        return nullptr;
    }
    return make_instance(*call.bridge, std::make_unique<CameraInput>(*call.bridge, input, found));
}

/* createSession(mode) */
napi_value create_session_of_mode(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    auto *manager = call.this_object<CameraManager>();
    int32_t mode;
    if (manager == nullptr || !call.expect_count("createSession", 1, 1) || !call.expect_int(0, "the mode", &mode))
        return nullptr;
    switch (mode) {
    case CAMERA_SCENE_MODE_NORMAL_PHOTO:
        return create_session(*call.bridge, manager->handle, Kind::PhotoSession);
    case CAMERA_SCENE_MODE_NORMAL_VIDEO:
        return create_session(*call.bridge, manager->handle, Kind::VideoSession);
    case 12: /* SECURE_PHOTO */
        return throw_error(env, CAMERA_ERROR_INVALID_ARGUMENT,
                           "createSession(): SECURE_PHOTO needs a secure camera, and there is none on Linux; "
                           "getSupportedSceneModes() says what a camera has");
    default:
        return throw_argument(env, "createSession(): the mode must be NORMAL_PHOTO (1) or NORMAL_VIDEO (2), not " +
                                       std::to_string(mode));
    }
}

/* createCaptureSession(), of before API 11 */
napi_value create_capture_session(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    auto *manager = call.this_object<CameraManager>();
    return manager == nullptr || !call.expect_count("createCaptureSession", 0, 0)
               ? nullptr
               : create_session(*call.bridge, manager->handle, Kind::CaptureSession);
}

/* The factories of outputs are in output.cc. */
template <napi_value (*create)(Call &, camera_manager *)> napi_value create_output(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    auto *manager = call.this_object<CameraManager>();
    return manager == nullptr ? nullptr : create(call, manager->handle);
}

/* ---- torch ---- */

napi_value is_torch_supported(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    auto *manager = call.this_object<CameraManager>();
    bool supported;
    return manager != nullptr && succeeded(env, camera_manager_is_torch_supported(manager->handle, &supported))
               ? make_bool(env, supported)
               : nullptr;
}

napi_value is_torch_mode_supported(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    auto *manager = call.this_object<CameraManager>();
    int32_t mode;
    bool supported;
    return manager != nullptr && call.expect_count("isTorchModeSupported", 1, 1) &&
                   call.expect_int(0, "the torch mode", &mode) &&
                   succeeded(env, camera_manager_is_torch_mode_supported(manager->handle, mode, &supported))
               ? make_bool(env, supported)
               : nullptr;
}

napi_value get_torch_mode(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    auto *manager = call.this_object<CameraManager>();
    int32_t mode;
    return manager != nullptr && succeeded(env, camera_manager_get_torch_mode(manager->handle, &mode))
               ? make_int(env, mode)
               : nullptr;
}

napi_value set_torch_mode(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    auto *manager = call.this_object<CameraManager>();
    int32_t mode;
    return manager != nullptr && call.expect_count("setTorchMode", 1, 1) && call.expect_int(0, "the torch mode", &mode) &&
                   succeeded(env, camera_manager_set_torch_mode(manager->handle, mode))
               ? undefined(env)
               : nullptr;
}

napi_value is_torch_level_supported(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    return call.this_object<CameraManager>() == nullptr ? nullptr : make_bool(env, false);
}

napi_value set_torch_level(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    double level;
    return call.this_object<CameraManager>() != nullptr && call.expect_count("setTorchModeOnWithLevel", 1, 1) &&
                   call.expect_double(0, "the torch level", &level)
               ? throw_error(env, CAMERA_ERROR_OPERATION_NOT_ALLOWED,
                             "setTorchModeOnWithLevel(): the torch's brightness cannot be set here; use setTorchMode()")
               : nullptr;
}

/* ---- the module ---- */

/* getCameraManager(context): any object. The same manager each time, unless the context has a string
 * `cameras`, which chooses the cameras as camera_manager_options.cameras does: an addition of this package,
 * with which a program is tested on virtual cameras. */
napi_value get_camera_manager(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    std::string cameras;
    if (call.bridge == nullptr || !call.expect_count("getCameraManager", 1, 1))
        return nullptr;
    if (!is_object(env, call.argument(0)) && !is_function(env, call.argument(0)))
        return throw_argument(env, "getCameraManager(): the context must be an object, not " + describe(env, call.argument(0)));
    napi_value chosen = get(env, call.argument(0), "cameras");
    if (chosen == nullptr)
        return nullptr;
    if (read_string(env, chosen, &cameras) && cameras.find('\0') != std::string::npos)
        return throw_argument(env, "getCameraManager(): the context's cameras must not have a zero character in it");
    camera_manager *manager = call.bridge->manager(cameras);
    if (manager == nullptr)
        return nullptr;
    for (Object *object : call.bridge->objects)
        if (CameraManager::is(object->kind) && static_cast<CameraManager *>(object)->handle == manager &&
            object->self() != nullptr)
            return object->self();
    napi_value made = make_instance(*call.bridge, std::make_unique<CameraManager>(*call.bridge, manager));
    /* It stays as long as its environment: its listeners are called although nobody keeps it. */
    if (made != nullptr)
        call.bridge->keep_for_ever(made);
    return made;
}

} // namespace

bool define_manager(Env &env)
{
    Methods methods = event_methods(manager_events);
    for (const napi_property_descriptor &each :
         {method("getSupportedCameras", get_supported_cameras), method("getSupportedSceneModes", get_supported_scene_modes),
          method("getSupportedOutputCapability", get_output_capability),
          method("getSupportedFullOutputCapability", get_output_capability), method("isCameraMuted", is_camera_muted),
          method("getCameraDevice", get_camera_device), method("getCameraDevices", get_camera_devices),
          method("getCameraConcurrentInfos", get_concurrent_infos), method("createCameraInput", create_camera_input),
          method("createSession", create_session_of_mode), method("createCaptureSession", create_capture_session),
          method("createPreviewOutput", create_output<create_preview_output>),
          method("createDeferredPreviewOutput", create_output<create_deferred_preview_output>),
          method("createPhotoOutput", create_output<create_photo_output>),
          method("createVideoOutput", create_output<create_video_output>),
          method("createMetadataOutput", create_output<create_metadata_output>),
          method("isTorchSupported", is_torch_supported), method("isTorchModeSupported", is_torch_mode_supported),
          method("getTorchMode", get_torch_mode), method("setTorchMode", set_torch_mode),
          method("isTorchLevelControlSupported", is_torch_level_supported),
          method("setTorchModeOnWithLevel", set_torch_level)})
        methods.push_back(each);
    return define_class(env, Kind::CameraManager, "CameraManager", methods);
}

void fill_camera(Env &env, napi_value module)
{
    napi_value function;
    if (napi_create_function(env.env, "getCameraManager", NAPI_AUTO_LENGTH, get_camera_manager, nullptr, &function) ==
        napi_ok)
        put(env.env, module, "getCameraManager", function);
    fill_camera_enums(env.env, module);
}

} // namespace bridge
