/* SPDX-License-Identifier: Apache-2.0
 *
 * What a photo output tells of its captures. */
#include "photo_output.h"

namespace bridge {

namespace {

enum PhotoEvent : unsigned {
    PHOTO_AVAILABLE,
    CAPTURE_PHOTO_AVAILABLE,
    PHOTO_ASSET_AVAILABLE, /* never told: there is no media library */
    CAPTURE_START,
    CAPTURE_START_WITH_INFO,
    FRAME_SHUTTER,
    FRAME_SHUTTER_END,
    CAPTURE_END,
    CAPTURE_READY,
    ESTIMATED_CAPTURE_DURATION, /* never told: Linux cameras do not know it */
    PHOTO_ERROR,
};

/* A photo on its way to JavaScript, where it may never arrive. */
using HeldPhoto = std::shared_ptr<camera_photo>;

void release_photo(camera_photo *photo)
{
    camera_photo_release(photo);
}

/* One event of the library, as much as JavaScript hears of it. */
struct Told {
    int32_t type;
    uint32_t capture;
    int32_t code;
    int64_t timestamp;
    uint64_t frames;
    std::string detail;
    HeldPhoto photo;
};

PhotoOutput *living(const std::shared_ptr<Endpoint> &endpoint)
{
    return static_cast<PhotoOutput *>(endpoint->object);
}

/* A capture's number, alone or in an object with something else. */
Data number_of(uint32_t capture)
{
    return [capture](napi_env env) { return make_int(env, capture); };
}

Data info_of(uint32_t capture, const char *name, int64_t value)
{
    return [capture, name, value](napi_env env) {
        napi_value info = make_object(env);
        put(env, info, "captureId", static_cast<int64_t>(capture));
        if (name != nullptr)
            put(env, info, name, value);
        return info;
    };
}

/* A Photo of its own for each of the two events; the picture is the same. */
Data photo_of(const HeldPhoto &photo)
{
    return [photo](napi_env env) -> napi_value {
        Env *bridge = Env::of(env);
        if (camera_photo_retain(photo.get()) != CAMERA_OK)
            return throw_error(env, CAMERA_ERROR_SERVICE_FATAL_ERROR, "photoAvailable: the photo is gone");
        return make_photo(*bridge, photo.get());
    };
}

/* Functions may do anything, so the output is looked for again before each event. */
void tell(const std::shared_ptr<Endpoint> &endpoint, unsigned event, const Data &data)
{
    if (living(endpoint) != nullptr)
        emit(*living(endpoint), event, data);
}

/* Camera Kit's captureReady, "the next capture may come", and frameShutterEnd have no events of their own in
 * the library, which takes the next capture at any time. They follow the shutter; a capture without a frame
 * is ready when it has ended, so that who waits for it between captures does not wait for ever. */
void tell_shutter(const std::shared_ptr<Endpoint> &endpoint, const Told &told)
{
    if (living(endpoint) != nullptr)
        living(endpoint)->taken.insert(told.capture);
    tell(endpoint, FRAME_SHUTTER, info_of(told.capture, "timestamp", told.timestamp));
    tell(endpoint, FRAME_SHUTTER_END, info_of(told.capture, nullptr, 0));
    tell(endpoint, CAPTURE_READY, nullptr);
}

void tell_end(const std::shared_ptr<Endpoint> &endpoint, const Told &told)
{
    bool was_ready = living(endpoint) != nullptr && living(endpoint)->taken.erase(told.capture) != 0;
    tell(endpoint, CAPTURE_END, info_of(told.capture, "frameCount", static_cast<int64_t>(told.frames)));
    if (!was_ready)
        tell(endpoint, CAPTURE_READY, nullptr);
    if (living(endpoint) != nullptr)
        living(endpoint)->capture_ended();
}

void tell_event(const std::shared_ptr<Endpoint> &endpoint, const Told &told)
{
    switch (told.type) {
    case CAMERA_OUTPUT_EVENT_TYPE_CAPTURE_START:
        tell(endpoint, CAPTURE_START, number_of(told.capture));
        tell(endpoint, CAPTURE_START_WITH_INFO, info_of(told.capture, "time", told.timestamp));
        break;
    case CAMERA_OUTPUT_EVENT_TYPE_FRAME_SHUTTER:
        tell_shutter(endpoint, told);
        break;
    case CAMERA_OUTPUT_EVENT_TYPE_PHOTO_AVAILABLE:
        tell(endpoint, PHOTO_AVAILABLE, photo_of(told.photo));
        tell(endpoint, CAPTURE_PHOTO_AVAILABLE, photo_of(told.photo));
        break;
    case CAMERA_OUTPUT_EVENT_TYPE_CAPTURE_END:
        tell_end(endpoint, told);
        break;
    case CAMERA_OUTPUT_EVENT_TYPE_ERROR:
        tell(endpoint, PHOTO_ERROR, [told](napi_env env) { return make_error(env, told.code, told.detail); });
        break;
    default:
        break;
    }
}

void on_event(camera_output *, const camera_output_event *event, void *user_data)
{
    const std::shared_ptr<Endpoint> &endpoint = shared(user_data);
    Told told = {event->type,        event->capture_id,  event->code, event->timestamp_ns,
                 event->frame_count, event->detail, nullptr};
    if (event->type == CAMERA_OUTPUT_EVENT_TYPE_PHOTO_AVAILABLE) {
        if (!endpoint->wants(PHOTO_AVAILABLE) && !endpoint->wants(CAPTURE_PHOTO_AVAILABLE))
            return;
        if (camera_photo_retain(event->photo) == CAMERA_OK)
            told.photo.reset(event->photo, release_photo);
        if (told.photo == nullptr)
            return;
    }
    endpoint->mailbox->post([endpoint, told](Env &) { tell_event(endpoint, told); });
}

/* The library has told everything: the output is released, or its manager is. */
void on_listener_gone(void *user_data)
{
    std::shared_ptr<Endpoint> endpoint = shared(user_data);
    unshare(user_data);
    endpoint->mailbox->post([endpoint](Env &) {
        if (living(endpoint) != nullptr)
            living(endpoint)->close_books();
    });
}

int32_t register_listener(PhotoOutput &output)
{
    return listen(output, on_event, on_listener_gone);
}

void added(Object &object, unsigned, napi_value)
{
    succeeded(object.bridge->env, register_listener(static_cast<PhotoOutput &>(object)));
}

} // namespace

const EventTable photo_events = {"a photo output",
                                 {{"photoAvailable", Shape::ErrorAndData},
                                  {"capturePhotoAvailable", Shape::Data},
                                  {"photoAssetAvailable", Shape::ErrorAndData},
                                  {"captureStart", Shape::ErrorAndData},
                                  {"captureStartWithInfo", Shape::ErrorAndData},
                                  {"frameShutter", Shape::ErrorAndData},
                                  {"frameShutterEnd", Shape::ErrorAndData},
                                  {"captureEnd", Shape::ErrorAndData},
                                  {"captureReady", Shape::ErrorAndData},
                                  {"estimatedCaptureDuration", Shape::ErrorAndData},
                                  {"error", Shape::Error}},
                                 added};

bool keep_books(PhotoOutput &output)
{
    return register_listener(output) == CAMERA_OK;
}

void PhotoOutput::count(int change)
{
    if (closed)
        return;
    under_way += change;
    bool needed = under_way > 0;
    if (needed == pinned)
        return;
    pinned = needed;
    if (needed)
        pin();
    else
        unpin();
}

void PhotoOutput::close_books()
{
    if (closed)
        return;
    closed = true;
    taken.clear();
    if (pinned)
        unpin();
    pinned = false;
}

} // namespace bridge
