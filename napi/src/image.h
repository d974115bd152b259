/* SPDX-License-Identifier: Apache-2.0
 *
 * Pictures and the queue they wait in: what the two classes of the image module share. */
#ifndef CAMERA_SESSION_NAPI_IMAGE_H
#define CAMERA_SESSION_NAPI_IMAGE_H

#include "classes.h"

#include <deque>

namespace bridge {

/* The code of the image kit for "Failed to initialize the internal object.": there is no image, or no
 * receiver any more. Wrong arguments are 7400101 here as in the other modules, not the 401 that the image
 * kit's documents name: the texts of both say the same, and its own code throws neither consistently. */
constexpr int32_t image_missing = 62980104;

/* A plain {width, height}. */
napi_value make_size(napi_env env, uint32_t width, uint32_t height);

/* Answers a call whose result is known at once, as a promise or through the callback behind the
 * `arguments` first ones. The promise is settled on the spot, which no program can tell from later, and
 * which costs no turn of the event loop; a callback is never called before its function has returned.
 * `code` is CAMERA_OK or image_missing. */
napi_value answer(Call &call, Object *self, const char *method, size_t arguments, int32_t code,
                  const std::string &detail, Result result = nullptr);

/* ---- picture.cc ---- */

/* One run of bytes of a picture. */
struct Piece {
    const uint8_t *data = nullptr;
    size_t length = 0;
};

/* A part of a picture that JavaScript can ask for. */
struct Component {
    std::vector<Piece> pieces; /* one behind the other; several only when they do not lie so in memory */
    uint32_t row_stride = 0; /* 0 for compressed data */
    uint32_t pixel_stride = 0;
};

/* The values of ComponentType. */
enum ComponentKind : int32_t { YUV_Y = 1, YUV_U = 2, YUV_V = 3, WHOLE = 4 };

/* What a picture is, read once. */
struct Facts {
    uint32_t format = 0, width = 0, height = 0, flags = 0;
    uint64_t sequence = 0;
    int64_t timestamp_ns = 0;
    int32_t color_space = 0; /* one of camera_color_space */
};

/* The hold on a frame or photo. Shared by an image and the ArrayBuffers over its bytes, so that it ends
 * with the last of them, or at once when the image is released. JavaScript thread, but for its end. */
class Picture {
public:
    /* Each takes over the caller's hold. `counted` is told of the end of a frame; may be null. */
    Picture(camera_frame *frame, std::shared_ptr<std::atomic<uint32_t>> counted);
    explicit Picture(camera_photo *photo);
    ~Picture() { give_back(); }
    Picture(const Picture &) = delete;
    Picture &operator=(const Picture &) = delete;

    /* Ends the hold now. Nobody may look at the bytes any more. */
    void give_back();
    /* False, with the library's code and detail: it cannot be looked at. */
    int32_t read(Facts *facts) const;
    /* Finds a component; false with the reason: a picture of this format has none such. */
    bool find(int32_t kind, const Facts &facts, Component *component, std::string *why) const;

private:
    camera_frame *frame = nullptr;
    camera_photo *photo = nullptr;
    std::shared_ptr<std::atomic<uint32_t>> counted;
};

/* ---- image.cc ---- */

/* An image of a picture. Null: an exception is pending, and the picture was given back. */
napi_value make_image(Env &env, const std::shared_ptr<Picture> &picture);

/* ---- receiver.cc ---- */

bool define_receiver_class(Env &env);
napi_value create_image_receiver(napi_env env, napi_callback_info info);

} // namespace bridge

#endif
