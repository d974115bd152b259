/* SPDX-License-Identifier: Apache-2.0
 *
 * The image module, and its class Image: a picture whose bytes JavaScript sees without a copy.
 *
 * The ArrayBuffers lie over the library's own memory. That memory can be written to, whatever camera it
 * came from, so that a program which writes into one spoils this picture and does not crash; but other
 * consumers of the same frame see what it wrote. release() detaches the ArrayBuffers, so that nobody
 * sees the memory once another frame is in it. */
#include "image.h"

#include <cstring>

namespace bridge {

namespace {

napi_value missing_error(napi_env env, int32_t code, const std::string &detail)
{
    return code == image_missing ? make_error_text(env, code, "Failed to initialize the internal object.", detail)
                                 : make_error(env, code, detail);
}

/* A component that was handed out; both references are weak. */
struct Given {
    int32_t kind;
    napi_ref component;
    napi_ref buffer;
};

struct Image : Object {
    Image(Env &env, std::shared_ptr<Picture> shown) : Object(env, Kind::Image), picture(std::move(shown)) {}
    ~Image() override;
    void forget() override;
    static bool is(Kind kind) { return kind == Kind::Image; }
    std::shared_ptr<Picture> picture; /* null once released */
    Facts facts;
    std::vector<Given> given;
};

void drop(Env &env, Given *given)
{
    env.drop(&given->component);
    env.drop(&given->buffer);
}

void Image::forget()
{
    for (Given &each : given)
        drop(*bridge, &each);
    given.clear();
    Object::forget();
}

Image::~Image()
{
    if (bridge->env != nullptr)
        forget();
}

/* ---- bytes ---- */

void let_go(napi_env, void *, void *hint)
{
    delete static_cast<std::shared_ptr<Picture> *>(hint);
}

/* An ArrayBuffer over the picture's own memory; null when the runtime allows none. */
napi_value over_memory(napi_env env, const std::shared_ptr<Picture> &picture, const Piece &piece)
{
    napi_value buffer = nullptr;
    auto *hold = new std::shared_ptr<Picture>(picture);
    if (napi_create_external_arraybuffer(env, const_cast<uint8_t *>(piece.data), piece.length, let_go, hold, &buffer) ==
        napi_ok)
        return buffer;
    delete hold;
    return nullptr;
}

napi_value copied(napi_env env, const Component &component)
{
    napi_value buffer = nullptr;
    void *to = nullptr;
    size_t length = 0;
    for (const Piece &piece : component.pieces)
        length += piece.length;
    if (napi_create_arraybuffer(env, length, &to, &buffer) != napi_ok)
        return nullptr;
    for (const Piece &piece : component.pieces) {
        if (piece.length > 0)
            memcpy(to, piece.data, piece.length);
        to = static_cast<uint8_t *>(to) + piece.length;
    }
    return buffer;
}

napi_value make_bytes(napi_env env, const std::shared_ptr<Picture> &picture, const Component &component)
{
    napi_value buffer = nullptr;
    if (component.pieces.size() == 1 && component.pieces[0].length > 0)
        buffer = over_memory(env, picture, component.pieces[0]);
    return buffer != nullptr ? buffer : copied(env, component);
}

/* The component as JavaScript gets it. Null: an exception is pending. */
napi_value component_of(Image &image, int32_t kind, const Component &component)
{
    napi_env env = image.bridge->env;
    napi_value bytes = make_bytes(env, image.picture, component), made = make_object(env);
    Given given = {};
    given.kind = kind;
    if (bytes == nullptr || napi_create_reference(env, bytes, 0, &given.buffer) != napi_ok ||
        napi_create_reference(env, made, 0, &given.component) != napi_ok)
        return throw_error(env, CAMERA_ERROR_SERVICE_FATAL_ERROR, "getComponent(): the runtime made no ArrayBuffer");
    image.given.push_back(given);
    put(env, made, "componentType", static_cast<int64_t>(kind));
    put(env, made, "rowStride", static_cast<int64_t>(component.row_stride));
    put(env, made, "pixelStride", static_cast<int64_t>(component.pixel_stride));
    put(env, made, "byteBuffer", bytes);
    return made;
}

/* The same at each call, as long as the program has it. */
napi_value made_before(const Image &image, int32_t kind)
{
    for (const Given &given : image.given) {
        napi_value made = given.kind == kind ? image.bridge->kept(given.component) : nullptr;
        if (made != nullptr)
            return made;
    }
    return nullptr;
}

/* Takes the bytes away from the views of JavaScript. False: that was not possible for one of them, and the
 * memory may still be seen. */
bool detach(Image &image)
{
    napi_env env = image.bridge->env;
    bool all = true;
    for (Given &given : image.given) {
        napi_value buffer = image.bridge->kept(given.buffer);
        bool gone = true;
        /* Detached already: the bytes were transferred to another ArrayBuffer, which nobody here knows. */
        if (buffer == nullptr || napi_is_detached_arraybuffer(env, buffer, &gone) != napi_ok || gone ||
            napi_detach_arraybuffer(env, buffer) != napi_ok)
            all = false;
        drop(*image.bridge, &given);
    }
    image.given.clear();
    return all;
}

/* ---- methods ---- */

napi_value get_component(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    auto *image = call.this_object<Image>();
    int32_t kind;
    std::string why;
    Component component;
    if (image == nullptr || !call.expect_count("getComponent", 1, 2) || !call.expect_int(0, "the component type", &kind))
        return nullptr;
    if (kind < YUV_Y || kind > WHOLE)
        return throw_argument(env, "getComponent(): the component type must be one of ComponentType (1 to 4), not " +
                                       std::to_string(kind));
    if (!image->picture)
        return answer(call, image, "getComponent", 1, image_missing, "getComponent(): the image was released");
    if (!image->picture->find(kind, image->facts, &component, &why))
        return throw_argument(env, "getComponent(): " + why);
    /* A callback comes later, when the image may be released. */
    return answer(call, image, "getComponent", 1, CAMERA_OK, std::string(), [image, kind, component](napi_env inner) {
        if (!image->picture) {
            napi_throw(inner, missing_error(inner, image_missing, "getComponent(): the image was released meanwhile"));
            return napi_value(nullptr);
        }
        napi_value made = made_before(*image, kind);
        return made != nullptr ? made : component_of(*image, kind, component);
    });
}

napi_value release(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    auto *image = call.this_object<Image>();
    if (image == nullptr || !call.expect_count("release", 0, 1))
        return nullptr;
    if (call.count == 1 && !call.has_function(0))
        return throw_argument(env, "release(): the callback must be a function, not " + describe(env, call.argument(0)) +
                                       "; leave it out for a promise");
    if (image->picture) {
        /* Bytes that still are seen go back with the last ArrayBuffer instead. */
        if (detach(*image))
            image->picture->give_back();
        image->picture.reset();
    }
    return answer(call, image, "release", 0, CAMERA_OK, std::string());
}

/* A getter, by what it makes of the facts. */
template <napi_value (*make)(napi_env, const Facts &)> napi_value get_fact(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    auto *image = call.this_object<Image>();
    return image == nullptr ? nullptr : make(env, image->facts);
}

napi_value size(napi_env env, const Facts &facts)
{
    return make_size(env, facts.width, facts.height);
}

napi_value clip_rect(napi_env env, const Facts &facts)
{
    napi_value rect = make_object(env);
    put(env, rect, "size", make_size(env, facts.width, facts.height));
    put(env, rect, "x", static_cast<int64_t>(0));
    put(env, rect, "y", static_cast<int64_t>(0));
    return rect;
}

napi_value format(napi_env env, const Facts &facts)
{
    return make_int(env, facts.format);
}

/* Nanoseconds as a number are exact for the first 104 days that the machine runs, and right within 2 for
 * as long again. */
napi_value timestamp(napi_env env, const Facts &facts)
{
    return make_int(env, facts.timestamp_ns);
}

napi_value sequence(napi_env env, const Facts &facts)
{
    return make_int(env, static_cast<int64_t>(facts.sequence));
}

napi_value flags(napi_env env, const Facts &facts)
{
    return make_int(env, facts.flags);
}

napi_value color_space(napi_env env, const Facts &facts)
{
    return make_int(env, script_color_space(facts.color_space));
}

} // namespace

napi_value make_size(napi_env env, uint32_t width, uint32_t height)
{
    napi_value made = make_object(env);
    put(env, made, "width", static_cast<int64_t>(width));
    put(env, made, "height", static_cast<int64_t>(height));
    return made;
}

napi_value answer(Call &call, Object *self, const char *method, size_t arguments, int32_t code,
                  const std::string &detail, Result result)
{
    if (code == CAMERA_OK)
        return succeed_at_once(call, self, method, arguments, std::move(result));
    return fail_at_once(call, self, method, arguments, code, detail, missing_error);
}

napi_value make_image(Env &env, const std::shared_ptr<Picture> &picture)
{
    auto image = std::make_unique<Image>(env, picture);
    return succeeded(env.env, picture->read(&image->facts)) ? make_instance(env, std::move(image)) : nullptr;
}

napi_value make_photo_image(Env &env, camera_photo *photo)
{
    return make_image(env, std::make_shared<Picture>(photo));
}

bool define_image(Env &env)
{
    return define_class(env, Kind::Image, "Image",
                        {getter("clipRect", get_fact<clip_rect>), getter("size", get_fact<size>),
                         getter("format", get_fact<format>), getter("timestamp", get_fact<timestamp>),
                         getter("colorSpace", get_fact<color_space>), getter("sequence", get_fact<sequence>),
                         getter("flags", get_fact<flags>), method("getComponent", get_component),
                         method("release", release)}) &&
           define_receiver_class(env);
}

void fill_image(Env &env, napi_value module)
{
    napi_value function = nullptr;
    if (napi_create_function(env.env, "createImageReceiver", NAPI_AUTO_LENGTH, create_image_receiver, nullptr,
                             &function) == napi_ok)
        put(env.env, module, "createImageReceiver", function);
    fill_image_enums(env.env, module);
}

} // namespace bridge
