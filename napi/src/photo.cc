/* SPDX-License-Identifier: Apache-2.0
 *
 * Photo: what a capture gave. */
#include "outputs.h"

namespace bridge {

namespace {

/* The picture is in the slot "main". */
struct Photo : Object {
    explicit Photo(Env &env) : Object(env, Kind::Photo) {}
    static bool is(Kind kind) { return kind == Kind::Photo; }
    bool released = false;
};

napi_value get_main(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    auto *photo = call.this_object<Photo>();
    return photo == nullptr ? nullptr : photo->slot("main");
}

/* There are no raw pictures beside the photos. */
napi_value get_raw_image(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    return call.this_object<Photo>() == nullptr ? nullptr : undefined(env);
}

/* release(): the picture's release. A second one has nothing left to do. */
napi_value release(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    auto *photo = call.this_object<Photo>();
    napi_value image, function, promise = nullptr;
    if (photo == nullptr || !call.expect_count("release", 0, 0))
        return nullptr;
    if (photo->released)
        return succeed_at_once(call, photo, "release", 0);
    photo->released = true;
    image = photo->slot("main");
    function = image == nullptr ? nullptr : get(env, image, "release");
    if (function == nullptr || napi_call_function(env, image, function, 0, nullptr, &promise) != napi_ok)
        return nullptr;
    return promise;
}

} // namespace

napi_value make_photo(Env &env, camera_photo *photo)
{
    napi_value image = make_photo_image(env, photo);
    if (image == nullptr)
        return nullptr;
    auto made = std::make_unique<Photo>(env);
    Photo *native = made.get();
    napi_value object = make_instance(env, std::move(made));
    if (object != nullptr)
        native->set_slot("main", image);
    return object;
}

bool define_photo(Env &env)
{
    return define_class(env, Kind::Photo, "Photo",
                        {getter("main", get_main), getter("rawImage", get_raw_image), method("release", release)});
}

} // namespace bridge
