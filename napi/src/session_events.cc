/* SPDX-License-Identifier: Apache-2.0
 *
 * What sessions tell. */
#include "session_parts.h"

namespace bridge {

namespace {

/* In such an order that each class has the first ones. Those that Linux never sends can be registered all
 * the same. `settled` and `reattached` are additions of this package. */
enum SessionEvent : unsigned {
    ERROR,
    FOCUS,
    SETTLED,
    REATTACHED,
    FLASH,
    EXPOSURE,
    SMOOTH_ZOOM,
    MACRO,
    AUTO_DEVICE_SWITCH,
    SYSTEM_PRESSURE,
    ISO_INFO,
    EXPOSURE_INFO,
    CONTROL_CENTER,
};

void added(Object &object, unsigned event, napi_value)
{
    auto &session = static_cast<CameraSession &>(object);
    if (event == ERROR)
        listen_for_errors(session);
    else if (event <= SMOOTH_ZOOM)
        listen_for_changes(session);
}

EventTable first_events(const char *object, size_t count)
{
    const std::vector<Event> all = {
        {"error", Shape::Error},
        {"focusStateChange", Shape::ErrorAndData},
        {"settled", Shape::ErrorAndData},
        {"reattached", Shape::ErrorAndData},
        {"flashStateChange", Shape::Data},
        {"exposureStateChange", Shape::Data},
        {"smoothZoomInfoAvailable", Shape::ErrorAndData},
        {"macroStatusChanged", Shape::ErrorAndData},
        {"autoDeviceSwitchStatusChange", Shape::ErrorAndData},
        {"systemPressureLevelChange", Shape::ErrorAndData},
        {"isoInfoChange", Shape::Data},
        {"exposureInfoChange", Shape::Data},
        {"controlCenterEffectStatusChange", Shape::ErrorAndData},
    };
    return {object, std::vector<Event>(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count)), added};
}

const EventTable capture_events = first_events("a capture session", REATTACHED + 1);
const EventTable secure_events = first_events("a secure session", EXPOSURE + 1);
const EventTable photo_events = first_events("a photo session", EXPOSURE_INFO + 1);
const EventTable video_events = first_events("a video session", CONTROL_CENTER + 1);

/* Posts a letter to a session that JavaScript still has. */
void post_to_session(const std::shared_ptr<Endpoint> &endpoint, std::function<void(CameraSession &)> letter)
{
    endpoint->mailbox->post([endpoint, letter](Env &) {
        if (endpoint->object != nullptr)
            letter(*static_cast<CameraSession *>(endpoint->object));
    });
}

/* The books need it, whether JavaScript listens or not. */
void on_error(int32_t code, const char *text, void *user_data)
{
    std::string detail = text == nullptr ? "" : text;
    post_to_session(shared(user_data), [code, detail](CameraSession &session) {
        stream_ended(session, code);
        emit(session, ERROR, [code, detail](napi_env env) { return make_error(env, code, detail); });
    });
}

void on_reattached(const std::shared_ptr<Endpoint> &endpoint, const camera_session_event &event)
{
    int64_t away_ms = static_cast<int64_t>(event.away_ms), running = event.running;
    post_to_session(endpoint, [away_ms, running](CameraSession &session) {
        session.away = false;
        emit(session, REATTACHED, [away_ms, running](napi_env env) {
            napi_value info = make_object(env);
            put(env, info, "awayMs", away_ms);
            put(env, info, "running", running);
            return info;
        });
    });
}

/* An event that says one number, alone or as the field of an object. */
void on_number(const std::shared_ptr<Endpoint> &endpoint, unsigned event, int64_t value, const char *field)
{
    post_event(endpoint, event, [value, field](napi_env env) {
        if (field == nullptr)
            return make_int(env, value);
        napi_value info = make_object(env);
        put(env, info, field, value);
        return info;
    });
}

void on_change(camera_session *, const camera_session_event *event, void *user_data)
{
    const std::shared_ptr<Endpoint> &endpoint = shared(user_data);
    switch (event->type) {
    case CAMERA_SESSION_EVENT_TYPE_REATTACHED:
        return on_reattached(endpoint, *event);
    case CAMERA_SESSION_EVENT_TYPE_SMOOTH_ZOOM_INFO:
        return on_number(endpoint, SMOOTH_ZOOM, event->value, "duration");
    case CAMERA_SESSION_EVENT_TYPE_FOCUS_STATE:
        return on_number(endpoint, FOCUS, event->value, nullptr);
    case CAMERA_SESSION_EVENT_TYPE_SETTLED:
        return on_number(endpoint, SETTLED, event->value, "sequence");
    case CAMERA_SESSION_EVENT_TYPE_EXPOSURE_STATE:
        return on_number(endpoint, EXPOSURE, event->value, nullptr);
    case CAMERA_SESSION_EVENT_TYPE_FLASH_STATE:
        return on_number(endpoint, FLASH, event->value, nullptr);
    default: /* errors have a listener of their own; others come with later versions of the library */
        return;
    }
}

} // namespace

const EventTable &session_events(Kind kind)
{
    switch (kind) {
    case Kind::PhotoSession:
        return photo_events;
    case Kind::VideoSession:
        return video_events;
    case Kind::SecureSession:
        return secure_events;
    default:
        return capture_events;
    }
}

/* A released session takes no listeners, and has nothing to tell: no mistake of the program's. */
void listen_for_errors(CameraSession &session)
{
    uint64_t listener;
    if (session.hears_errors)
        return;
    void *user_data = share(session.endpoint);
    session.hears_errors =
        camera_session_add_error_listener(session.handle, on_error, user_data, unshare, &listener) == CAMERA_OK;
    if (!session.hears_errors)
        unshare(user_data);
}

void listen_for_changes(CameraSession &session)
{
    uint64_t listener;
    if (session.hears_changes)
        return;
    void *user_data = share(session.endpoint);
    session.hears_changes =
        camera_session_add_listener(session.handle, on_change, user_data, unshare, &listener) == CAMERA_OK;
    if (!session.hears_changes)
        unshare(user_data);
}

} // namespace bridge
