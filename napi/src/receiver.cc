/* SPDX-License-Identifier: Apache-2.0
 *
 * ImageReceiver: a surface whose frames JavaScript reads.
 *
 * Frames wait in two places: for moments in the library's surface, and then, taken on its thread, in the
 * receiver's inbox until JavaScript reads them. The inbox keeps the newest `capacity` frames, and
 * JavaScript may hold as many images besides: only a program that holds more gets no new ones. */
#include "image.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>

namespace bridge {

namespace {

enum ReceiverEvent : unsigned { IMAGE_ARRIVAL };

void added(Object &object, unsigned event, napi_value entry);
void removed(Object &object, unsigned event, napi_value entry);

const EventTable receiver_events = {"an image receiver", {{"imageArrival", Shape::ErrorAndData}}, added, removed};

/* Frames that wait to be read. Used by the library's thread and the JavaScript thread. */
class Inbox : public std::enable_shared_from_this<Inbox> {
public:
    Inbox(std::shared_ptr<Endpoint> of, uint32_t frames, uint32_t all) : endpoint(std::move(of)), capacity(frames), most(all) {}
    ~Inbox() { close(); }

    /* A frame arrives, on a thread of the library; takes over the caller's hold. */
    void put(camera_frame *frame);
    /* The oldest frame, or the newest while those before it are given back; null: there is none. */
    camera_frame *take_oldest();
    camera_frame *take_newest();
    /* Lets go of all, also of those that come later. */
    void close();

    /* From now on an event is posted for each frame: first for those that wait already. */
    void begin_to_tell();
    void stop_telling();

    const std::shared_ptr<Endpoint> endpoint;
    /* Images that JavaScript holds frames with. */
    const std::shared_ptr<std::atomic<uint32_t>> held = std::make_shared<std::atomic<uint32_t>>(0);

private:
    bool waits(uint64_t number);
    void tell(uint64_t number);
    static void give_back(const std::deque<camera_frame *> &frames);

    std::mutex lock;
    std::deque<camera_frame *> frames;
    uint64_t first = 0; /* the number of the first that waits; they are numbered as they arrive */
    const uint32_t capacity;
    const uint32_t most; /* frames that the surface hands out at the same time */
    bool telling = false;
    bool closed = false;
};

void Inbox::give_back(const std::deque<camera_frame *> &frames)
{
    for (camera_frame *frame : frames)
        camera_frame_release(frame);
}

void Inbox::put(camera_frame *frame)
{
    std::deque<camera_frame *> dropped;
    uint64_t number;
    bool tells;
    {
        std::lock_guard<std::mutex> guard(lock);
        tells = telling && !closed;
        (closed ? dropped : frames).push_back(frame);
        /* One is left for the frame that arrives next, or the surface would refuse the new frames instead
         * of this inbox dropping its old ones. */
        uint32_t room = most - 1 - std::min(most - 2, held->load(std::memory_order_relaxed));
        while (frames.size() > std::min(capacity, room)) {
            dropped.push_back(frames.front());
            frames.pop_front();
            first++;
        }
        number = first + frames.size() - 1;
    }
    give_back(dropped);
    if (tells)
        tell(number);
}

camera_frame *Inbox::take_oldest()
{
    std::lock_guard<std::mutex> guard(lock);
    if (frames.empty())
        return nullptr;
    camera_frame *frame = frames.front();
    frames.pop_front();
    first++;
    return frame;
}

camera_frame *Inbox::take_newest()
{
    std::deque<camera_frame *> all;
    {
        std::lock_guard<std::mutex> guard(lock);
        first += frames.size();
        all.swap(frames);
    }
    if (all.empty())
        return nullptr;
    camera_frame *frame = all.back();
    all.pop_back();
    give_back(all);
    return frame;
}

void Inbox::close()
{
    std::deque<camera_frame *> all;
    {
        std::lock_guard<std::mutex> guard(lock);
        closed = true;
        first += frames.size();
        all.swap(frames);
    }
    give_back(all);
}

bool Inbox::waits(uint64_t number)
{
    std::lock_guard<std::mutex> guard(lock);
    return number >= first && number < first + frames.size();
}

void Inbox::tell(uint64_t number)
{
    std::shared_ptr<Inbox> self = shared_from_this();
    endpoint->mailbox->post([self, number](Env &) {
        /* A frame that was read or dropped before its turn is no news. */
        if (self->endpoint->object != nullptr && self->waits(number))
            emit(*self->endpoint->object, IMAGE_ARRIVAL, nullptr);
    });
}

void Inbox::begin_to_tell()
{
    uint64_t from, to;
    {
        std::lock_guard<std::mutex> guard(lock);
        if (telling)
            return;
        telling = true;
        from = first;
        to = first + frames.size();
    }
    for (uint64_t number = from; number < to; number++)
        tell(number);
}

void Inbox::stop_telling()
{
    std::lock_guard<std::mutex> guard(lock);
    telling = false;
}

struct ImageReceiver : Object, SurfaceOwner {
    explicit ImageReceiver(Env &env) : Object(env, Kind::ImageReceiver, &receiver_events) {}
    ~ImageReceiver() override { end(); }
    static bool is(Kind kind) { return kind == Kind::ImageReceiver; }
    camera_surface *surface() const override { return handle; }
    /* Releases the surface. Does not wait for JavaScript: what runs on the library's thread takes a frame
     * and returns. */
    void end();

    camera_surface *handle = nullptr; /* null once released */
    std::shared_ptr<Inbox> inbox;
    uint32_t width = 0, height = 0, format = 0, capacity = 0;
};

void ImageReceiver::end()
{
    if (handle == nullptr)
        return;
    bridge->surfaces.erase(surface_id(handle));
    camera_surface_release(handle);
    inbox->close();
    handle = nullptr;
}

void on_frame(camera_surface *, camera_frame *frame, void *user_data)
{
    if (camera_frame_retain(frame) == CAMERA_OK)
        (*static_cast<std::shared_ptr<Inbox> *>(user_data))->put(frame);
}

void free_inbox(void *user_data)
{
    delete static_cast<std::shared_ptr<Inbox> *>(user_data);
}

void added(Object &object, unsigned, napi_value)
{
    static_cast<ImageReceiver &>(object).inbox->begin_to_tell();
}

void removed(Object &object, unsigned, napi_value)
{
    if (!object.endpoint->wants(IMAGE_ARRIVAL))
        static_cast<ImageReceiver &>(object).inbox->stop_telling();
}

/* ---- making one ---- */

struct Wish {
    int32_t width = 0, height = 0, format = CAMERA_FORMAT_JPEG, capacity = 8;
};

bool read_size(Call &call, napi_value size, Wish *wish)
{
    if (!is_object(call.env, size)) {
        throw_argument(call.env, "createImageReceiver(): the size must be an object, not " + describe(call.env, size));
        return false;
    }
    return call.expect_field_int(size, "the size", "width", &wish->width) &&
           call.expect_field_int(size, "the size", "height", &wish->height);
}

/* ({size, capacity}), both of which may be missing, as the whole may. */
bool read_options(Call &call, Wish *wish)
{
    if (call.count == 0 || type_of(call.env, call.argument(0)) == napi_undefined)
        return true;
    if (!call.expect_object(0, "the options"))
        return false;
    napi_value size = get(call.env, call.argument(0), "size"), capacity = get(call.env, call.argument(0), "capacity");
    if (size == nullptr || capacity == nullptr)
        return false;
    return (type_of(call.env, size) == napi_undefined || read_size(call, size, wish)) &&
           (type_of(call.env, capacity) == napi_undefined ||
            call.expect_field_int(call.argument(0), "the options", "capacity", &wish->capacity));
}

/* (width, height, format, capacity), (size, format, capacity) or (options) */
bool read_wish(Call &call, Wish *wish)
{
    const char *method = "createImageReceiver";
    size_t next = 2;
    if (call.count <= 1)
        return read_options(call, wish);
    if (!call.expect_count(method, 3, 4))
        return false;
    if (call.count == 3) {
        next = 1;
        if (!read_size(call, call.argument(0), wish))
            return false;
    } else if (!call.expect_int(0, "the width", &wish->width) || !call.expect_int(1, "the height", &wish->height)) {
        return false;
    }
    return call.expect_int(next, "the format", &wish->format) && call.expect_int(next + 1, "the capacity", &wish->capacity);
}

/* The surface of a receiver, and its inbox. False: an exception is pending. */
bool open_surface(Env &env, ImageReceiver &receiver)
{
    camera_manager *manager = env.any_manager();
    camera_surface_options options = CAMERA_SURFACE_OPTIONS_INIT;
    const uint32_t limit = 64; /* of the library */
    /* What waits, what JavaScript holds, and the one on its way. */
    options.max_held = std::min(limit, 2 * receiver.capacity + 1);
    if (manager == nullptr || !succeeded(env.env, camera_manager_create_surface(manager, &options, &receiver.handle)))
        return false;
    receiver.inbox = std::make_shared<Inbox>(receiver.endpoint, receiver.capacity, options.max_held);
    auto *shared = new std::shared_ptr<Inbox>(receiver.inbox);
    int32_t code = camera_surface_set_callback(receiver.handle, on_frame, shared, free_inbox);
    if (code == CAMERA_OK)
        return true;
    throw_error(env.env, code, camera_error_detail());
    free_inbox(shared);
    return false;
}

/* ---- methods ---- */

/* The receiver of a call without arguments but a callback; null: an exception is pending. */
ImageReceiver *checked(Call &call, const char *method)
{
    auto *receiver = call.this_object<ImageReceiver>();
    if (receiver == nullptr || !call.expect_count(method, 0, 1))
        return nullptr;
    if (call.count == 0 || call.has_function(0))
        return receiver;
    throw_argument(call.env, std::string(method) + "(): the callback must be a function, not " +
                                 describe(call.env, call.argument(0)) + "; leave it out for a promise");
    return nullptr;
}

napi_value released(Call &call, ImageReceiver *receiver, const char *method)
{
    return answer(call, receiver, method, 0, image_missing, std::string(method) + "(): the receiver was released");
}

napi_value get_receiving_surface_id(napi_env env, napi_callback_info info)
{
    const char *method = "getReceivingSurfaceId";
    Call call(env, info);
    ImageReceiver *receiver = checked(call, method);
    if (receiver == nullptr)
        return nullptr;
    if (receiver->handle == nullptr)
        return released(call, receiver, method);
    std::string id = surface_id(receiver->handle);
    return answer(call, receiver, method, 0, CAMERA_OK, std::string(),
                  [id](napi_env inner) { return make_string(inner, id); });
}

napi_value read(Call &call, const char *method, camera_frame *(Inbox::*take)())
{
    ImageReceiver *receiver = checked(call, method);
    if (receiver == nullptr)
        return nullptr;
    if (receiver->handle == nullptr)
        return released(call, receiver, method);
    camera_frame *frame = ((*receiver->inbox).*take)();
    if (frame == nullptr)
        return answer(call, receiver, method, 0, image_missing,
                      std::string(method) + "(): no image waits to be read; imageArrival tells when one does");
    auto picture = std::make_shared<Picture>(frame, receiver->inbox->held);
    Env *env = call.bridge;
    return answer(call, receiver, method, 0, CAMERA_OK, std::string(),
                  [env, picture](napi_env) { return make_image(*env, picture); });
}

napi_value read_next_image(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    return read(call, "readNextImage", &Inbox::take_oldest);
}

napi_value read_latest_image(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    return read(call, "readLatestImage", &Inbox::take_newest);
}

napi_value release(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    ImageReceiver *receiver = checked(call, "release");
    if (receiver == nullptr)
        return nullptr;
    receiver->end();
    return answer(call, receiver, "release", 0, CAMERA_OK, std::string());
}

/* A getter, by what it makes of the receiver. */
template <napi_value (*make)(napi_env, const ImageReceiver &)>
napi_value get_fact(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    auto *receiver = call.this_object<ImageReceiver>();
    return receiver == nullptr ? nullptr : make(env, *receiver);
}

napi_value size(napi_env env, const ImageReceiver &receiver)
{
    return make_size(env, receiver.width, receiver.height);
}

napi_value format(napi_env env, const ImageReceiver &receiver)
{
    return make_int(env, receiver.format);
}

napi_value capacity(napi_env env, const ImageReceiver &receiver)
{
    return make_int(env, receiver.capacity);
}

} // namespace

napi_value create_image_receiver(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    Wish wish;
    if (call.bridge == nullptr || !read_wish(call, &wish))
        return nullptr;
    if (wish.width < 0 || wish.height < 0)
        return throw_argument(env, "createImageReceiver(): the width and the height must not be negative, not " +
                                       std::to_string(wish.width) + " and " + std::to_string(wish.height));
    if (wish.capacity < 1 || wish.capacity > 64)
        return throw_argument(env, "createImageReceiver(): the capacity must be from 1 to 64, not " +
                                       std::to_string(wish.capacity));
    auto receiver = std::make_unique<ImageReceiver>(*call.bridge);
    receiver->width = static_cast<uint32_t>(wish.width);
    receiver->height = static_cast<uint32_t>(wish.height);
    receiver->format = static_cast<uint32_t>(wish.format);
    receiver->capacity = static_cast<uint32_t>(wish.capacity);
    if (!open_surface(*call.bridge, *receiver))
        return nullptr;
    call.bridge->surfaces[surface_id(receiver->handle)] = receiver.get();
    return make_instance(*call.bridge, std::move(receiver));
}

bool define_receiver_class(Env &env)
{
    Methods methods = event_methods(receiver_events);
    methods.push_back(getter("size", get_fact<size>));
    methods.push_back(getter("format", get_fact<format>));
    methods.push_back(getter("capacity", get_fact<capacity>));
    methods.push_back(method("getReceivingSurfaceId", get_receiving_surface_id));
    methods.push_back(method("readNextImage", read_next_image));
    methods.push_back(method("readLatestImage", read_latest_image));
    methods.push_back(method("release", release));
    return define_class(env, Kind::ImageReceiver, "ImageReceiver", methods);
}

std::string surface_id(camera_surface *surface)
{
    return std::to_string(reinterpret_cast<uintptr_t>(surface));
}

bool expect_surface(Call &call, size_t index, camera_surface **surface, Object **owner)
{
    std::string id;
    char *end = nullptr;
    if (!call.expect_string(index, "the surface id", &id))
        return false;
    auto found = call.bridge->surfaces.find(id);
    *owner = found == call.bridge->surfaces.end() ? nullptr : found->second;
    /* A program may have kept the id alone. Asking for the object's JavaScript half keeps it to the end of this
     * call; null: the collector was faster. */
    if (*owner != nullptr && (*owner)->self() == nullptr)
        *owner = nullptr;
    errno = 0;
    unsigned long long number = strtoull(id.c_str(), &end, 10);
    bool digits = !id.empty() && id.find_first_not_of("0123456789") == std::string::npos;
    camera_surface_statistics statistics = CAMERA_SURFACE_STATISTICS_INIT;
    if (digits && errno == 0 && number <= UINTPTR_MAX) {
        *surface = reinterpret_cast<camera_surface *>(static_cast<uintptr_t>(number));
        if (camera_surface_get_statistics(*surface, &statistics) == CAMERA_OK)
            return true;
    }
    throw_argument(call.env, "the surface id \"" + id + "\" is that of no surface, or of one that was released: ImageReceiver.getReceivingSurfaceId() and " +
                                 "AVRecorder.getInputSurface() give them");
    return false;
}

} // namespace bridge
